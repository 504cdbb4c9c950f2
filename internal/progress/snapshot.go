package progress

import (
	"cmp"
	"context"
	"slices"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// snapshot is all that figures are sums of, for one day as known at one instant. What is summed is decided in Go:
// one reading serves parcels, zones, selections and blocks, which so agree.
type snapshot struct {
	plots    []land.PlotRow
	released []land.ReleasedRow
	holdings []land.HoldingRow
	parts    []land.ZonePart
	edges    []land.Edge
}

// takeSnapshot reads plots and holdings; of one use class only those that count for it: a holding where most of its land lies.
func takeSnapshot(ctx context.Context, tx *store.Tx, clock land.Clock, useClass *string) (s snapshot, err error) {
	if s, err = takePlots(ctx, tx, clock, useClass); err != nil {
		return s, err
	}
	if s.released, err = tx.ReleasedRows(ctx, clock, useClass); err != nil {
		return s, err
	}
	if s.holdings, err = tx.HoldingRows(ctx, clock); err != nil {
		return s, err
	}
	if useClass != nil {
		s.keepHoldings(s.plotSet())
	}
	s.parts, err = tx.ZoneParts(ctx, clock)
	return s, err
}

// takePlots is a snapshot for those who need no holdings: plots and the edges that they share.
func takePlots(ctx context.Context, tx *store.Tx, clock land.Clock, useClass *string) (s snapshot, err error) {
	if s.plots, err = tx.PlotRows(ctx, clock, useClass); err != nil {
		return s, err
	}
	s.edges, err = tx.Edges(ctx, clock)
	return s, err
}

func (s *snapshot) plotSet() map[int32]bool {
	set := make(map[int32]bool, len(s.plots))
	for _, p := range s.plots {
		set[p.Plot] = true
	}
	return set
}

// keepPlots forgets the plots that are not among these.
func (s *snapshot) keepPlots(among map[int32]bool) {
	s.plots = slices.DeleteFunc(s.plots, func(p land.PlotRow) bool { return !among[p.Plot] })
	s.released = slices.DeleteFunc(s.released, func(p land.ReleasedRow) bool { return !among[p.Plot] })
}

// keepHoldings forgets the holdings most of whose land lies on none of these plots.
func (s *snapshot) keepHoldings(plots map[int32]bool) {
	s.holdings = slices.DeleteFunc(s.holdings, func(h land.HoldingRow) bool { return !plots[h.Plot] })
}

// keepNamed forgets the holdings that are not among these, which are in ascending order.
func (s *snapshot) keepNamed(holdings []int32) {
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

func (all sums) contracts(c land.ContractTally) {
	f := all.of(c.Parcel)
	switch {
	case c.Kind == "relocation":
		f.Contracts[c.Stage] += c.Contracts
	case c.Kind == "framework" && (c.Stage == "signed" || c.Stage == "effective" || c.Stage == "settled"):
		f.Frameworks += c.Contracts
	default:
		f.LooseContracts += c.Contracts
	}
}

// byParcel are the figures of each parcel.
func (s *snapshot) byParcel(contracts []land.ContractTally) sums {
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
	for _, c := range contracts {
		all.contracts(c)
	}
	return all
}

// byZone are the figures of each zone: of a plot that a zone cuts, its part; a holding counts where more than half of the plot
// with most of its land lies. Contracts belong to parcels.
func (s *snapshot) byZone() sums {
	parts := make(map[int32][]land.ZonePart, len(s.parts))
	for _, p := range s.parts {
		parts[p.Plot] = append(parts[p.Plot], p)
	}
	all := sums{}
	for _, p := range s.plots {
		for _, part := range parts[p.Plot] {
			if p.Now && part.Now {
				all.plot(part.Zone, p.Stage, part.Area)
			}
		}
	}
	for _, r := range s.released {
		for _, part := range parts[r.Plot] {
			all.before(part.Zone, land.ReleasedRow{Week: r.Week && part.Week, Month: r.Month && part.Month}, part.Area)
		}
	}
	for _, h := range s.holdings {
		was := h
		for _, part := range parts[h.Plot] {
			if part.Main {
				h.Now, h.Week = was.Now && part.Now, was.Week && part.Week
				all.holding(part.Zone, h)
			}
		}
	}
	return all
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
