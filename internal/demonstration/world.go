package demonstration

import (
	"fmt"
	"slices"
	"sort"
)

// Areas are counted in 0.01 m2, money in yuan, so that every sum is exact.

type plot struct {
	code, parcel, use, stage string
	village                  bool
	holds, signs             int   // holdings, and how many of them have signed on the last day
	area, floor              int64 // 0.01 m2
	stored                   day   // 0: not stored
	holdings                 []*holding
	contracts                []*contract
	title, site              *entry
	signedBy                 day // the day of the last signature
}

type holding struct {
	code, name, class string
	plot              *plot
	land, floor       int64
	buildings         []*building
	shares            []share
	signs             bool // has signed on the last day
	compulsory        *entry
	kin               *holding  // signs in the same contract
	early             bool      // under the framework contract, so appraised before it
	contract          *contract // the one that it is signed under, or that lies before it
	surveyed          *entry
	appraised         *entry
	answered          *entry // its objection is closed
}

type share struct {
	party *party
	n, of int32
}

type party struct{ code, name, kind string }

type building struct {
	code    string
	holding *holding
	floor   int64
	storeys int
	use     string
	tenant  string
	vacated *entry
	pulled  *entry // demolished
}

type contract struct {
	code, kind, parcel string
	holdings           []*holding
	amount             int64
	drafted            day
	signs              day    // 0: never
	status             string // on the last day
	again              bool   // after a rescinded one
	signed             *entry
}

// parcel is what the story knows of a consolidation parcel. The days of 福城南 are published, all others are invented.
type parcel struct {
	code, short, post, postEn                              string
	planned, drafting, noticed, approved, framework, start day // of signing
	surveys                                                day // from
	pulls                                                  day // demolition from
	buildings                                              int
	lastWeek                                               int // holdings signed in the last seven days
	statuses                                               statuses
	collective                                             *party
	plots                                                  []*plot
	contracts                                              []*contract
	storedNo                                               int
}

// statuses are how many relocation contracts stand at each; fewer than zero: in the proportions of 福城南.
type statuses struct{ draft, offered, signed, settled int }

// parcels in the order of their codes; P-02 is 福城南.
func parcels() []*parcel {
	return []*parcel{
		{code: "P-01", short: "观湖", post: "观湖指挥部", postEn: "Guanhu command post", planned: on("2021-06-18"), drafting: on("2021-07-12"), noticed: on("2021-10-20"), approved: on("2021-11-30"), framework: on("2022-01-07"), start: on("2022-01-12"), surveys: on("2021-07-12"), pulls: on("2022-02-17"), buildings: 640, lastWeek: 4, statuses: statuses{11, 13, 36, 62}},
		{code: "P-02", short: "福城南", post: "福城南指挥部", postEn: "Fucheng South command post", planned: on("2021-06-18"), drafting: on("2021-07-05"), noticed: on("2021-09-27"), approved: on("2021-11-05"), framework: on("2021-12-10"), start: on("2021-12-26"), surveys: on("2021-06-21"), pulls: on("2022-01-25"), buildings: 787, lastWeek: 6, statuses: statuses{9, 14, 31, 68}},
		{code: "P-03", short: "黎光", post: "黎光指挥部", postEn: "Liguang command post", planned: on("2021-06-25"), drafting: on("2021-08-09"), noticed: on("2021-11-12"), approved: on("2022-01-14"), framework: on("2022-02-25"), start: on("2022-03-02"), surveys: on("2021-08-16"), pulls: on("2022-04-08"), buildings: 350, lastWeek: 1, statuses: statuses{6, 7, 24, 41}},
		{code: "P-04", short: "福城北", post: "福城北指挥部", postEn: "Fucheng North command post", planned: on("2021-07-09"), drafting: on("2021-09-06"), noticed: on("2021-12-08"), approved: on("2022-02-11"), framework: on("2022-03-25"), start: on("2022-03-28"), surveys: on("2021-09-06"), pulls: on("2022-05-10"), buildings: 630, lastWeek: 5, statuses: statuses{12, 15, 33, 40}},
		{code: "P-05", short: "大浪", post: "大浪指挥部", postEn: "Dalang command post", planned: on("2021-07-09"), drafting: on("2021-09-17"), noticed: on("2021-12-22"), approved: on("2022-02-18"), framework: on("2022-03-31"), start: on("2022-04-06"), surveys: on("2021-09-22"), pulls: on("2022-05-17"), buildings: 560, lastWeek: 0, statuses: statuses{10, 12, 38, 44}},
		{code: "P-06", short: "观澜", post: "观澜指挥部", postEn: "Guanlan command post", planned: on("2021-07-23"), drafting: on("2021-10-11"), noticed: on("2022-01-13"), approved: on("2022-03-04"), framework: on("2022-04-14"), start: on("2022-04-20"), surveys: on("2021-10-11"), pulls: on("2022-06-07"), buildings: 533, lastWeek: 2, statuses: statuses{13, 14, 30, 27}},
	}
}

type world struct {
	*chance
	names    *names
	parcels  []*parcel
	byParcel map[string]*parcel
	all      []*plot // in the order of their codes
	holdings []*holding
	parties  []*party
	clerk    *clerk
}

func newWorld() *world {
	w := &world{chance: newChance(), parcels: parcels(), byParcel: map[string]*parcel{}}
	w.names = newNames(w.chance)
	for _, p := range w.parcels {
		w.byParcel[p.code] = p
	}
	return w
}

// settle gives every storage plot its holdings, their parties, land and buildings.
func (w *world) settle() error {
	sort.Slice(w.all, func(i, j int) bool { return w.all[i].code < w.all[j].code })
	for _, p := range w.parcels {
		p.collective = w.party("演示"+p.short+"股份合作公司", "collective_company")
	}
	for _, l := range w.all {
		p := w.byParcel[l.parcel]
		if p == nil {
			return fmt.Errorf("%s: plot %s lies in unknown parcel %q", File, l.code, l.parcel)
		}
		if l.holds == 0 {
			continue
		}
		p.plots = append(p.plots, l)
		w.hold(l)
	}
	for _, p := range w.parcels {
		w.build(p)
		w.collect(p)
		w.relate(p)
		for _, l := range p.plots {
			for _, h := range l.holdings {
				w.own(p, h)
			}
		}
	}
	return nil
}

// hold divides a plot among its holdings: who has signed has the share that their number says, so that the four rates come out.
func (w *world) hold(l *plot) {
	signs := make([]bool, l.holds)
	for i := range l.signs {
		signs[i] = true
	}
	shuffle(w.chance, signs)
	land, floor := make([]int64, l.holds), make([]int64, l.holds)
	for _, side := range []bool{true, false} {
		var which []int
		var weights []int
		for i, s := range signs {
			if s == side {
				which, weights = append(which, i), append(weights, w.between(70, 130))
			}
		}
		if len(which) == 0 {
			continue
		}
		n := int64(len(which))
		for i, part := range split(l.area*n/int64(l.holds), weights) {
			land[which[i]] = part
		}
		for i, part := range split(l.floor*n/int64(l.holds), weights) {
			floor[which[i]] = part
		}
	}
	left := l.floor
	for _, f := range floor {
		left -= f
	}
	floor[0] += left // what the division by sides left over
	for i := range l.holds {
		h := &holding{plot: l, signs: signs[i], land: land[i], floor: floor[i], class: w.class(l)}
		l.holdings = append(l.holdings, h)
		w.holdings = append(w.holdings, h)
	}
	if name := known[l.code]; name != "" {
		i := slices.Index(signs, false)
		l.holdings[i].name, l.holdings[i].class = name, "individual"
		if []rune(name)[0] == '演' {
			l.holdings[i].class = "factory"
		}
	}
}

func (w *world) class(l *plot) string {
	n := w.below(100)
	switch {
	case l.village && n < 88:
		return "residential"
	case l.village:
		return "individual"
	case l.use == "industrial" && n < 74, n < 45:
		return "factory"
	case l.use != "industrial" && n < 75:
		return "residential"
	}
	return "individual"
}

// build puts the parcel's buildings on its plots by floor area: every holding has one at least.
func (w *world) build(p *parcel) {
	type want struct {
		h      *holding
		weight int64
		n      int
	}
	var wants []*want
	left := p.buildings
	for _, l := range p.plots {
		for _, h := range l.holdings {
			typical := int64(1_300_00) // 0.01 m2 of a workshop
			if l.village {
				typical = 420_00 // of a village house
			}
			wants = append(wants, &want{h, h.floor * 1000 / typical, 1})
			left--
		}
	}
	for ; left > 0; left-- { // the next building goes where one stands for the most floor area
		most := wants[0]
		for _, x := range wants {
			if x.weight*int64(most.n) > most.weight*int64(x.n) {
				most = x
			}
		}
		most.n++
	}
	for _, x := range wants {
		weights := make([]int, x.n)
		for i := range weights {
			weights[i] = w.between(60, 150)
		}
		for _, floor := range split(x.h.floor, weights) {
			x.h.buildings = append(x.h.buildings, w.building(x.h, floor))
		}
	}
}

func (w *world) building(h *holding, floor int64) *building {
	b := &building{holding: h, floor: floor}
	base := int64(w.between(85, 140)) // m2 of a village house
	switch {
	case h.plot.village:
		b.use = "residential"
		if w.percent(8) {
			b.use = "commercial"
		}
	case h.plot.use == "livelihood":
		b.use, base = one(w.chance, "public", "commercial", "factory"), int64(w.between(300, 700))
	case h.plot.use == "industrial" || h.class == "factory":
		b.use, base = "factory", int64(w.between(450, 1100))
		if w.percent(12) {
			b.use = "residential" // a dormitory
		}
	default:
		b.use, base = one(w.chance, "residential", "commercial", "factory"), int64(w.between(200, 500))
	}
	b.storeys = int(min(max((floor/100+base/2)/base, 1), 12))
	return b
}

// collect gives the collective company some holdings of each parcel: two that sign, one that has signed the framework alone.
func (w *world) collect(p *parcel) {
	want := map[bool]int{true: 2, false: 1}
	if p.code == "P-01" || p.code == "P-04" {
		want[false] = 2
	}
	plots := slices.Clone(p.plots)
	shuffle(w.chance, plots)
	for _, l := range plots {
		for _, h := range l.holdings {
			fits := h.signs && l.stage == "stored" && l.stored > p.framework+120 || !h.signs && l.stage == "partly_signed"
			if fits && h.name == "" && want[h.signs] > 0 && !l.village {
				want[h.signs]--
				h.class, h.early = "collective", true
				break
			}
		}
	}
	for _, l := range p.plots { // further ones, that the framework does not speak of
		for _, h := range l.holdings {
			if h.name == "" && h.class == "individual" && w.percent(12) {
				h.class = "collective"
			}
		}
	}
}

// relate lets some families sign one contract for two holdings, or three.
func (w *world) relate(p *parcel) {
	plots := slices.Clone(p.plots)
	shuffle(w.chance, plots)
	fewer := 5 // contracts than holdings signed
	if p.code == "P-02" {
		fewer = 9
	}
	for _, l := range plots {
		var family []*holding
		for _, h := range l.holdings {
			if h.signs && h.name == "" && (h.class == "residential" || h.class == "individual") {
				family = append(family, h)
			}
		}
		for i := 1; i < min(len(family), 3) && fewer > 0; i++ {
			family[i].kin, family[i].class = family[0], family[0].class
			fewer--
		}
	}
}

func (w *world) party(name, kind string) *party {
	it := &party{name: name, kind: kind}
	w.parties = append(w.parties, it)
	return it
}

// own names the parties of a holding and their shares, which add up to one.
func (w *world) own(p *parcel, h *holding) {
	switch h.class {
	case "collective":
		h.name = fmt.Sprintf("%s（%s）", p.collective.name, h.plot.code)
		h.shares = []share{{p.collective, 1, 1}}
	case "factory":
		if h.name == "" {
			h.name = w.names.firm()
		}
		h.shares = []share{{w.party(h.name, "company"), 1, 1}}
		if w.percent(5) { // the land is the collective's, the works are the firm's
			h.shares = []share{{h.shares[0].party, 3, 5}, {p.collective, 2, 5}}
		}
	default:
		if h.kin != nil {
			h.name = w.names.relative(h.kin.name)
			h.shares = []share{{w.party(h.name, "person"), 1, 2}, {h.kin.shares[0].party, 1, 2}}
			return
		}
		if h.name == "" {
			h.name = w.names.person()
		}
		first := w.party(h.name, "person")
		parts := one(w.chance, []int32{1}, []int32{1}, []int32{1}, []int32{1}, []int32{1, 1}, []int32{1, 1}, []int32{2, 1}, []int32{1, 1, 1}, []int32{2, 1, 1})
		var of int32
		for _, n := range parts {
			of += n
		}
		for i, n := range parts {
			who := first
			if i > 0 {
				who = w.party(w.names.relative(h.name), "person")
			}
			h.shares = append(h.shares, share{who, n, of})
		}
	}
}

// codes gives the things their codes, in the order of the plots; a code is final.
func (w *world) codes() {
	nb := 0
	for i, h := range w.holdings {
		h.code = fmt.Sprintf("H-%04d", i+1)
		for _, b := range h.buildings {
			nb++
			b.code = fmt.Sprintf("B-%04d", nb)
		}
	}
	for i, it := range w.parties {
		it.code = fmt.Sprintf("R-%04d", i+1)
	}
	var all []*contract
	for _, p := range w.parcels {
		all = append(all, p.contracts...)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].drafted < all[j].drafted })
	for i, k := range all {
		k.code = fmt.Sprintf("C-%04d", i+1)
	}
}
