package signing

import (
	"slices"

	"zhengbei/internal/land"
)

// holds looks at a condition just before a fact, on its day; who are the things that make it so,
// or for whose sake it is not so.
func (l *ledger) holds(c land.Condition, at entry) (holds bool, who []string) {
	switch c.Check {
	case land.HasFact:
		return l.has(at.Subject.Kind, at.Subject.Code, c.Fact, at), nil
	case land.ObjectionOpen:
		return l.objectionOpen(at.Subject.Kind, at.Subject.Code, at), nil
	case land.ContractRescinded:
		return l.has(land.OfContract, at.Subject.Code, land.Rescinded, at), nil
	case land.HoldingsAppraised:
		return l.holdingsAppraised(at)
	case land.ObjectionOpenAround:
		return l.objectionOpenAround(at)
	case land.AnotherContract:
		return l.anotherContract(at)
	case land.SumMet:
		return l.sumMet(at), nil
	case land.PlotAccepted:
		return l.plotAccepted(at)
	case land.HoldingBound:
		return l.holdingBound(at)
	case land.TenantsGone:
		return l.tenantsGone(at)
	case land.BuildingVacated:
		return l.buildingVacated(at), nil
	case land.InterestsBound:
		return l.interestsBound(at)
	case land.NoBuildingStands:
		return l.noBuildingStands(at)
	case land.AcceptedOrStored:
		return l.accepted(at.Subject.Code, at), nil
	case land.ReasonGiven, land.AnotherPerson, land.NeededByLiveFact:
		return true, nil // of a void, which is judged apart
	}
	return false, nil
}

func (l *ledger) objectionOpen(kind land.SubjectKind, code string, at entry) bool {
	return l.count(kind, code, land.Objected, at) > l.count(kind, code, land.ObjectionClosed, at)
}

// contract is the version of a contract on a day; ok is false where there is none.
func (r *register) contract(code string, day land.Day) (land.ContractVersion, bool) {
	for _, v := range r.contracts[code] {
		if v.On(day) {
			return v, true
		}
	}
	return land.ContractVersion{}, false
}

// covered are the holdings that a contract covers on a day.
func (l *ledger) covered(contract string, day land.Day) []string {
	var codes []string
	for _, v := range l.covers[contract] {
		if v.On(day) {
			codes = append(codes, v.Holding)
		}
	}
	return codes
}

// standing reports whether a contract is signed and not rescinded.
func (l *ledger) standing(contract string, at entry) bool {
	return l.has(land.OfContract, contract, land.Signed, at) && !l.has(land.OfContract, contract, land.Rescinded, at)
}

// bound reports whether a holding is signed, or under a compulsory order.
func (l *ledger) bound(holding string, at entry) bool {
	if l.has(land.OfHolding, holding, land.Compulsory, at) {
		return true
	}
	for _, v := range l.coveredBy[holding] {
		if !v.On(at.OccurredOn) {
			continue
		}
		if c, ok := l.contract(v.Contract, at.OccurredOn); ok && c.Kind == relocation && l.standing(c.Code, at) {
			return true
		}
	}
	return false
}

// The kinds of contracts that the rules tell apart.
const (
	relocation = "relocation" // the only one that binds
	framework  = "framework"  // comes before anything is appraised
)

func (l *ledger) holdingsAppraised(at entry) (bool, []string) {
	c, ok := l.contract(at.Subject.Code, at.OccurredOn)
	covered := l.covered(at.Subject.Code, at.OccurredOn)
	if ok && c.Kind == framework {
		return true, nil
	}
	var missing []string
	for _, h := range covered {
		if !l.has(land.OfHolding, h, land.Appraised, at) {
			missing = append(missing, h)
		}
	}
	return len(covered) > 0 && len(missing) == 0, missing
}

func (l *ledger) objectionOpenAround(at entry) (bool, []string) {
	var holdings, parcels, who []string
	if at.Subject.Kind == land.OfContract {
		holdings = l.covered(at.Subject.Code, at.OccurredOn)
		if c, ok := l.contract(at.Subject.Code, at.OccurredOn); ok {
			parcels = append(parcels, c.Parcel)
		}
	} else {
		holdings = l.holdingsOn(at.Subject.Code, at.OccurredOn)
		for _, v := range l.plots[at.Subject.Code] {
			if v.On(at.OccurredOn) {
				parcels = append(parcels, v.Parcel)
			}
		}
	}
	for _, h := range holdings {
		if l.objectionOpen(land.OfHolding, h, at) {
			who = append(who, h)
		}
	}
	for _, p := range parcels {
		if l.objectionOpen(land.OfParcel, p, at) {
			who = append(who, p)
		}
	}
	return len(who) > 0, who
}

func (l *ledger) anotherContract(at entry) (bool, []string) {
	own, ok := l.contract(at.Subject.Code, at.OccurredOn)
	if !ok {
		return false, nil
	}
	var who []string
	for _, h := range l.covered(own.Code, at.OccurredOn) {
		for _, v := range l.coveredBy[h] {
			other, ok := l.contract(v.Contract, at.OccurredOn)
			if ok && v.On(at.OccurredOn) && other.Code != own.Code && other.Kind == own.Kind && l.standing(other.Code, at) && !slices.Contains(who, other.Code) {
				who = append(who, other.Code)
			}
		}
	}
	return len(who) > 0, who
}

func (l *ledger) sumMet(at entry) bool {
	c, ok := l.contract(at.Subject.Code, at.OccurredOn)
	if !ok || c.Amount == nil {
		return true
	}
	var paid int64
	for _, e := range l.of(at.Subject) {
		if e.Kind == land.Paid && compare(e, at) < 0 {
			paid += e.Cents("amount")
		}
	}
	return paid >= land.CentsOf(c.Amount.String())
}

func (l *ledger) accepted(plot string, at entry) bool {
	return l.has(land.OfPlot, plot, land.TitleAccepted, at) || l.has(land.OfPlot, plot, land.SiteAccepted, at) || l.has(land.OfPlot, plot, land.Stored, at)
}

func (l *ledger) plotAccepted(at entry) (bool, []string) {
	var who []string
	for _, h := range l.covered(at.Subject.Code, at.OccurredOn) {
		for _, v := range l.landOf[h] {
			if v.On(at.OccurredOn) && l.accepted(v.Plot, at) && !slices.Contains(who, v.Plot) {
				who = append(who, v.Plot)
			}
		}
	}
	return len(who) > 0, who
}

// holdingOf is the holding that a fact about a holding or a building is about; ok is false where there is none that day.
func (l *ledger) holdingOf(at entry) (string, bool) {
	if at.Subject.Kind == land.OfHolding {
		return at.Subject.Code, true
	}
	for _, v := range l.buildings[at.Subject.Code] {
		if v.On(at.OccurredOn) {
			return v.Holding, true
		}
	}
	return "", false
}

func (l *ledger) holdingBound(at entry) (bool, []string) {
	h, ok := l.holdingOf(at)
	if !ok {
		return false, nil
	}
	return l.bound(h, at), []string{h}
}

// tenantsGone: a building counts as cleared by its own fact or by its holding's.
func (l *ledger) tenantsGone(at entry) (bool, []string) {
	h, _ := l.holdingOf(at)
	if l.has(land.OfHolding, h, land.TenantsCleared, at) {
		return true, nil
	}
	var who []string
	for _, v := range l.builtOf[h] {
		if !v.On(at.OccurredOn) || at.Subject.Kind == land.OfBuilding && v.Code != at.Subject.Code {
			continue
		}
		rented := slices.ContainsFunc(l.tenants[v.Code], func(t land.TenantVersion) bool { return t.On(at.OccurredOn) })
		if rented && !l.has(land.OfBuilding, v.Code, land.TenantsCleared, at) {
			who = append(who, v.Code)
		}
	}
	return len(who) == 0, who
}

func (l *ledger) buildingVacated(at entry) bool {
	h, ok := l.holdingOf(at)
	return l.has(land.OfBuilding, at.Subject.Code, land.Vacated, at) || ok && l.has(land.OfHolding, h, land.Vacated, at)
}

// holdingsOn are the holdings with land on a plot on a day.
func (l *ledger) holdingsOn(plot string, day land.Day) []string {
	var codes []string
	for _, v := range l.landOn[plot] {
		if v.On(day) && slices.ContainsFunc(l.holdings[v.Holding], func(h land.HoldingVersion) bool { return h.On(day) }) {
			codes = append(codes, v.Holding)
		}
	}
	return codes
}

func (l *ledger) interestsBound(at entry) (bool, []string) {
	holdings := l.holdingsOn(at.Subject.Code, at.OccurredOn)
	var who []string
	for _, h := range holdings {
		if !l.bound(h, at) {
			who = append(who, h)
		}
	}
	return len(holdings) > 0 && len(who) == 0, who
}

func (l *ledger) noBuildingStands(at entry) (bool, []string) {
	var who []string
	for _, v := range l.builtOn[at.Subject.Code] {
		if v.On(at.OccurredOn) && !l.has(land.OfBuilding, v.Code, land.Demolished, at) {
			who = append(who, v.Code)
		}
	}
	return len(who) == 0, who
}

// unvacated are the holdings of a contract that are not vacated, themselves or building by building.
func (l *ledger) unvacated(at entry) []string {
	var who []string
	for _, h := range l.covered(at.Subject.Code, at.OccurredOn) {
		if l.has(land.OfHolding, h, land.Vacated, at) {
			continue
		}
		built, left := 0, 0
		for _, v := range l.builtOf[h] {
			if v.On(at.OccurredOn) {
				built++
				if l.has(land.OfBuilding, v.Code, land.Vacated, at) {
					left++
				}
			}
		}
		if built == 0 || left < built {
			who = append(who, h)
		}
	}
	return who
}
