package land

import "encoding/json"

// Ledger is a register and its facts handed in at once: the demonstration, a bulk load.
// Codes are final; a fact's Voids counts from 1 in Facts, and becomes the id that the store gives.
type Ledger struct {
	CommandPosts []CommandPostVersion
	Parties      []PartyVersion
	Holdings     []HoldingVersion
	HoldingLand  []HoldingLandVersion
	Shares       []ShareVersion
	Buildings    []BuildingVersion
	Tenants      []TenantVersion
	Contracts    []ContractVersion
	Covers       []CoverVersion
	Facts        []Fact // RecordedAt, RecordedBy, OccurredOn and Evidence as handed in
}

// CommandPostVersion is a command post and the parcels that it runs.
type CommandPostVersion struct {
	Period
	Number       int32
	Code         string
	Name, NameEn string
	Parcels      []string
}

// PartyVersion is a party.
type PartyVersion struct {
	Period
	Number     int32
	Code       string
	Name, Kind string
}

// HoldingVersion is a holding without its land, shares and buildings, which have versions of their own.
type HoldingVersion struct {
	Period
	Number       int32
	Code, Parcel string
	Name, Class  string
}

// HoldingLandVersion is the land of a holding on one plot.
type HoldingLandVersion struct {
	Period
	Holding, Plot string
	AreaM2        json.Number
}

// ShareVersion is the share of a party in a holding.
type ShareVersion struct {
	Period
	Holding, Party         string
	Numerator, Denominator int32
}

// BuildingVersion is a building of a holding on a plot.
type BuildingVersion struct {
	Period
	Number        int32
	Code          string
	Holding, Plot string
	FloorAreaM2   json.Number
	Storeys       int32
	Use           string
}

// TenantVersion is a tenant of a building.
type TenantVersion struct {
	Period
	Building, Name string
}

// ContractVersion is a contract without what it covers.
type ContractVersion struct {
	Period
	Number       int32
	Code, Parcel string
	Kind         string
	Amount       *json.Number
}

// CoverVersion says that a contract covers a holding.
type CoverVersion struct {
	Period
	Contract, Holding string
}
