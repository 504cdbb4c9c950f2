package signing

import (
	"context"
	"fmt"
	"slices"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Holdings are the rows of holdings (户).
var Holdings = Noun[land.Holding, land.HoldingDraft]{
	lead: func(d land.HoldingDraft) string {
		return first(member{"/land", d.Land != nil}, member{"/parcel", d.Parcel != nil})
	},
	Code: land.HoldingCode, read: (*store.Tx).Holdings, judge: judgeHolding, revise: (*store.Tx).ReviseHolding, kept: keptHolding,
	names: func(d land.HoldingDraft) (n naming) {
		for _, l := range listed(d.Land) {
			n.things = append(n.things, l.Plot)
		}
		for _, s := range listed(d.Parties) {
			n.parties = append(n.parties, s.Party)
		}
		n.parcels = given(d.Parcel)
		return n
	},
	enter: func(p land.Period, code string, d land.HoldingDraft) (l land.Ledger) {
		l.Holdings = []land.HoldingVersion{{Period: p, Number: 1, Code: code, Parcel: *d.Parcel, Name: *d.Name, Class: *d.Class}}
		for _, o := range listed(d.Land) {
			l.HoldingLand = append(l.HoldingLand, land.HoldingLandVersion{Period: p, Holding: code, Plot: o.Plot, AreaM2: o.AreaM2})
		}
		for _, s := range listed(d.Parties) {
			l.Shares = append(l.Shares, land.ShareVersion{Period: p, Holding: code, Party: s.Party, Numerator: s.Numerator, Denominator: s.Denominator})
		}
		return l
	},
}

// Buildings are the rows of buildings (栋).
var Buildings = Noun[land.Building, land.BuildingDraft]{
	lead: func(d land.BuildingDraft) string {
		return first(member{"/plot", d.Plot != nil}, member{"/holding", d.Holding != nil}, member{"/tenants", d.Tenants != nil})
	},
	Code: land.BuildingCode, read: (*store.Tx).Buildings, judge: judgeBuilding, revise: (*store.Tx).ReviseBuilding, kept: keptBuilding,
	names: func(d land.BuildingDraft) naming { return naming{things: append(given(d.Holding), given(d.Plot)...)} },
	enter: func(p land.Period, code string, d land.BuildingDraft) (l land.Ledger) {
		l.Buildings = []land.BuildingVersion{{Period: p, Number: 1, Code: code, Holding: *d.Holding, Plot: *d.Plot, FloorAreaM2: *d.FloorAreaM2, Storeys: *d.Storeys, Use: *d.Use}}
		for _, name := range listed(d.Tenants) {
			l.Tenants = append(l.Tenants, land.TenantVersion{Period: p, Building: code, Name: name})
		}
		return l
	},
}

// Contracts are the rows of contracts (协议).
var Contracts = Noun[land.Contract, land.ContractDraft]{
	lead: func(d land.ContractDraft) string {
		return first(member{"/holdings", d.Holdings != nil}, member{"/amount", d.Amount.Set})
	},
	Code: land.ContractCode, read: (*store.Tx).Contracts, judge: judgeContract, revise: (*store.Tx).ReviseContract, kept: keptContract,
	names: func(d land.ContractDraft) naming { return naming{things: listed(d.Holdings), parcels: given(d.Parcel)} },
	enter: func(p land.Period, code string, d land.ContractDraft) (l land.Ledger) {
		l.Contracts = []land.ContractVersion{{Period: p, Number: 1, Code: code, Parcel: *d.Parcel, Kind: *d.Kind, Amount: d.Amount.Value}}
		for _, h := range listed(d.Holdings) {
			l.Covers = append(l.Covers, land.CoverVersion{Period: p, Contract: code, Holding: h})
		}
		return l
	},
}

// Parties are the rows of parties (权利人).
var Parties = Noun[land.Party, land.PartyDraft]{
	Code: land.PartyCode, read: (*store.Tx).Parties, revise: (*store.Tx).ReviseParty, kept: keptParty,
	judge: func(*look, string, *land.Party, land.PartyDraft) (faults, warnings []*fault.Error) { return nil, nil },
	names: func(land.PartyDraft) naming { return naming{} },
	enter: func(p land.Period, code string, d land.PartyDraft) land.Ledger {
		return land.Ledger{Parties: []land.PartyVersion{{Period: p, Number: 1, Code: code, Name: *d.Name, Kind: *d.Kind}}}
	},
}

// CommandPosts are the rows of command posts (现场指挥部).
var CommandPosts = Noun[land.CommandPost, land.CommandPostDraft]{
	Code: land.PostCode, read: (*store.Tx).CommandPosts, judge: judgePost, revise: (*store.Tx).RevisePost, kept: keptPost,
	names: func(d land.CommandPostDraft) naming { return naming{parcels: listed(d.Parcels), posts: true} },
	enter: func(p land.Period, code string, d land.CommandPostDraft) land.Ledger {
		return land.Ledger{CommandPosts: []land.CommandPostVersion{{Period: p, Number: 1, Code: code, Name: *d.Name, NameEn: *d.NameEn, Parcels: listed(d.Parcels)}}}
	},
}

// Rounds are the rounds; none is added here.
var Rounds = Noun[land.Round, land.RoundDraft]{
	revise: (*store.Tx).ReviseRound, kept: keptRound,
	names: func(land.RoundDraft) naming { return naming{} },
	judge: func(_ *look, _ string, present *land.Round, d land.RoundDraft) (faults, warnings []*fault.Error) {
		if day := d.Deadline.Value; day != nil && !day.After(present.StartsOn.Time) {
			faults = append(faults, fault.New(fault.Invalid, "row.deadline", "on", *day, "starts_on", present.StartsOn).In("/deadline"))
		}
		return faults, nil
	},
	read: func(tx *store.Tx, ctx context.Context, f store.Filter) ([]land.Round, int64, error) {
		round, found, err := tx.Round(ctx, f.Clock)
		if !found || err != nil {
			return nil, 0, err
		}
		return []land.Round{round}, 1, nil
	},
}

// member is the pointer to a member of a draft, where the draft has it.
type member struct {
	pointer string
	written bool
}

// first is the first member that a draft has.
func first(members ...member) string {
	for _, m := range members {
		if m.written {
			return m.pointer
		}
	}
	return ""
}

// listed is a list that may be left out.
func listed[V any](list *[]V) []V {
	if list == nil {
		return nil
	}
	return *list
}

// given is a list of what was written.
func given(texts ...*string) (all []string) {
	for _, t := range texts {
		if t != nil {
			all = append(all, *t)
		}
	}
	return all
}

func judgeHolding(l *look, code string, _ *land.Holding, d land.HoldingDraft) (faults, warnings []*fault.Error) {
	parcel := l.holdingIn(code)
	if d.Parcel != nil {
		parcel = always(*d.Parcel)
		faults = append(faults, l.left(code, d)...)
	}
	if in, ok := parcel(l.days[0]); ok {
		faults = append(faults, l.there(in, "/parcel", l.parcels[in])...)
	}
	for i, o := range listed(d.Land) {
		at := fmt.Sprintf("/land/%d/plot", i)
		faults = append(faults, l.there(o.Plot, at, periodsOf(l.plots[o.Plot], plotPeriod))...)
		faults = append(faults, l.elsewhere(o.Plot, at, l.plotIn(o.Plot), parcel)...)
	}
	if d.Parties == nil {
		return faults, nil
	}
	for i, s := range *d.Parties {
		var days []land.Period
		for _, v := range l.parties {
			if v.Code == s.Party {
				days = append(days, v.Period)
			}
		}
		faults = append(faults, l.there(s.Party, fmt.Sprintf("/parties/%d/code", i), days)...)
	}
	switch compared, sum := land.SumOfShares(*d.Parties); {
	case compared > 0:
		faults = append(faults, fault.New(fault.Invalid, "row.shares", "sum", sum).In("/parties"))
	case compared < 0:
		warnings = append(warnings, fault.New(fault.Invalid, "row.shares_short", "sum", sum).In("/parties"))
	}
	return faults, warnings
}

// always is a parcel that does not change with the day.
func always(parcel string) func(land.Day) (string, bool) {
	return func(land.Day) (string, bool) { return parcel, true }
}

// left lists what a holding that moves to another parcel would leave behind: its land, where the draft does not name it anew, its buildings and contracts.
func (l *look) left(code string, d land.HoldingDraft) []*fault.Error {
	for _, day := range l.days {
		var behind []string
		outside := func(plot string) bool {
			in, ok := l.plotIn(plot)(day)
			return ok && in != *d.Parcel
		}
		for _, v := range l.landOf[code] {
			if d.Land == nil && v.On(day) && outside(v.Plot) {
				behind = append(behind, v.Plot)
			}
		}
		for _, v := range l.builtOf[code] {
			if v.On(day) && outside(v.Plot) {
				behind = append(behind, v.Code)
			}
		}
		for _, v := range l.coveredBy[code] {
			if c, ok := l.contract(v.Contract, day); ok && v.On(day) && c.Parcel != *d.Parcel {
				behind = append(behind, c.Code)
			}
		}
		if len(behind) > 0 {
			slices.Sort(behind)
			return []*fault.Error{fault.New(fault.Invalid, "row.left_behind", "id", code, "who", namesOf(slices.Compact(behind)), "not", *d.Parcel, "on", day).In("/parcel")}
		}
	}
	return nil
}

func judgeBuilding(l *look, code string, _ *land.Building, d land.BuildingDraft) (faults, warnings []*fault.Error) {
	for _, day := range l.days {
		l := *l // of this day alone: what the draft leaves out may differ from day to day
		l.days = []land.Day{day}
		holding, plot := d.Holding, d.Plot
		if v, ok := reaching(l.buildings[code], buildingPeriod, day); ok {
			if holding == nil {
				holding = &v.Holding
			}
			if plot == nil {
				plot = &v.Plot
			}
		}
		if holding != nil {
			faults = append(faults, l.there(*holding, "/holding", periodsOf(l.holdings[*holding], holdingPeriod))...)
		}
		if plot != nil {
			faults = append(faults, l.there(*plot, "/plot", periodsOf(l.plots[*plot], plotPeriod))...)
		}
		if holding != nil && plot != nil {
			at := first(member{"/plot", d.Plot != nil}, member{"/holding", d.Holding != nil})
			faults = append(faults, l.elsewhere(*plot, at, l.plotIn(*plot), l.holdingIn(*holding))...)
		}
		if len(faults) > 0 {
			break
		}
	}
	return faults, nil
}

func judgeContract(l *look, code string, _ *land.Contract, d land.ContractDraft) (faults, warnings []*fault.Error) {
	parcel := func(day land.Day) (string, bool) {
		v, ok := reaching(l.contracts[code], contractPeriod, day)
		return v.Parcel, ok
	}
	if d.Parcel != nil {
		parcel = always(*d.Parcel)
	}
	if in, ok := parcel(l.days[0]); ok {
		faults = append(faults, l.there(in, "/parcel", l.parcels[in])...)
	}
	for i, h := range listed(d.Holdings) {
		at := fmt.Sprintf("/holdings/%d", i)
		faults = append(faults, l.there(h, at, periodsOf(l.holdings[h], holdingPeriod))...)
		faults = append(faults, l.elsewhere(h, at, l.holdingIn(h), parcel)...)
	}
	return faults, nil
}

func judgePost(l *look, code string, _ *land.CommandPost, d land.CommandPostDraft) (faults, warnings []*fault.Error) {
	from := l.days[0]
	for i, p := range listed(d.Parcels) {
		at := fmt.Sprintf("/parcels/%d", i)
		faults = append(faults, l.there(p, at, l.parcels[p])...)
		for _, v := range l.runs {
			if v.Code != code && v.Parcels[0] == p && (v.To == nil || v.To.After(from.Time)) {
				faults = append(faults, fault.New(fault.Conflict, "row.post_taken", "parcel", p, "post", v.Code, "on", from).In(at))
				break
			}
		}
	}
	return faults, nil
}
