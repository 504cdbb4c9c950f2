package demonstration

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"

	"zhengbei/internal/land"
)

// agree draws up the relocation contracts of a parcel, and the days on which they were signed.
func (w *world) agree(p *parcel) {
	for _, l := range p.plots {
		of := map[*holding]*contract{}
		for _, h := range l.holdings {
			switch {
			case !h.signs:
				continue
			case h.kin != nil:
				h.contract = of[h.kin]
				h.contract.holdings = append(h.contract.holdings, h)
				continue
			}
			h.contract = &contract{kind: "relocation", parcel: p.code, holdings: []*holding{h}}
			of[h] = h.contract
			l.contracts = append(l.contracts, h.contract)
		}
		if len(l.contracts) == 0 {
			continue
		}
		shuffle(w.chance, l.contracts)
		for i, last := range l.lastSigned(w, p) {
			l.contracts[i].signs = last
			l.signedBy = max(l.signedBy, last)
		}
		p.contracts = append(p.contracts, l.contracts...)
	}
	w.lastWeek(p)
	w.statuses(p)
	w.again(p)
	w.pending(p)
	for _, k := range p.contracts {
		if w.percent(80) {
			k.amount = 0
			for _, h := range k.holdings {
				k.amount += (h.floor*52 + h.land*19) / 10_000 * 100 // invented: 5,200 yuan a m2 of floor, 1,900 of land
			}
		}
	}
}

// until is the day by which a plot's story ends: stored, or as if it were to be stored then.
func (l *plot) until(w *world) day {
	switch l.stage {
	case "stored":
		return l.stored
	case "accepted":
		return day(w.between(int(on("2022-11-05")), int(lastDay)+1))
	}
	return day(w.between(int(on("2022-11-10")), int(lastDay)+40))
}

// lastSigned draws the days of the signatures on a plot, one a contract.
func (l *plot) lastSigned(w *world, p *parcel) []day {
	before := on("2022-12-23") // the last week is dealt out by itself
	days := make([]day, len(l.contracts))
	crowd := p.code == "P-02" // the collective signing at the turn of the year
	switch l.stage {
	case "partly_signed":
		for i := range days {
			if days[i] = w.fieldLater(p.start, before); crowd && w.percent(45) {
				days[i] = w.field(p.start, p.start+12)
			}
		}
		return days
	case "all_signed":
		days[0] = w.fieldLater(max(p.start, on("2022-05-01")), before)
	default:
		end := l.until(w)
		l.stored = end
		days[0] = w.field(max(p.start, end-150), min(end-45, lastDay-40))
		if crowd && (w.percent(55) || end < on("2022-04-20")) {
			days[0] = w.field(p.start, p.start+9)
		}
		if end == on("2022-03-25") {
			days[0] = p.start
		}
	}
	for i := 1; i < len(days); i++ {
		days[i] = w.field(max(p.start, days[0]-60), days[0])
	}
	return days
}

// lastWeek moves as many signatures into the last seven days as the mockups show.
func (w *world) lastWeek(p *parcel) {
	var fit []*contract
	for _, k := range p.contracts {
		h := k.holdings[0]
		if len(k.holdings) == 1 && h.class != "collective" && (h.plot.stage == "partly_signed" || h.plot.stage == "all_signed" && len(h.plot.contracts) == 1) {
			fit = append(fit, k)
		}
	}
	shuffle(w.chance, fit)
	for _, k := range fit[:p.lastWeek] {
		k.signs = w.field(on("2022-12-24"), lastDay)
		k.holdings[0].plot.signedBy = k.signs
	}
}

// statuses says where each contract stands on the last day: paid in full where the land was stored first, just signed where the ink is wet.
func (w *world) statuses(p *parcel) {
	by := slices.Clone(p.contracts)
	sort.SliceStable(by, func(i, j int) bool { return by[i].storedOn() < by[j].storedOn() })
	for _, k := range by[:p.statuses.settled] {
		k.status = "settled"
	}
	rest := by[p.statuses.settled:]
	sort.SliceStable(rest, func(i, j int) bool { return rest[i].signs > rest[j].signs })
	for i, k := range rest {
		if k.status = "effective"; i < p.statuses.signed {
			k.status = "signed"
		}
	}
}

// storedOn is when the land of a contract was stored; far ahead where it was not.
func (k *contract) storedOn() day {
	if l := k.holdings[0].plot; l.stage == "stored" {
		return l.stored
	}
	return lastDay + 1000
}

// again has some contracts rescinded: one whose holder signed anew, and in some parcels one whose holder has not.
func (w *world) again(p *parcel) {
	anew := map[string]bool{"P-02": true, "P-04": true}[p.code]
	lost := map[string]bool{"P-01": true, "P-02": true}[p.code]
	holdings := w.of(p)
	shuffle(w.chance, holdings)
	for _, h := range holdings {
		if l := h.plot; l.stage != "partly_signed" || h.early || known[l.code] != "" {
			continue
		}
		switch {
		case h.signs && anew && len(h.contract.holdings) == 1 && h.kin == nil && h.contract.signs > p.start+120 && h.contract.signs < on("2022-12-20"):
			first := &contract{kind: "relocation", parcel: p.code, holdings: []*holding{h}, signs: h.contract.signs - 84, status: "rescinded"}
			h.contract.again = true
			p.contracts = append(p.contracts, first)
			anew = false
		case !h.signs && lost:
			k := &contract{kind: "relocation", parcel: p.code, holdings: []*holding{h}, signs: w.field(p.start+60, p.start+100), status: "rescinded"}
			h.contract = k
			p.contracts = append(p.contracts, k)
			lost = false
		}
	}
}

// of are the holdings of a parcel.
func (w *world) of(p *parcel) []*holding {
	var all []*holding
	for _, l := range p.plots {
		all = append(all, l.holdings...)
	}
	return all
}

// pending draws up what has not been signed: drafts, and offers that lie with the holder.
func (w *world) pending(p *parcel) {
	var open []*holding
	for _, h := range w.of(p) {
		if !h.signs && h.contract == nil {
			open = append(open, h)
		}
	}
	shuffle(w.chance, open)
	for i, h := range open {
		switch {
		case i < p.statuses.offered:
			h.contract = &contract{status: "offered"}
		case i < p.statuses.offered+p.statuses.draft:
			h.contract = &contract{status: "draft", drafted: w.field(on("2022-11-01"), lastDay-1)}
		case i == p.statuses.offered+p.statuses.draft && p.code == "P-05":
			h.contract = &contract{status: "void"}
		default:
			continue
		}
		k := h.contract
		k.kind, k.parcel, k.holdings = "relocation", p.code, []*holding{h}
		p.contracts = append(p.contracts, k)
	}
}

// payment is the value of a payment, in yuan.
type payment struct {
	Amount     json.Number `json:"amount"`
	Instalment int         `json:"instalment"`
}

// visit is the value of a visit: what comes next, when and by whom.
type visit struct {
	NextStep    string `json:"next_step"`
	NextVisitOn string `json:"next_visit_on"`
	VisitedBy   string `json:"visited_by"`
}

func paper(name, number string) []land.Evidence {
	return []land.Evidence{{Name: name, DocumentNo: text(number)}}
}

// story tells what happened in one parcel, in entries.
type story struct {
	*world
	*parcel
	post int
}

func (s story) add(kind land.FactKind, of land.SubjectKind, code string, d day, needs ...*entry) *entry {
	return s.clerk.note(&entry{subject: land.Subject{Kind: of, Code: code}, kind: kind, on: d, by: s.post, needs: needs})
}

func (s story) officer(kind land.FactKind, of land.SubjectKind, code string, d day, needs ...*entry) *entry {
	e := s.add(kind, of, code, d, needs...)
	e.by = bureau
	return e
}

// some leaves out what was not filed: missing evidence never refuses a fact, it is a finding.
func (s story) some(e *entry, name, number string) {
	if !s.percent(3) {
		e.evidence = paper(name, number)
	}
}

// number is a document number of the demonstration.
func (s story) number(d day, what string, n int) string {
	return fmt.Sprintf("演示〔%d〕%s%s %d 号", d.date().Year(), s.short, what, n)
}

func (s story) tell() {
	s.scheme()
	holdings := s.of(s.parcel)
	for _, h := range holdings {
		s.survey(h)
	}
	s.frame()
	s.object(holdings)
	contracts := slices.Clone(s.contracts)
	sort.SliceStable(contracts, func(i, j int) bool { return contracts[i].code < contracts[j].code })
	rescinded := map[*holding]*entry{}
	for _, k := range contracts { // those that were rescinded first: what follows needs it
		if k.status == "rescinded" {
			s.sign(k)
			e := s.officer(land.Rescinded, land.OfContract, k.code, s.field(k.signs+20, k.signs+50), k.signed)
			e.evidence, e.note = paper("演示解除协议.pdf", s.number(e.on, "解除", 1)), "演示：双方同意解除"
			rescinded[k.holdings[0]] = e
		}
	}
	for _, k := range contracts {
		switch {
		case k.status == "rescinded":
		case k.signs > 0:
			s.sign(k, rescinded[k.holdings[0]])
		default:
			s.offer(k)
		}
	}
	s.compel(holdings)
	for _, l := range s.plots {
		s.clear(l)
	}
	for _, k := range contracts {
		s.pay(k)
	}
	s.accept()
	for _, h := range holdings {
		s.call(h)
	}
}

// scheme is the way of the parcel through plan, scheme, notice and approval.
func (s story) scheme() {
	var before []*entry
	for i, step := range []struct {
		kind land.FactKind
		on   day
		name string
	}{{land.PlannedInCity, s.planned, "年度计划"}, {land.SchemeDrafting, s.drafting, "方案编制"}, {land.NoticePublished, s.noticed, "公示"}, {land.Approved, s.approved, "批复"}, {land.Implementing, s.start, "实施启动"}} {
		e := s.officer(step.kind, land.OfParcel, s.code, step.on, before...)
		e.evidence = paper("演示"+step.name+".pdf", s.number(step.on, step.name, i+1))
		before = []*entry{e}
	}
	if s.code == "P-03" { // an objection against the notice, answered before anybody signs
		e := s.add(land.Objected, land.OfParcel, s.code, s.noticed+5)
		e.evidence, e.note = paper("演示异议书.pdf", s.number(e.on, "异议", 1)), "演示：对留用土地位置的异议"
		closed := s.add(land.ObjectionClosed, land.OfParcel, s.code, s.noticed+33, e)
		closed.evidence = paper("演示答复.pdf", s.number(closed.on, "答复", 1))
	}
}

// firstSigned is the day of the first contract that was signed for a holding; 0: none.
func (s story) firstSigned(h *holding) day {
	first := day(0)
	for _, k := range s.contracts {
		if k.signs > 0 && slices.Contains(k.holdings, h) && (first == 0 || k.signs < first) {
			first = k.signs
		}
	}
	return first
}

// survey brings a holding from the survey to the talks.
func (s story) survey(h *holding) {
	by := s.firstSigned(h)
	depth := 9
	if by == 0 {
		by = lastDay - 1
		if h.contract == nil && !h.early && h.name != known[h.plot.code] {
			depth = one(s.chance, 0, 1, 2, 3, 4, 4, 5, 5, 5, 5, 5, 5)
		}
	}
	if h.early {
		by = min(by, s.framework)
	}
	if depth < 1 {
		return
	}
	first := s.field(s.surveys, max(s.surveys, min(s.surveys+230, by-42)))
	h.surveyed = s.add(land.Surveyed, land.OfHolding, h.code, first)
	if len(h.buildings) > 4 || h.class == "factory" && len(h.buildings) > 2 {
		for _, b := range h.buildings {
			s.add(land.Surveyed, land.OfBuilding, b.code, min(first+day(s.below(4)), by-4))
		}
	}
	if depth >= 2 && s.percent(45) {
		s.some(s.add(land.Willing, land.OfHolding, h.code, s.field(first+1, min(first+40, by-10)), h.surveyed), "演示意愿书.jpg", "")
	}
	if depth < 3 {
		return
	}
	measured := s.add(land.Measured, land.OfHolding, h.code, s.field(first+4, min(first+75, by-18)), h.surveyed)
	s.some(measured, "演示测绘报告.pdf", "")
	if depth < 4 {
		return
	}
	h.appraised = s.add(land.Appraised, land.OfHolding, h.code, s.field(measured.on+4, min(measured.on+60, by-6)), measured)
	s.some(h.appraised, "演示评估报告.pdf", "")
	if depth >= 5 && s.percent(60) {
		s.add(land.Negotiating, land.OfHolding, h.code, s.field(h.appraised.on, min(h.appraised.on+45, by-2)), h.surveyed)
	}
}

// frame has the collective company sign first: a framework, which covers some of its holdings and never counts as signed.
func (s story) frame() {
	for _, k := range s.contracts {
		if k.kind != "framework" {
			continue
		}
		s.add(land.Offered, land.OfContract, k.code, k.signs-12).evidence = paper("演示框架协议稿.pdf", "")
		var needs []*entry
		for _, h := range k.holdings {
			needs = append(needs, h.appraised)
		}
		k.signed = s.add(land.Signed, land.OfContract, k.code, k.signs, needs...)
		k.signed.late = 0
		k.signed.evidence = paper("演示框架协议.pdf", s.number(k.signs, "框架", 1))
		s.add(land.Effective, land.OfContract, k.code, k.signs+7, k.signed)
	}
}

// object raises objections against what was measured, and answers them before the holder signs; one is open to the end.
func (s story) object(holdings []*holding) {
	wanted := 2
	for _, h := range holdings {
		k := h.contract
		switch {
		case s.code == "P-04" && !h.signs && h.contract == nil && h.appraised != nil && !h.early:
			if wanted < 10 {
				e := s.add(land.Objected, land.OfHolding, h.code, on("2022-11-21"), h.surveyed)
				e.evidence, e.note = paper("演示异议书.pdf", s.number(e.on, "异议", 9)), "演示：对房屋面积认定的异议"
				wanted = 10
			}
		case wanted > 0 && wanted < 10 && h.signs && k.status != "settled" && !k.again && len(k.holdings) == 1 && h.appraised.on < k.signs-45 && s.percent(6):
			e := s.add(land.Objected, land.OfHolding, h.code, s.field(k.signs-40, k.signs-25), h.surveyed)
			e.evidence, e.note = paper("演示异议书.pdf", s.number(e.on, "异议", 4-wanted)), "演示：对评估结果的异议"
			h.answered = s.add(land.ObjectionClosed, land.OfHolding, h.code, s.field(e.on+8, k.signs-3), e)
			h.answered.evidence = paper("演示答复.pdf", s.number(h.answered.on, "答复", 4-wanted))
			wanted--
		}
	}
}

// offer hands a contract to the holder, who has not signed.
func (s story) offer(k *contract) {
	if k.status == "draft" {
		return
	}
	d := s.field(k.drafted+1, k.drafted+10)
	e := s.add(land.Offered, land.OfContract, k.code, d)
	s.some(e, "演示协议稿.pdf", "")
	if k.status == "void" {
		e.late = 0
		s.add(land.Voided, land.OfContract, k.code, d+9, e).voids = e
		void := s.clerk.entries[len(s.clerk.entries)-1]
		void.reason, void.late = "演示：送达了错误的协议", 0
	}
}

// sign is the contract's way to its signature, and to its effect.
func (s story) sign(k *contract, after ...*entry) {
	var needs []*entry
	from := k.drafted + 1
	for _, h := range k.holdings {
		needs = append(needs, h.appraised)
		from = max(from, h.appraised.on)
		if h.answered != nil {
			needs = append(needs, h.answered)
			from = max(from, h.answered.on)
		}
	}
	for _, e := range after {
		if e != nil {
			needs = append(needs, e)
			from = max(from, e.on)
		}
	}
	offered := s.add(land.Offered, land.OfContract, k.code, s.field(min(from, k.signs-1), k.signs-1))
	s.some(offered, "演示协议稿.pdf", "")
	k.signed = s.add(land.Signed, land.OfContract, k.code, k.signs, append(needs, offered)...)
	n, _ := strconv.Atoi(k.code[2:])
	s.some(k.signed, "演示搬迁补偿安置协议.pdf", s.number(k.signs, "协议", n))
}

// compel is the one holder who is bound by a decision, and never counts as signed.
func (s story) compel(holdings []*holding) {
	if s.code != "P-05" {
		return
	}
	for _, h := range holdings {
		if h.plot.stage == "partly_signed" && h.plot.holds-h.plot.signs > 1 && !h.signs && h.surveyed != nil && h.contract == nil {
			h.compulsory = s.officer(land.Compulsory, land.OfHolding, h.code, on("2022-11-18"), h.surveyed)
			h.compulsory.evidence = paper("演示责令交地决定.pdf", s.number(h.compulsory.on, "责令", 1))
			return
		}
	}
}

// clear empties and pulls down the buildings of a plot, as far as its stage on the last day says.
func (s story) clear(l *plot) {
	whole := l.stage == "cleared" || l.stage == "accepted" || l.stage == "stored"
	most := 0
	switch {
	case whole:
		most = len(l.buildings())
	case l.stage == "all_signed" && l.signedBy < lastDay-60 && s.percent(45):
		most = len(l.buildings()) - 1 // one at least stands
	case l.stage == "partly_signed" && s.percent(10):
		most = 1
	}
	end := l.stored
	if !whole {
		end = min(l.signedBy+120, lastDay+20)
	}
	down := map[*holding]int{}
	for _, b := range l.buildings() {
		h := b.holding
		if most == 0 || !h.signs || h.contract.status == "" || !whole && h.contract.signs > lastDay-45 {
			continue
		}
		most--
		signs := h.contract.signs
		if whole {
			signs = l.signedBy // the last house of a plot sets the pace
		}
		span := end - signs
		lo := signs + 6
		needs := []*entry{h.contract.signed}
		if b.tenant != "" {
			cleared := s.add(land.TenantsCleared, land.OfBuilding, b.code, s.field(signs+3, signs+span*25/100), h.contract.signed)
			s.some(cleared, "演示清租照片.jpg", "")
			needs, lo = append(needs, cleared), max(lo, cleared.on+1)
		}
		vac := s.field(lo, min(signs+span*45/100, lastDay-6))
		pull := s.field(max(vac+2, s.pulls), min(signs+span*70/100, lastDay))
		if s.code == "P-02" && l.stored == on("2022-03-25") && len(down) == 0 {
			vac, pull = on("2022-01-20"), s.pulls // the first, as published
		}
		b.vacated = s.add(land.Vacated, land.OfBuilding, b.code, vac, needs...)
		s.some(b.vacated, "演示腾空照片.jpg", "")
		if pull > lastDay || !whole && s.percent(40) {
			continue
		}
		b.pulled = s.add(land.Demolished, land.OfBuilding, b.code, pull, b.vacated)
		s.some(b.pulled, "演示拆除照片.jpg", "")
		if down[h]++; down[h] == len(h.buildings) && !h.rented() && s.percent(35) { // handed over as a whole, as some posts write it down
			last, needs := day(0), []*entry{h.contract.signed}
			for _, b := range h.buildings {
				last, needs = max(last, b.vacated.on), append(needs, b.vacated)
			}
			s.some(s.add(land.Vacated, land.OfHolding, h.code, last, needs...), "演示移交单.pdf", "")
		}
	}
}

func (h *holding) rented() bool {
	return slices.ContainsFunc(h.buildings, func(b *building) bool { return b.tenant != "" })
}

func (l *plot) buildings() []*building {
	var all []*building
	for _, h := range l.holdings {
		all = append(all, h.buildings...)
	}
	return all
}

// pay pays a contract once its buildings are empty, and settles it once it is paid in full.
func (s story) pay(k *contract) {
	if k.kind != "relocation" || k.status != "effective" && k.status != "settled" {
		return
	}
	empty, down := day(0), day(0)
	proof := []*entry{k.signed} // what a payment rests on: an empty house
	for _, h := range k.holdings {
		for _, b := range h.buildings {
			if b.vacated == nil || b.pulled == nil {
				empty = lastDay
				continue
			}
			empty, down, proof = max(empty, b.vacated.on), max(down, b.pulled.on), append(proof, b.vacated)
		}
	}
	settles := day(0)
	if k.status == "settled" {
		settles = s.field(max(k.storedOn(), down+3)+1, min(k.storedOn()+30, lastDay))
	}
	effects := min(k.signs+day(s.between(2, 20)), lastDay)
	s.add(land.Effective, land.OfContract, k.code, effects, k.signed)
	needs := []*entry{k.signed}
	if k.amount > 0 && empty < lastDay-10 && (k.status == "settled" || s.percent(50)) {
		first := k.amount / 10 * 4
		paidOn := s.field(empty+1, min(empty+25, max(down, empty+1), lastDay))
		e := s.add(land.Paid, land.OfContract, k.code, paidOn, proof...)
		e.value = payment{yuan(first), 1}
		s.some(e, "演示付款凭证.pdf", "")
		needs = append(needs, e)
		if k.status == "settled" {
			e := s.add(land.Paid, land.OfContract, k.code, s.field(max(down, paidOn)+1, settles-1), proof...)
			e.value = payment{yuan(k.amount - first), 2}
			s.some(e, "演示付款凭证.pdf", "")
			needs = append(needs, e)
		}
	}
	if k.status == "settled" {
		s.add(land.Settled, land.OfContract, k.code, settles, needs...)
	}
}

func yuan(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// accept accepts title and site of the plots that are empty, and stores them, numbered by the day.
func (s story) accept() {
	plots := slices.Clone(s.plots)
	sort.SliceStable(plots, func(i, j int) bool { return plots[i].stored < plots[j].stored })
	early := 1
	slip := s.code == "P-01"
	for _, l := range plots {
		var bound, flat []*entry
		down := day(0)
		for _, h := range l.holdings {
			if h.signs {
				bound = append(bound, h.contract.signed)
			}
			for _, b := range h.buildings {
				if b.pulled != nil {
					flat, down = append(flat, b.pulled), max(down, b.pulled.on)
				}
			}
		}
		n, _ := strconv.Atoi(l.code[2:])
		switch l.stage {
		case "accepted", "stored":
			end := min(l.stored-1, lastDay)
			l.site = s.officer(land.SiteAccepted, land.OfPlot, l.code, s.field(down+1, end), flat...)
			s.some(l.site, "演示现状验收表.pdf", s.number(l.site.on, "现状验收", n))
			l.title = s.officer(land.TitleAccepted, land.OfPlot, l.code, s.field(down+1, end), bound...)
			s.some(l.title, "演示权属验收表.pdf", s.number(l.title.on, "权属验收", n))
			if l.stage == "accepted" {
				if done := max(l.site.on, l.title.on); slip && done < lastDay-25 { // taken for another plot, and taken back
					slip = false
					e := s.officer(land.Stored, land.OfPlot, l.code, done+3, l.site, l.title)
					void := s.officer(land.Voided, land.OfPlot, l.code, done+11, e)
					void.voids, void.reason, void.late = e, "演示：错录为邻宗地块的入库", 0
				}
				continue
			}
			s.storedNo++
			e := s.officer(land.Stored, land.OfPlot, l.code, l.stored, l.site, l.title)
			e.evidence = paper("演示入库证明.pdf", fmt.Sprintf("演示〔2022〕%d 号", s.storedNo))
			if s.storedNo%12 != 5 { // the rest is entered late
				e.late = 0
			}
		case "all_signed":
			if early > 0 && l.signedBy < lastDay-20 && (s.code == "P-02" || s.code == "P-05") { // accepted before it is cleared: it stays all signed
				early--
				s.some(s.officer(land.TitleAccepted, land.OfPlot, l.code, s.field(l.signedBy+5, lastDay-3), bound...), "演示权属验收表.pdf", s.number(lastDay, "权属验收", n))
			}
		}
	}
}

// call visits those who have not signed, and writes down what comes next.
func (s story) call(h *holding) {
	n := 0
	from, to := on("2022-04-01"), lastDay
	switch {
	case !h.signs && h.surveyed != nil:
		if n = s.between(0, 2); h.plot.holds-h.plot.signs == 1 { // one more, since the plot waits for this one alone
			n++
		}
		from = max(s.start, h.surveyed.on)
	case h.signs && s.percent(12):
		n, from, to = 1, max(h.appraised.on, s.surveys), h.contract.signs-1
	}
	for ; n > 0 && from < to; n-- {
		d := s.fieldLater(from, to)
		e := s.add(land.Visited, land.OfHolding, h.code, d)
		e.value = visit{
			one(s.chance, "上门说明补偿方案", "送达评估报告并答疑", "与家属面谈搬迁过渡安排", "约股份合作公司一起商谈", "核对房屋面积", "带看安置房户型", "协调租户搬离时间", "确认厂房搬迁去向"),
			(d + day(s.between(4, 15))).String(),
			"演示" + s.short + one(s.chance, "一组", "二组", "三组"),
		}
		e.note = one(s.chance, "", "演示：对过渡期租金有疑问", "演示：希望先看安置房", "演示：家庭成员意见未统一", "演示：企业正在找新厂房")
	}
}
