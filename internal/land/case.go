package land

import "encoding/json"

// Case is what the rules of the ledger look at: the facts and register rows, as known now,
// of the things that new facts speak of and of all that may become lawful or unlawful by them.
type Case struct {
	Today     Day
	Subjects  []Subject // those that there are
	Facts     []Fact    // voided ones and voids included
	Holdings  []HoldingVersion
	Land      []HoldingLandVersion
	Buildings []BuildingVersion
	Tenants   []TenantVersion
	Contracts []ContractVersion
	Covers    []CoverVersion
	Plots     []PlotPlace
}

// PlotPlace says in which parcel a plot lies, and how large it is.
type PlotPlace struct {
	Period
	Plot, Parcel string
	AreaM2       json.Number
}

// On reports whether the version holds on a day.
func (p Period) On(day Day) bool {
	return !day.Before(p.From.Time) && (p.To == nil || day.Before(p.To.Time))
}
