package cadastre

import (
	"context"
	"strings"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Applying carries out a look: all of it or nothing.
type Applying struct {
	ID            int32
	Hash          string // of the look that was seen
	Reason        string
	From          land.Day
	DocumentNo    *string
	AcceptOutside bool // plots that the look names may lie outside their parcel
}

// Apply writes what was looked at, if nothing that it was compared with has moved; done sees what is about to be committed.
func (a Applying) Apply(ctx context.Context, db *store.DB, by land.Actor, stage func(string), done func(*store.Tx, land.ApplyDone) error) error {
	if strings.TrimSpace(a.Reason) == "" {
		return fault.New(fault.Invalid, "change.no_reason").In("/reason")
	}
	for name, text := range map[string]string{"reason": a.Reason, "document_no": textOr(a.DocumentNo)} {
		if utf8.RuneCountInString(text) > land.MostReason {
			return fault.New(fault.Invalid, "file.text_too_long", "name", name, "max", land.MostReason).In("/" + name)
		}
		if strings.ContainsRune(text, 0) {
			return fault.New(fault.Malformed, "request.not_text").In("/" + name)
		}
	}
	stage("lock")
	ready := func(tx *store.Tx, look land.Look) error {
		if err := a.may(look); err != nil {
			return err
		}
		stage("compare")
		i := tx.Import(look.ID, look.Collection)
		codes, total, err := i.Moved(ctx, mostNamed)
		if err != nil {
			return err
		}
		if total > 0 {
			return moved(codes, total)
		}
		facts, err := i.Accepted(ctx, []int32{}, mostListed) // a fact may have been recorded since the look
		if err != nil {
			return err
		}
		var faults []*fault.Error
		for _, f := range facts {
			faults = append(faults, accepted(f))
		}
		if err := fault.All(faults); err != nil {
			return err
		}
		return i.Number(ctx)
	}
	return db.WriteImport(ctx, by, a.ID, ready, func(tx *store.Tx, look land.Look) error {
		i := tx.Import(look.ID, look.Collection)
		wrote := land.ApplyDone{Begun: look.Begins, Changed: look.Changes, Unchanged: look.Unchanged, From: a.From}
		if look.Begins+look.Changes > 0 {
			stage("write")
			if err := i.Apply(ctx, a.From, look.File, a.Reason, a.DocumentNo); err != nil {
				return err
			}
			stage("derive")
			if err := tx.Derive(ctx); err != nil {
				return err
			}
		}
		if err := i.Done(ctx, wrote); err != nil {
			return err
		}
		return done(tx, wrote)
	})
}

// may decides whether a look may be applied as it was found. Pure: every rule of it is here.
func (a Applying) may(look land.Look) error {
	switch {
	case look.Applied != nil:
		return fault.New(fault.Conflict, "import.applied", "id", look.ID)
	case a.Hash != look.Hash:
		return fault.New(fault.Stale, "import.hash", "id", look.ID).In("/hash")
	case look.Errors > 0:
		faults := []*fault.Error{fault.New(fault.Invalid, "import.refused", "errors", look.Errors)}
		for _, p := range look.Problems {
			if p.Severity == land.Refuses {
				faults = append(faults, p.Fault())
			}
		}
		return fault.All(faults)
	case look.Leaves > 0 && !a.AcceptOutside:
		return fault.New(fault.Conflict, "import.outside", "count", look.Leaves).In("/accept_outside")
	}
	return nil
}

// mostNamed is how many things a refusal names.
const mostNamed = 20

// moved names what has changed since the look.
func moved(codes []string, total int64) error {
	names := strings.Join(codes, ", ")
	if total > int64(len(codes)) {
		names += " …"
	}
	return fault.New(fault.Stale, "import.moved", "count", total, "ids", names).In("/hash")
}
