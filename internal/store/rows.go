package store

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"zhengbei/internal/land"
)

var (
	rowsLock     = query("rows.lock")
	rowsNext     = query("rows.next")
	rowsChanged  = query("rows.changed")
	rowsTaken    = query("rows.taken")
	rowsTouched  = query("rows.touched")
	rowsParcels  = query("rows.parcels")
	rowsParties  = query("rows.parties")
	rowsPosts    = query("rows.posts")
	rowsHolding  = query("rows.holding")
	rowsLand     = query("rows.land")
	rowsShares   = query("rows.shares")
	rowsBuilding = query("rows.building")
	rowsTenants  = query("rows.tenants")
	rowsContract = query("rows.contract")
	rowsCovers   = query("rows.covers")
	rowsParty    = query("rows.party")
	rowsPost     = query("rows.post")
	rowsRuns     = query("rows.runs")
	rowsRound    = query("rows.round")
)

// Gate is a lock by name, for what has no row to lock: a thing, or a kind of thing. Shared, it keeps out only who wants it alone.
type Gate struct {
	Name   string
	Shared bool
}

// Next is the next free code of a kind; whoever asks holds the gate of the kind, so that nobody brings that code meanwhile.
func (tx *Tx) Next(ctx context.Context, form land.CodeForm) (string, error) {
	return one[string](ctx, tx, rowsNext, named{"letter": form.Letter, "digits": form.Digits})
}

// Changed is who made the newest version of a register row, when and why.
type Changed struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// LastChange says who made the newest version of a thing, when and why.
func (tx *Tx) LastChange(ctx context.Context, code string) (Changed, error) {
	c, _, err := row[Changed](ctx, tx, rowsChanged, named{"code": code})
	return c, err
}

// Taken reports whether a code is in use, or ever was.
func (tx *Tx) Taken(ctx context.Context, code string) (bool, error) {
	return one[bool](ctx, tx, rowsTaken, named{"code": code})
}

// Touched are the codes of things that one may see, and of all whose state rests on them.
func (tx *Tx) Touched(ctx context.Context, codes []string) ([]string, error) {
	found, err := many[struct{ Code string }](ctx, tx, rowsTouched, tx.sight(named{"codes": codes}))
	all := make([]string, len(found))
	for i, f := range found {
		all[i] = f.Code
	}
	return all, err
}

// ParcelDays are the days on which parcels are there, by code, as known now.
func (tx *Tx) ParcelDays(ctx context.Context, codes []string) (map[string][]land.Period, error) {
	found, err := many[struct {
		days
		Code string
	}](ctx, tx, rowsParcels, named{"codes": codes})
	all := map[string][]land.Period{}
	for _, f := range found {
		all[f.Code] = append(all[f.Code], f.period())
	}
	return all, err
}

// PartyVersions are parties by their days, as known now.
func (tx *Tx) PartyVersions(ctx context.Context, codes []string) ([]land.PartyVersion, error) {
	found, err := many[struct {
		days
		Code, Name, Kind string
	}](ctx, tx, rowsParties, tx.sight(named{"codes": codes, "post": tx.Actor.Post}))
	all := make([]land.PartyVersion, len(found))
	for i, f := range found {
		all[i] = land.PartyVersion{Period: f.period(), Code: f.Code, Name: f.Name, Kind: f.Kind}
	}
	return all, err
}

// PostRuns are which posts run parcels, one parcel a row, as known now.
func (tx *Tx) PostRuns(ctx context.Context, parcels []string) ([]land.CommandPostVersion, error) {
	found, err := many[struct {
		days
		Code, Parcel string
	}](ctx, tx, rowsPosts, named{"codes": parcels})
	all := make([]land.CommandPostVersion, len(found))
	for i, f := range found {
		all[i] = land.CommandPostVersion{Period: f.period(), Code: f.Code, Parcels: []string{f.Parcel}}
	}
	return all, err
}

// Derive derives now what waits for the end of the transaction, so that what was written can be read with its states.
func (tx *Tx) Derive(ctx context.Context) error { return tx.exec(ctx, ledgerDerive, nil) }

// Revision says which thing is revised, from which day on, and why.
type Revision struct {
	Code   string
	From   land.Day
	Reason string
}

func (tx *Tx) clocks(r Revision) named {
	return named{"from": r.From, "now": tx.Now, "by": tx.Actor.Account, "reason": r.Reason}
}

// subject is the number of the thing that is revised.
func (tx *Tx) subject(ctx context.Context, r Revision) (int32, error) {
	things, err := tx.Things(ctx, []string{r.Code})
	return things[r.Code], err
}

// ReviseHolding writes a holding anew from a day on. What the draft leaves out stays as it stood, piece by piece.
func (tx *Tx) ReviseHolding(ctx context.Context, r Revision, d land.HoldingDraft) error {
	id, err := tx.subject(ctx, r)
	if err != nil {
		return err
	}
	of := plus(tx.clocks(r), named{"id": id})
	if err := tx.exec(ctx, rowsHolding, plus(maps.Clone(of), named{"parcel": d.Parcel, "name": d.Name, "class": d.Class})); err != nil {
		return err
	}
	if d.Land != nil {
		if err := writeParts(ctx, tx, rowsLand, of, *d.Land); err != nil {
			return err
		}
	}
	if d.Parties != nil {
		return writeParts(ctx, tx, rowsShares, of, *d.Parties)
	}
	return nil
}

// writeParts writes the list of the parts of a thing.
func writeParts[T any](ctx context.Context, tx *Tx, q sql, of named, parts []T) error {
	raw, err := json.Marshal(append([]T{}, parts...)) // none is a list as well
	if err != nil {
		return err
	}
	return tx.exec(ctx, q, plus(maps.Clone(of), named{"rows": raw}))
}

// ReviseBuilding writes a building anew from a day on, as ReviseHolding does.
func (tx *Tx) ReviseBuilding(ctx context.Context, r Revision, d land.BuildingDraft) error {
	id, err := tx.subject(ctx, r)
	if err != nil {
		return err
	}
	of := plus(tx.clocks(r), named{"id": id})
	if err := tx.exec(ctx, rowsBuilding, plus(maps.Clone(of), named{"holding": d.Holding, "plot": d.Plot, "floor_area_m2": d.FloorAreaM2, "storeys": d.Storeys, "use": d.Use})); err != nil {
		return err
	}
	if d.Tenants != nil {
		return tx.exec(ctx, rowsTenants, plus(of, named{"tenants": append([]string{}, *d.Tenants...)}))
	}
	return nil
}

// ReviseContract writes a contract anew from a day on, as ReviseHolding does.
func (tx *Tx) ReviseContract(ctx context.Context, r Revision, d land.ContractDraft) error {
	id, err := tx.subject(ctx, r)
	if err != nil {
		return err
	}
	of := plus(tx.clocks(r), named{"id": id})
	if err := tx.exec(ctx, rowsContract, plus(maps.Clone(of), named{"amount_set": d.Amount.Set, "amount": d.Amount.Value})); err != nil {
		return err
	}
	if d.Holdings != nil {
		return tx.exec(ctx, rowsCovers, plus(of, named{"holdings": append([]string{}, *d.Holdings...)}))
	}
	return nil
}

// ReviseParty writes a party anew from a day on, as ReviseHolding does.
func (tx *Tx) ReviseParty(ctx context.Context, r Revision, d land.PartyDraft) error {
	return tx.exec(ctx, rowsParty, plus(tx.clocks(r), named{"code": r.Code, "name": d.Name, "kind": d.Kind}))
}

// RevisePost writes a command post anew from a day on, as ReviseHolding does.
func (tx *Tx) RevisePost(ctx context.Context, r Revision, d land.CommandPostDraft) error {
	of := plus(tx.clocks(r), named{"code": r.Code})
	if err := tx.exec(ctx, rowsPost, plus(maps.Clone(of), named{"name": d.Name, "name_en": d.NameEn})); err != nil {
		return err
	}
	if d.Parcels != nil {
		return tx.exec(ctx, rowsRuns, plus(of, named{"parcels": append([]string{}, *d.Parcels...)}))
	}
	return nil
}

// ReviseRound writes a round anew from a day on, as ReviseHolding does.
func (tx *Tx) ReviseRound(ctx context.Context, r Revision, d land.RoundDraft) error {
	return tx.exec(ctx, rowsRound, plus(tx.clocks(r), named{
		"code": r.Code, "name": d.Name, "name_en": d.NameEn, "target_set": d.TargetHa.Set, "target_ha": d.TargetHa.Value,
		"deadline_set": d.Deadline.Set, "deadline": d.Deadline.Value, "document_no": d.DocumentNo,
	}))
}
