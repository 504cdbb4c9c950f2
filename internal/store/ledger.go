package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

var (
	ledgerSubjects  = query("ledger.subjects")
	ledgerPosts     = query("ledger.posts")
	ledgerPeople    = query("ledger.people")
	ledgerParties   = query("ledger.parties")
	ledgerHoldings  = query("ledger.holdings")
	ledgerLand      = query("ledger.land")
	ledgerShares    = query("ledger.shares")
	ledgerBuildings = query("ledger.buildings")
	ledgerTenants   = query("ledger.tenants")
	ledgerContracts = query("ledger.contracts")
	ledgerCovers    = query("ledger.covers")
	ledgerFacts     = query("ledger.facts")
	ledgerEvidence  = query("ledger.evidence")
	ledgerDerive    = query("ledger.derive")
	ledgerAnalyze   = query("ledger.analyze")
	ledgerLock      = query("ledger.lock")
	ledgerConcerned = query("ledger.concerned")
	ledgerIDs       = query("ledger.ids")
	ledgerBegins    = query("ledger.begins")
	ledgerFaults    = query("ledger.faults")
)

// locks is how often a write begins anew because more things rested on its subjects when they were locked.
const locks = 3

// errGrew rolls back an attempt that had locked too little, its key with it.
var errGrew = errors.New("more came to rest on what was locked")

// WriteOn is Write for facts and register rows about these things: they, and all whose state rests on them, are locked
// in ascending order before the ledger is entered and the clock is read. Codes that there are not are left out.
func (db *DB) WriteOn(ctx context.Context, by land.Actor, codes []string, fn func(*Tx) error) error {
	return db.WriteRows(ctx, by, Gate{}, codes, fn)
}

// WriteRows is WriteOn that passes a gate first.
func (db *DB) WriteRows(ctx context.Context, by land.Actor, gate Gate, codes []string, fn func(*Tx) error) error {
	for range locks {
		err := db.writing(ctx, by, func(tx *Tx) error {
			if gate.Name != "" {
				if err := tx.exec(ctx, rowsLock, named{"name": gate.Name, "shared": gate.Shared}); err != nil {
					return err
				}
			}
			things, err := tx.Things(ctx, codes)
			if err != nil {
				return err
			}
			ids := make([]int32, 0, len(things))
			for _, id := range things {
				ids = append(ids, id)
			}
			locked, err := one[[]int32](ctx, tx, ledgerLock, named{"ids": ids})
			if err != nil {
				return err
			}
			concerned, err := one[[]int32](ctx, tx, ledgerConcerned, named{"ids": ids}) // a statement of its own: it sees what the lock waited for
			if err != nil {
				return err
			}
			if !subset(concerned, locked) {
				return errGrew
			}
			if err := tx.enter(ctx); err != nil {
				return err
			}
			return fn(tx)
		})
		if !errors.Is(err, errGrew) {
			return err
		}
	}
	return fault.New(fault.Busy, "db.busy")
}

// WriteAt is Write with a given instant for all that is written: only for a demonstration, whose past is made up.
func (db *DB) WriteAt(ctx context.Context, by land.Actor, instant time.Time, fn func(*Tx) error) error {
	return db.Write(ctx, by, func(tx *Tx) error {
		if err := tx.Patient(ctx); err != nil {
			return err
		}
		tx.Now = instant
		return fn(tx)
	})
}

// Things are the numbers of the things with these codes; those that there are not, or that one may not see, are left out.
func (tx *Tx) Things(ctx context.Context, codes []string) (map[string]int32, error) {
	found, err := many[struct {
		SubjectID  int32
		Kind, Code string
	}](ctx, tx, ledgerIDs, tx.sight(named{"codes": codes}))
	things := make(map[string]int32, len(found))
	for _, f := range found {
		things[f.Code] = f.SubjectID
	}
	return things, err
}

// Begins is the first instant of which anything is known; zero in an empty database.
func (tx *Tx) Begins(ctx context.Context) (time.Time, error) {
	at, err := one[*time.Time](ctx, tx, ledgerBegins, nil)
	if err != nil || at == nil {
		return time.Time{}, err
	}
	return *at, nil
}

// ProjectionFault is a thing whose stored state differs from the one that its facts and rows give.
type ProjectionFault struct {
	Kind, Code      string
	Stored, Derived *string
}

// ProjectionFaults compares the states, edges and zone parts with what facts, rows and shapes give, as known at an instant; at most 20.
func (tx *Tx) ProjectionFaults(ctx context.Context, known time.Time) ([]ProjectionFault, error) {
	return many[ProjectionFault](ctx, tx, ledgerFaults, named{"known": known})
}

// LoadLedger writes a register and its facts at once, with the instants that they bring, and derives their states.
func (tx *Tx) LoadLedger(ctx context.Context, l land.Ledger, reason string) error {
	if err := tx.Register(ctx, l, reason); err != nil {
		return err
	}
	facts := slices.Clone(l.Facts)
	for i, f := range facts {
		if f.Voids != nil {
			back := -*f.Voids
			facts[i].Voids = &back
		}
	}
	tx.Did(land.Deed{Object: "register", After: map[string]int{"holdings": len(l.Holdings), "buildings": len(l.Buildings), "contracts": len(l.Contracts), "parties": len(l.Parties), "facts": len(l.Facts)}})
	if _, err := tx.AppendFacts(ctx, facts); err != nil {
		return err
	}
	if err := tx.Derive(ctx); err != nil {
		return err
	}
	return tx.exec(ctx, ledgerAnalyze, nil)
}

// Register writes the rows of a register with the instants that they bring.
func (tx *Tx) Register(ctx context.Context, l land.Ledger, reason string) error {
	subjects := map[land.SubjectKind][]named{} // each with where it belongs: whoever may not see that place may not enter it
	born := func(kind land.SubjectKind, code, place string) {
		subjects[kind] = append(subjects[kind], named{"code": code, "place": place})
	}
	for _, h := range l.Holdings {
		born(land.OfHolding, h.Code, h.Parcel)
	}
	for _, b := range l.Buildings {
		born(land.OfBuilding, b.Code, b.Holding)
	}
	for _, c := range l.Contracts {
		born(land.OfContract, c.Code, c.Parcel)
	}
	for _, kind := range []land.SubjectKind{land.OfHolding, land.OfBuilding, land.OfContract} {
		if len(subjects[kind]) == 0 {
			continue
		}
		raw, err := json.Marshal(subjects[kind])
		if err != nil {
			return err
		}
		if err := tx.exec(ctx, ledgerSubjects, named{"kind": kind, "rows": raw}); err != nil {
			return err
		}
	}
	if len(l.Parties) > 0 {
		raw, err := json.Marshal(l.Parties)
		if err != nil {
			return err
		}
		if err := tx.exec(ctx, ledgerPeople, named{"rows": raw}); err != nil {
			return err
		}
	}
	load := func(q sql, rows any) error {
		raw, err := json.Marshal(rows)
		if err != nil || string(raw) == "null" {
			return err
		}
		return tx.exec(ctx, q, named{"rows": raw, "by": tx.Actor.Account, "reason": reason})
	}
	for _, part := range []struct {
		into sql
		rows any
	}{
		{ledgerPosts, l.CommandPosts},
		{ledgerParties, l.Parties},
		{ledgerHoldings, l.Holdings},
		{ledgerLand, l.HoldingLand},
		{ledgerShares, l.Shares},
		{ledgerBuildings, l.Buildings},
		{ledgerTenants, l.Tenants},
		{ledgerContracts, l.Contracts},
		{ledgerCovers, l.Covers},
	} {
		if err := load(part.into, part.rows); err != nil {
			return err
		}
	}
	return nil
}

// AppendFacts writes facts with the instants that they bring and answers their numbers, in the order handed in.
// A Voids that is negative counts back into the list: -1 is its first fact.
func (tx *Tx) AppendFacts(ctx context.Context, facts []land.Fact) ([]int64, error) {
	numbers := make([]int64, len(facts))
	plain := make([]int, 0, len(facts))
	var voids []int
	for i, f := range facts {
		if f.Voids != nil {
			voids = append(voids, i)
		} else {
			plain = append(plain, i)
		}
	}
	for _, places := range [][]int{plain, voids} {
		if len(places) == 0 {
			continue
		}
		rows := make([]placed, len(places))
		for n, i := range places {
			rows[n] = placed{Place: n, Fact: facts[i]}
			if v := facts[i].Voids; v != nil && *v < 0 {
				number := numbers[-*v-1]
				rows[n].Voids = &number
			}
		}
		raw, err := json.Marshal(rows)
		if err != nil {
			return nil, err
		}
		found, err := many[struct{ FactID int64 }](ctx, tx, ledgerFacts, named{"rows": raw})
		if err != nil {
			return nil, err
		}
		slices.SortFunc(found, func(a, b struct{ FactID int64 }) int { return int(a.FactID - b.FactID) })
		for n, i := range places {
			numbers[i] = found[n].FactID
			f := facts[i]
			tx.Did(land.Deed{Object: f.Subject.Code, After: factDeed{Fact: numbers[i], Kind: f.Kind, OccurredOn: f.OccurredOn, Voids: rows[n].Voids, Reason: f.Reason}})
		}
	}
	var evidence []attached
	for i, f := range facts {
		for n, e := range f.Evidence {
			evidence = append(evidence, attached{Fact: numbers[i], Ordinal: n + 1, Evidence: e})
		}
	}
	if len(evidence) == 0 {
		return numbers, nil
	}
	raw, err := json.Marshal(evidence)
	if err != nil {
		return nil, err
	}
	return numbers, tx.exec(ctx, ledgerEvidence, named{"rows": raw})
}

// factDeed is what the audit trail says of a fact that was recorded; the ledger holds the rest.
type factDeed struct {
	Fact       int64         `json:"fact"`
	Kind       land.FactKind `json:"kind"`
	OccurredOn land.Day      `json:"occurred_on"`
	Voids      *int64        `json:"voids,omitempty"`
	Reason     *string       `json:"reason,omitempty"`
}

// placed is a fact with its place in the list.
type placed struct {
	Place int
	land.Fact
}

// attached is a piece of evidence with the fact that rests on it.
type attached struct {
	Fact    int64
	Ordinal int
	land.Evidence
}

// subset reports whether every one of some is among all.
func subset(some, all []int32) bool {
	among := make(map[int32]bool, len(all))
	for _, id := range all {
		among[id] = true
	}
	return !slices.ContainsFunc(some, func(id int32) bool { return !among[id] })
}
