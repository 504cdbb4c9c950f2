package store

import (
	"context"
	"encoding/json"
	"time"

	"zhengbei/internal/land"
)

var (
	caseScope     = query("case.scope")
	caseFacts     = query("case.facts")
	caseHoldings  = query("case.holdings")
	caseLand      = query("case.land")
	caseBuildings = query("case.buildings")
	caseTenants   = query("case.tenants")
	caseContracts = query("case.contracts")
	caseCovers    = query("case.covers")
	casePlots     = query("case.plots")
	caseTargets   = query("case.targets")
	caseMembers   = query("case.members")
)

// days is a validity as the queries of a case give it.
type days struct{ Since, Until *land.Day }

func (d days) period() land.Period {
	p := land.Period{To: d.Until}
	if d.Since != nil {
		p.From = *d.Since
	}
	return p
}

// Case loads what the rules of the ledger look at for facts about the things with these codes, as known now.
func (tx *Tx) Case(ctx context.Context, codes []string) (land.Case, error) {
	c := land.Case{Today: land.DayOf(tx.Now)}
	things, err := tx.Things(ctx, codes)
	if err != nil {
		return c, err
	}
	ids := make([]int32, 0, len(things))
	for _, id := range things {
		ids = append(ids, id)
	}
	scope, err := many[struct {
		SubjectID  int32
		Kind, Code string
	}](ctx, tx, caseScope, named{"ids": ids})
	if err != nil {
		return c, err
	}
	ids = ids[:0]
	for _, s := range scope {
		ids = append(ids, s.SubjectID)
		c.Subjects = append(c.Subjects, land.Subject{Kind: land.SubjectKind(s.Kind), Code: s.Code})
	}
	of := named{"ids": ids}
	facts, err := many[struct {
		ID                             int64
		SubjectKind, SubjectCode, Kind string
		OccurredOn                     land.Day
		RecordedAt                     time.Time
		RecordedBy                     string
		Value                          json.RawMessage
		Voids                          *int64
	}](ctx, tx, caseFacts, of)
	if err != nil {
		return c, err
	}
	for _, f := range facts {
		c.Facts = append(c.Facts, land.Fact{
			ID: f.ID, Subject: land.Subject{Kind: land.SubjectKind(f.SubjectKind), Code: f.SubjectCode}, Kind: land.FactKind(f.Kind),
			OccurredOn: f.OccurredOn, RecordedAt: f.RecordedAt, RecordedBy: f.RecordedBy, Value: f.Value, Voids: f.Voids,
		})
	}
	return c, tx.caseRegister(ctx, of, &c)
}

// caseRegister loads the register rows of a case.
func (tx *Tx) caseRegister(ctx context.Context, of named, c *land.Case) error {
	holdings, err := many[struct {
		days
		Code, Parcel string
	}](ctx, tx, caseHoldings, of)
	if err != nil {
		return err
	}
	for _, v := range holdings {
		c.Holdings = append(c.Holdings, land.HoldingVersion{Period: v.period(), Code: v.Code, Parcel: v.Parcel})
	}
	lands, err := many[struct {
		days
		Holding, Plot string
		AreaM2        json.Number
	}](ctx, tx, caseLand, of)
	if err != nil {
		return err
	}
	for _, v := range lands {
		c.Land = append(c.Land, land.HoldingLandVersion{Period: v.period(), Holding: v.Holding, Plot: v.Plot, AreaM2: v.AreaM2})
	}
	buildings, err := many[struct {
		days
		Code, Holding, Plot string
	}](ctx, tx, caseBuildings, of)
	if err != nil {
		return err
	}
	for _, v := range buildings {
		c.Buildings = append(c.Buildings, land.BuildingVersion{Period: v.period(), Code: v.Code, Holding: v.Holding, Plot: v.Plot})
	}
	tenants, err := many[struct {
		days
		Building, Name string
	}](ctx, tx, caseTenants, of)
	if err != nil {
		return err
	}
	for _, v := range tenants {
		c.Tenants = append(c.Tenants, land.TenantVersion{Period: v.period(), Building: v.Building, Name: v.Name})
	}
	contracts, err := many[struct {
		days
		Code, Parcel, Kind string
		Amount             *json.Number
	}](ctx, tx, caseContracts, of)
	if err != nil {
		return err
	}
	for _, v := range contracts {
		c.Contracts = append(c.Contracts, land.ContractVersion{Period: v.period(), Code: v.Code, Parcel: v.Parcel, Kind: v.Kind, Amount: v.Amount})
	}
	covers, err := many[struct {
		days
		Contract, Holding string
	}](ctx, tx, caseCovers, of)
	if err != nil {
		return err
	}
	for _, v := range covers {
		c.Covers = append(c.Covers, land.CoverVersion{Period: v.period(), Contract: v.Contract, Holding: v.Holding})
	}
	plots, err := many[struct {
		days
		Plot, Parcel string
		AreaM2       json.Number
	}](ctx, tx, casePlots, of)
	for _, v := range plots {
		c.Plots = append(c.Plots, land.PlotPlace{Period: v.period(), Plot: v.Plot, Parcel: v.Parcel, AreaM2: v.AreaM2})
	}
	return err
}

// FactSubjects are what facts speak of, by their numbers; those that there are not, or that one may not see, are left out.
func (tx *Tx) FactSubjects(ctx context.Context, facts []int64) (map[int64]land.Subject, error) {
	found, err := many[struct {
		ID         int64
		Kind, Code string
	}](ctx, tx, caseTargets, tx.sight(named{"facts": facts}))
	subjects := make(map[int64]land.Subject, len(found))
	for _, f := range found {
		subjects[f.ID] = land.Subject{Kind: land.SubjectKind(f.Kind), Code: f.Code}
	}
	return subjects, err
}

// ParcelMembers are the codes of the holdings and plots of parcels, as known now.
func (tx *Tx) ParcelMembers(ctx context.Context, parcels []string) ([]string, error) {
	found, err := many[struct{ Code string }](ctx, tx, caseMembers, named{"codes": parcels})
	codes := make([]string, len(found))
	for i, f := range found {
		codes[i] = f.Code
	}
	return codes, err
}
