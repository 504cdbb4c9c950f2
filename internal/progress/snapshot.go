package progress

import (
	"cmp"
	"maps"
	"slices"

	"zhengbei/internal/land"
)

// snapshot is all that figures are sums of, for one day as known at one instant: one walk over the states
// serves parcels, zones, selections and blocks, which so agree.
type snapshot struct {
	plots     []land.PlotRow
	released  []land.ReleasedRow
	holdings  []land.HoldingRow
	parts     []land.ZonePart
	edges     []land.Edge
	contracts []contract
	covers    []land.Edge // contract and holding
	narrowed  bool        // contracts count only where they cover one of the holdings
}

// contract is a contract as figures count it.
type contract struct {
	number, parcel int32
	kind, stage    uint8
}

// The days before that figures look back to.
const week, month = 7, 28

// inRound tells whether a parcel belongs to the round; it remembers the last one, since a parcel's things lie together.
func (v view) inRound() func(int32) bool {
	last, is := int32(-1), false
	return func(parcel int32) bool {
		if parcel != last {
			last, is = parcel, v.states.rounds[parcel] == v.round.Code
		}
		return is
	}
}

// snapshot is what figures of the round are sums of.
func (v view) snapshot() snapshot {
	s := v.plots()
	in := v.inRound()
	v.states.holdings.each(func(h *land.HoldingState) {
		if now, before := h.On(v.Moment, 0), h.On(v.Moment, week); (now || before) && h.Known(v.Moment) && in(h.Parcel) {
			s.holdings = append(s.holdings, land.HoldingRow{
				Holding: h.Holding, Parcel: h.Parcel, Plot: h.Plot, Signed: h.Signed, Now: now, Week: before, Floor: h.Floor, Land: h.Land, Buildings: h.Buildings,
			})
		}
	})
	v.states.parts.each(func(p *land.ZonePartRow) {
		if now, before, long := p.On(v.Moment, 0), p.On(v.Moment, week), p.On(v.Moment, month); (now || before || long) && p.Known(v.Moment) {
			s.parts = append(s.parts, land.ZonePart{Plot: p.Plot, Zone: p.Zone, Area: p.Area, Main: p.Main, Now: now, Week: before, Month: long})
		}
	})
	v.states.contracts.each(func(c *land.ContractState) {
		if c.On(v.Moment, 0) && c.Known(v.Moment) && in(c.Parcel) {
			s.contracts = append(s.contracts, contract{c.Contract, c.Parcel, c.Kind, c.Stage})
		}
	})
	s.covers = v.links(&v.states.covers)
	return s
}

// plots is a snapshot for those who need no holdings: plots and the edges that they share.
func (v view) plots() (s snapshot) {
	in := v.inRound()
	v.states.plots.each(func(p *land.PlotState) {
		if !p.Known(v.Moment) || !in(p.Parcel) {
			return
		}
		now, before, long := p.On(v.Moment, 0), p.On(v.Moment, week), p.On(v.Moment, month)
		if now || before {
			s.plots = append(s.plots, land.PlotRow{Plot: p.Plot, Parcel: p.Parcel, Stage: land.ShownStages[p.Stage], UseClass: land.UseClasses[p.UseClass], Area: p.Area, Now: now, Week: before})
		}
		if (before || long) && released[p.Stage] {
			s.released = append(s.released, land.ReleasedRow{Plot: p.Plot, Parcel: p.Parcel, UseClass: land.UseClasses[p.UseClass], Area: p.Area, Week: before, Month: long})
		}
	})
	s.edges = v.links(&v.states.edges)
	return s
}

// links are the links of the day.
func (v view) links(rows *table[land.Link]) (links []land.Edge) {
	rows.each(func(l *land.Link) {
		if l.On(v.Moment, 0) && l.Known(v.Moment) {
			links = append(links, land.Edge{A: l.A, B: l.B})
		}
	})
	return links
}

// stagesAmong marks the places in ShownStages of some stages.
func stagesAmong(stages []string) (among [256]bool) {
	for n, stage := range land.ShownStages {
		among[n] = slices.Contains(stages, stage)
	}
	return among
}

var (
	released = stagesAmong(land.ReleasedStages)
	unsigned = stagesAmong(land.RemainingStages)
	apart    = stagesAmong([]string{"retained", "kept"})
)

// interests are the shares of unbound holdings in plots, each with how many unbound holdings its plot has.
func (v view) interests(plots []land.PlotArea) []land.Interest {
	area := make(map[int32]land.M2, len(plots))
	for _, p := range plots {
		area[p.Plot] = p.Area
	}
	unbound := map[int32]bool{}
	v.states.holdings.each(func(h *land.HoldingState) {
		if !h.Signed && !h.Compulsory && h.On(v.Moment, 0) && h.Known(v.Moment) {
			unbound[h.Holding] = true
		}
	})
	var interests []land.Interest
	waiting := make(map[int32]int32, len(plots))
	for _, l := range v.links(&v.states.lands) {
		if a, waits := area[l.B]; waits && unbound[l.A] {
			interests = append(interests, land.Interest{Holding: l.A, Plot: l.B, Area: a})
			waiting[l.B]++
		}
	}
	for i := range interests {
		interests[i].Unbound = waiting[interests[i].Plot]
	}
	slices.SortFunc(interests, func(a, b land.Interest) int {
		return cmp.Or(cmp.Compare(a.Holding, b.Holding), cmp.Compare(a.Plot, b.Plot))
	})
	return interests
}

// turns are the days on which released or signed land grew or shrank, in their order; of a parcel, or of the round.
func (v view) turns(parcel *int32) []land.Turn {
	byDay := map[int32]land.Turn{}
	turn := func(day int32, p *land.PlotState, sign land.M2) {
		t := byDay[day]
		t.Signed += sign * p.Area
		if released[p.Stage] {
			t.Released += sign * p.Area
		}
		byDay[day] = t
	}
	in := v.inRound()
	v.states.plots.each(func(p *land.PlotState) {
		if unsigned[p.Stage] || apart[p.Stage] || !p.Known(v.Moment) || !in(p.Parcel) || parcel != nil && *parcel != p.Parcel {
			return
		}
		turn(p.From, p, 1)
		turn(p.To, p, -1)
	})
	turns := make([]land.Turn, 0, len(byDay))
	for _, day := range slices.Sorted(maps.Keys(byDay)) {
		t := byDay[day]
		t.Day = land.DayNumbered(day)
		turns = append(turns, t)
	}
	return turns
}

// keepUse forgets what is of another use class: plots, and holdings most of whose land lies on none of these, on the day and seven days before.
func (s *snapshot) keepUse(class string) {
	s.released = slices.DeleteFunc(s.released, func(p land.ReleasedRow) bool { return p.UseClass != class })
	now, before := map[int32]bool{}, map[int32]bool{}
	var plots []land.PlotRow
	for _, p := range s.plots {
		if p.UseClass == class {
			plots = append(plots, p)
			now[p.Plot] = now[p.Plot] || p.Now
			before[p.Plot] = before[p.Plot] || p.Week
		}
	}
	s.plots = plots
	for i := range s.holdings {
		h := &s.holdings[i]
		h.Now, h.Week = h.Now && now[h.Plot], h.Week && before[h.Plot]
	}
	s.holdings = slices.DeleteFunc(s.holdings, func(h land.HoldingRow) bool { return !h.Now && !h.Week })
	s.narrowed = true
}

// keepPlots forgets the plots that are not among these.
func (s *snapshot) keepPlots(among map[int32]bool) {
	s.plots = slices.DeleteFunc(s.plots, func(p land.PlotRow) bool { return !among[p.Plot] })
	s.released = slices.DeleteFunc(s.released, func(p land.ReleasedRow) bool { return !among[p.Plot] })
}

// keepHoldings forgets the holdings most of whose land lies on none of these plots.
func (s *snapshot) keepHoldings(plots map[int32]bool) {
	s.narrowed = true
	s.holdings = slices.DeleteFunc(s.holdings, func(h land.HoldingRow) bool { return !plots[h.Plot] })
}

// keepNamed forgets the holdings that are not among these, which are in ascending order.
func (s *snapshot) keepNamed(holdings []int32) {
	s.narrowed = true
	s.holdings = slices.DeleteFunc(s.holdings, func(h land.HoldingRow) bool {
		_, found := slices.BinarySearch(holdings, h.Holding)
		return !found
	})
}

// plotsIn are the plots in one of these stages, in ascending order; of a parcel, or of all.
func (s *snapshot) plotsIn(stages []string, parcel *int32) []land.PlotArea {
	var found []land.PlotArea
	for _, p := range s.plots {
		if p.Now && slices.Contains(stages, p.Stage) && (parcel == nil || p.Parcel == *parcel) {
			found = append(found, land.PlotArea{Plot: p.Plot, Parcel: p.Parcel, Area: p.Area})
		}
	}
	slices.SortFunc(found, func(a, b land.PlotArea) int { return cmp.Compare(a.Plot, b.Plot) })
	return found
}

// sums are figures by place, a parcel or a zone.
type sums map[int32]*land.Figures

func (all sums) of(place int32) *land.Figures {
	f, ok := all[place]
	if !ok {
		f = &land.Figures{Land: map[string]land.Count{}, Contracts: map[string]int{}}
		all[place] = f
	}
	return f
}

func (all sums) plot(place int32, stage string, area land.M2) {
	f := all.of(place)
	c := f.Land[stage]
	f.Land[stage] = land.Count{Area: c.Area + area, Plots: c.Plots + 1}
}

func (all sums) before(place int32, r land.ReleasedRow, area land.M2) {
	f := all.of(place)
	if r.Week {
		f.Week += area
	}
	if r.Month {
		f.Month += area
	}
}

func (all sums) holding(place int32, h land.HoldingRow) {
	f := all.of(place)
	if h.Week && h.Signed {
		f.SignedWeek++
	}
	if !h.Now {
		return
	}
	f.Households.Whole++
	f.FloorArea.Whole += int64(h.Floor)
	f.LandArea.Whole += int64(h.Land)
	f.Buildings += int(h.Buildings)
	if h.Signed {
		f.Households.Signed++
		f.FloorArea.Signed += int64(h.Floor)
		f.LandArea.Signed += int64(h.Land)
	}
}

func (all sums) contract(c contract) {
	f := all.of(c.parcel)
	kind, stage := land.ContractKinds[c.kind], land.ContractStages[c.stage]
	switch {
	case kind == "relocation":
		f.Contracts[stage]++
	case kind == "framework" && (stage == "signed" || stage == "effective" || stage == "settled"):
		f.Frameworks++
	default:
		f.LooseContracts++
	}
}

// counted are the contracts that count: all, or those that cover one of the day's holdings.
func (s *snapshot) counted() []contract {
	if !s.narrowed {
		return s.contracts
	}
	held := make(map[int32]bool, len(s.holdings))
	for _, h := range s.holdings {
		if h.Now {
			held[h.Holding] = true
		}
	}
	covering := map[int32]bool{}
	for _, c := range s.covers {
		if held[c.B] {
			covering[c.A] = true
		}
	}
	var counted []contract
	for _, c := range s.contracts {
		if covering[c.number] {
			counted = append(counted, c)
		}
	}
	return counted
}

// byParcel are the figures of each parcel.
func (s *snapshot) byParcel() sums {
	all := sums{}
	for _, p := range s.plots {
		if p.Now {
			all.plot(p.Parcel, p.Stage, p.Area)
		}
	}
	for _, r := range s.released {
		all.before(r.Parcel, r, r.Area)
	}
	for _, h := range s.holdings {
		all.holding(h.Parcel, h)
	}
	for _, c := range s.counted() {
		all.contract(c)
	}
	return all
}

// byZone are the figures of each zone: of a plot that a zone cuts, its part; a holding counts where more than half of the plot
// with most of its land lies. Contracts belong to parcels.
func (s *snapshot) byZone() sums {
	parts := s.partsOf()
	all := sums{}
	for _, p := range s.plots {
		for _, part := range parts(p.Plot) {
			if p.Now && part.Now {
				all.plot(part.Zone, p.Stage, part.Area)
			}
		}
	}
	for _, r := range s.released {
		for _, part := range parts(r.Plot) {
			all.before(part.Zone, land.ReleasedRow{Week: r.Week && part.Week, Month: r.Month && part.Month}, part.Area)
		}
	}
	for _, h := range s.holdings {
		was := h
		for _, part := range parts(h.Plot) {
			if part.Main {
				h.Now, h.Week = was.Now && part.Now, was.Week && part.Week
				all.holding(part.Zone, h)
			}
		}
	}
	return all
}

// partsOf finds the parts of a plot: they lie side by side once they are in the order of plots.
func (s *snapshot) partsOf() func(plot int32) []land.ZonePart {
	slices.SortFunc(s.parts, func(a, b land.ZonePart) int { return cmp.Compare(a.Plot, b.Plot) })
	var firsts []land.PlotArea // the plots, each once
	starts := []int{}
	for n, p := range s.parts {
		if n == 0 || s.parts[n-1].Plot != p.Plot {
			firsts, starts = append(firsts, land.PlotArea{Plot: p.Plot}), append(starts, n)
		}
	}
	starts = append(starts, len(s.parts))
	place := placesOf(firsts)
	return func(plot int32) []land.ZonePart {
		n := place(plot)
		if n < 0 {
			return nil
		}
		return s.parts[starts[n]:starts[n+1]]
	}
}

// mainZones are the zones of plots: the one that more than half of a plot lies in.
func (s *snapshot) mainZones() map[int32]int32 {
	zones := make(map[int32]int32, len(s.parts))
	for _, p := range s.parts {
		if p.Main && p.Now {
			zones[p.Plot] = p.Zone
		}
	}
	return zones
}

// whole is the sum of all places.
func (all sums) whole() land.Figures {
	total := land.Figures{}.Add(land.Figures{})
	for _, f := range all {
		total = total.Add(*f)
	}
	return total
}
