package store

import (
	"context"
	"encoding/json"
	"time"

	"zhengbei/internal/land"
)

var (
	registerHoldings  = query("register.holdings")
	registerBuildings = query("register.buildings")
	registerContracts = query("register.contracts")
	registerParties   = query("register.parties")
	registerPosts     = query("register.posts")
	registerFacts     = query("register.facts")
)

// Filter asks for rows of the register; nil is no bound, and not every list knows every bound.
type Filter struct {
	Clock       land.Clock
	Code        *string // of one thing
	Parcel      *string
	Plot        *string
	Holding     *string
	CommandPost *string
	Stage       *string
	Kind        *string
	Class       *string
	Signed      *bool
	Words       *string // in a name or a code
	Subject     *string
	SubjectKind *string
	From, To    *land.Day
	Voided      *bool
	After       string   // the code that the last page ended with
	AfterDay    land.Day // the fact that the last page ended with
	AfterID     int64
	Limit       int
}

// like is the words as a pattern that finds them anywhere.
func (f Filter) like() *string {
	if f.Words == nil {
		return nil
	}
	pattern := "%" + likeEscape.Replace(*f.Words) + "%"
	return &pattern
}

func (f Filter) page() named {
	return plus(on(f.Clock), named{"code": f.Code, "after": f.After, "limit": f.Limit})
}

// found asks for a page of what the acting account sees; where names are kept from it, words are looked for in codes alone,
// since a name that is found is a name that was guessed.
func (tx *Tx) found(f Filter) named {
	return tx.sight(plus(f.page(), named{"q": f.like(), "names": !tx.masks()}))
}

// counted is a row that says how many there are in all.
type counted struct{ Matched int64 }

// Holdings are a page of holdings, and how many there are in all.
func (tx *Tx) Holdings(ctx context.Context, f Filter) (page []land.Holding, matched int64, err error) {
	rows, err := many[struct {
		counted
		land.Holding
	}](ctx, tx, registerHoldings, plus(tx.found(f), named{
		"parcel": f.Parcel, "plot": f.Plot, "command_post": f.CommandPost, "stage": f.Stage, "signed": f.Signed, "class": f.Class,
	}))
	for _, r := range rows {
		tx.maskHolding(&r.Holding)
		page, matched = append(page, r.Holding), r.Matched
	}
	return page, matched, err
}

// Buildings are a page of buildings, and how many there are in all.
func (tx *Tx) Buildings(ctx context.Context, f Filter) (page []land.Building, matched int64, err error) {
	rows, err := many[struct {
		counted
		land.Building
	}](ctx, tx, registerBuildings, tx.sight(plus(f.page(), named{"parcel": f.Parcel, "plot": f.Plot, "holding": f.Holding, "stage": f.Stage})))
	for _, r := range rows {
		tx.maskBuilding(&r.Building)
		page, matched = append(page, r.Building), r.Matched
	}
	return page, matched, err
}

// Contracts are a page of contracts, and how many there are in all.
func (tx *Tx) Contracts(ctx context.Context, f Filter) (page []land.Contract, matched int64, err error) {
	rows, err := many[struct {
		counted
		land.Contract
	}](ctx, tx, registerContracts, plus(tx.found(f), named{"parcel": f.Parcel, "plot": f.Plot, "holding": f.Holding, "kind": f.Kind, "status": f.Stage}))
	for _, r := range rows {
		tx.maskContract(&r.Contract)
		page, matched = append(page, r.Contract), r.Matched
	}
	return page, matched, err
}

// Parties are a page of parties, and how many there are in all.
func (tx *Tx) Parties(ctx context.Context, f Filter) (page []land.Party, matched int64, err error) {
	rows, err := many[struct {
		counted
		land.Party
	}](ctx, tx, registerParties, plus(tx.found(f), named{"parcel": f.Parcel, "post": tx.Actor.Post}))
	for _, r := range rows {
		tx.maskParty(&r.Party)
		page, matched = append(page, r.Party), r.Matched
	}
	return page, matched, err
}

// CommandPosts are a page of command posts, and how many there are in all.
func (tx *Tx) CommandPosts(ctx context.Context, f Filter) (page []land.CommandPost, matched int64, err error) {
	rows, err := many[struct {
		counted
		land.CommandPost
	}](ctx, tx, registerPosts, f.page())
	for _, r := range rows {
		page, matched = append(page, r.CommandPost), r.Matched
	}
	return page, matched, err
}

// Facts are a page of facts, the latest day first, and how many there are in all.
func (tx *Tx) Facts(ctx context.Context, f Filter) (page []land.Fact, matched int64, err error) {
	if f.AfterID == 0 {
		f.AfterDay, f.AfterID = land.LastDay, 1<<62
	}
	rows, err := many[struct {
		Matched     int64
		ID          int64
		SubjectKind land.SubjectKind
		SubjectCode string
		Kind        land.FactKind
		OccurredOn  land.Day
		RecordedAt  time.Time
		RecordedBy  string
		Value       json.RawMessage
		Note        *string
		Reason      *string
		Voids       *int64
		VoidedBy    *int64
		Evidence    []land.Evidence
		Demo        bool
	}](ctx, tx, registerFacts, tx.sight(plus(on(f.Clock), named{
		"subject": f.Subject, "subject_kind": f.SubjectKind, "parcel": f.Parcel, "kind": f.Kind, "from": f.From, "to": f.To, "voided": f.Voided,
		"after_day": f.AfterDay, "after_id": f.AfterID, "limit": f.Limit,
	})))
	if err != nil {
		return nil, 0, err
	}
	for _, r := range rows {
		matched = r.Matched
		fact := land.Fact{
			ID: r.ID, Subject: land.Subject{Kind: r.SubjectKind, Code: r.SubjectCode}, Kind: r.Kind, OccurredOn: r.OccurredOn, RecordedAt: r.RecordedAt, RecordedBy: r.RecordedBy,
			Value: r.Value, Note: r.Note, Reason: r.Reason, Voids: r.Voids, VoidedBy: r.VoidedBy, Evidence: r.Evidence, Demo: r.Demo,
		}
		if err := tx.maskFact(&fact); err != nil {
			return nil, 0, err
		}
		page = append(page, fact)
	}
	return page, matched, nil
}
