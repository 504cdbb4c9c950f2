package signing

import (
	"cmp"
	"slices"

	"zhengbei/internal/land"
)

// entry is a live fact in the order of the ledger.
type entry struct {
	land.Fact
	rank  int // of its kind in the order of facts
	place int // in the list of new facts; -1: recorded already
}

// compare puts facts in order: by day, then by the order of the table, then as they were recorded.
func compare(a, b entry) int {
	return cmp.Or(a.OccurredOn.Compare(b.OccurredOn.Time), a.rank-b.rank, min(a.place, 0)-min(b.place, 0), cmp.Compare(a.ID, b.ID), a.place-b.place)
}

// register finds the rows of a case by the things that they join.
type register struct {
	subjects   map[land.Subject]bool
	holdings   map[string][]land.HoldingVersion
	landOf     map[string][]land.HoldingLandVersion // by holding
	landOn     map[string][]land.HoldingLandVersion // by plot
	buildings  map[string][]land.BuildingVersion
	builtOf    map[string][]land.BuildingVersion // by holding
	builtOn    map[string][]land.BuildingVersion // by plot
	tenants    map[string][]land.TenantVersion
	contracts  map[string][]land.ContractVersion
	covers     map[string][]land.CoverVersion // by contract
	coveredBy  map[string][]land.CoverVersion // by holding
	plots      map[string][]land.PlotPlace
	plotsIn    map[string][]land.PlotPlace      // by parcel
	holdingsIn map[string][]land.HoldingVersion // by parcel
}

func group[T any](rows []T, key func(T) string) map[string][]T {
	m := make(map[string][]T, len(rows))
	for _, r := range rows {
		m[key(r)] = append(m[key(r)], r)
	}
	return m
}

func newRegister(c land.Case) *register {
	r := &register{
		subjects:   make(map[land.Subject]bool, len(c.Subjects)),
		holdings:   group(c.Holdings, func(v land.HoldingVersion) string { return v.Code }),
		holdingsIn: group(c.Holdings, func(v land.HoldingVersion) string { return v.Parcel }),
		landOf:     group(c.Land, func(v land.HoldingLandVersion) string { return v.Holding }),
		landOn:     group(c.Land, func(v land.HoldingLandVersion) string { return v.Plot }),
		buildings:  group(c.Buildings, func(v land.BuildingVersion) string { return v.Code }),
		builtOf:    group(c.Buildings, func(v land.BuildingVersion) string { return v.Holding }),
		builtOn:    group(c.Buildings, func(v land.BuildingVersion) string { return v.Plot }),
		tenants:    group(c.Tenants, func(v land.TenantVersion) string { return v.Building }),
		contracts:  group(c.Contracts, func(v land.ContractVersion) string { return v.Code }),
		covers:     group(c.Covers, func(v land.CoverVersion) string { return v.Contract }),
		coveredBy:  group(c.Covers, func(v land.CoverVersion) string { return v.Holding }),
		plots:      group(c.Plots, func(v land.PlotPlace) string { return v.Plot }),
		plotsIn:    group(c.Plots, func(v land.PlotPlace) string { return v.Parcel }),
	}
	for _, s := range c.Subjects {
		r.subjects[s] = true
	}
	return r
}

// concerned are the things whose facts may become lawful or unlawful by facts about these.
func (r *register) concerned(about []land.Subject) map[land.Subject]bool {
	all := map[land.Subject]bool{}
	add := func(kind land.SubjectKind, code string) { all[land.Subject{Kind: kind, Code: code}] = true }
	holdings := map[string]bool{}
	for _, s := range about {
		all[s] = true
		switch s.Kind {
		case land.OfHolding:
			holdings[s.Code] = true
		case land.OfContract:
			for _, v := range r.covers[s.Code] {
				holdings[v.Holding] = true
			}
		case land.OfBuilding:
			for _, v := range r.buildings[s.Code] {
				holdings[v.Holding] = true
				add(land.OfPlot, v.Plot)
			}
		case land.OfPlot:
			for _, v := range r.landOn[s.Code] {
				holdings[v.Holding] = true
			}
		case land.OfParcel:
			for _, v := range r.holdingsIn[s.Code] {
				holdings[v.Code] = true
			}
			for _, v := range r.plotsIn[s.Code] {
				add(land.OfPlot, v.Plot)
			}
		case land.OfMilestone:
		}
	}
	for h := range holdings {
		add(land.OfHolding, h)
		for _, v := range r.coveredBy[h] {
			add(land.OfContract, v.Contract)
		}
		for _, v := range r.builtOf[h] {
			add(land.OfBuilding, v.Code)
		}
		for _, v := range r.landOf[h] {
			add(land.OfPlot, v.Plot)
		}
	}
	return all
}

// ledger is the live facts of a case, with some added and some taken back.
type ledger struct {
	*register
	live  map[land.Subject][]entry
	added map[land.Subject][]entry
	gone  map[int64]bool
}

func newLedger(c land.Case, r *register) *ledger {
	voided := map[int64]bool{}
	for _, f := range c.Facts {
		if f.Voids != nil {
			voided[*f.Voids] = true
		}
	}
	l := &ledger{register: r, live: map[land.Subject][]entry{}}
	for _, f := range c.Facts {
		if f.Voids == nil && !voided[f.ID] {
			l.live[f.Subject] = append(l.live[f.Subject], entry{f, f.Kind.Rank(), -1})
		}
	}
	return l
}

// with is the ledger after these were added and those taken back.
func (l *ledger) with(added []entry, gone map[int64]bool) *ledger {
	next := &ledger{register: l.register, live: l.live, added: map[land.Subject][]entry{}, gone: gone}
	for _, e := range added {
		next.added[e.Subject] = append(next.added[e.Subject], e)
	}
	return next
}

// of lists the live facts of a thing, in no order.
func (l *ledger) of(s land.Subject) []entry {
	if len(l.gone) == 0 {
		return slices.Concat(l.live[s], l.added[s])
	}
	var all []entry
	for _, e := range l.live[s] {
		if !l.gone[e.ID] {
			all = append(all, e)
		}
	}
	return append(all, l.added[s]...)
}

// count is how many facts of a kind a thing has before a fact.
func (l *ledger) count(kind land.SubjectKind, code string, what land.FactKind, before entry) int {
	n := 0
	s := land.Subject{Kind: kind, Code: code}
	for _, list := range [][]entry{l.live[s], l.added[s]} {
		for _, e := range list {
			if e.Kind == what && !l.gone[e.ID] && compare(e, before) < 0 {
				n++
			}
		}
	}
	return n
}

// has reports whether a thing has a fact of a kind before a fact.
func (l *ledger) has(kind land.SubjectKind, code string, what land.FactKind, before entry) bool {
	return l.count(kind, code, what, before) > 0
}
