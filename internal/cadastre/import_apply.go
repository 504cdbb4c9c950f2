package cadastre

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
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
	for _, f := range []struct {
		name, text string
		max        int
	}{{"reason", a.Reason, land.LongestReason}, {"document_no", textOr(a.DocumentNo), land.LongestDocument}} {
		if utf8.RuneCountInString(f.text) > f.max {
			return fault.New(fault.Invalid, "property.too_long", "name", f.name, "max", f.max).In("/" + f.name)
		}
		if strings.ContainsRune(f.text, 0) {
			return fault.New(fault.Malformed, "request.not_text").In("/" + f.name)
		}
	}
	stage("lock")
	may := func(tx *store.Tx, look land.Look) error {
		if err := a.may(look); err != nil {
			return err
		}
		wide, err := tooWide(ctx, tx.Import(look.ID, look.Collection)) // what stands may have grown since the look
		if err != nil {
			return err
		}
		var faults []*fault.Error
		for _, w := range wide {
			faults = append(faults, w.fault.In("/hash"))
		}
		return fault.All(faults)
	}
	ready := func(tx *store.Tx, look land.Look) error {
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
	return db.WriteImport(ctx, by, a.ID, may, ready, func(tx *store.Tx, look land.Look) error {
		i := tx.Import(look.ID, look.Collection)
		wrote := land.ApplyDone{Begun: look.Begins, Changed: look.Changes, Unchanged: look.Unchanged, From: a.From}
		if look.Begins+look.Changes > 0 {
			stage("write")
			if err := a.write(ctx, tx, i, look, stage); err != nil {
				return err
			}
			stage("derive")
			if err := tx.Derive(ctx); err != nil {
				return err
			}
		}
		if err := i.Did(ctx, look, wrote, a.Reason, a.DocumentNo); err != nil {
			return err
		}
		if err := i.Done(ctx, wrote); err != nil {
			return err
		}
		return done(tx, wrote)
	})
}

// write writes what was looked at, and judges it on all days from which it holds: a look knows of what stands today alone.
func (a Applying) write(ctx context.Context, tx *store.Tx, i store.Import, look land.Look, stage func(string)) error {
	codes, total, err := i.Begin(ctx, mostNamed)
	if err != nil {
		return err
	}
	if total > 0 {
		return moved(codes, total)
	}
	var standing []int32
	if i.Collection == land.Parcels {
		if standing, err = i.Standing(ctx); err != nil {
			return err
		}
	}
	before, err := outsideBefore(ctx, tx, i.Collection, standing)
	if err != nil {
		return err
	}
	if err := i.Apply(ctx, a.From, look.File, a.Reason, a.DocumentNo); err != nil {
		return err
	}
	stage("check")
	written, err := i.Written(ctx)
	if err != nil {
		return err
	}
	return a.lawful(ctx, tx, i, written, before)
}

// lawful looks at what was written before it is committed, as at a single edit: every conflict comes in one answer.
func (a Applying) lawful(ctx context.Context, tx *store.Tx, i store.Import, wrote []store.Written, before map[string]json.Number) error {
	fids := make([]int32, len(wrote))
	names := map[string]fault.Words{}
	for n, w := range wrote {
		fids[n] = w.FID
		if !w.Given { // such a code does not outlive a refusal
			names[w.Code] = fault.Words{Zh: fmt.Sprintf("文件中第 %d 个要素", w.Place), En: fmt.Sprintf("Feature %d of the file", w.Place)}
		}
	}
	faults, _, err := written{
		collection: i.Collection, fids: fids, before: before, outside: a.AcceptOutside,
		called: func(code string) fault.Words {
			if words, ok := names[code]; ok {
				return words
			}
			return fault.Words{Zh: code, En: code}
		},
		at: func(string) string { return "/valid_from" }, // what a look cannot know depends on the day
	}.conflicts(ctx, tx)
	if err != nil {
		return err
	}
	moved, err := tx.Moved(ctx, i.Collection, fids)
	if err != nil {
		return err
	}
	moved = slices.DeleteFunc(moved, func(m land.Moved) bool { return !m.Accepted })
	codes := make([]string, len(moved))
	for n, m := range moved {
		codes[n] = m.Code
	}
	hashes, err := i.Redrawn(ctx, codes)
	if err != nil {
		return err
	}
	for _, m := range moved {
		switch hash := hashes[m.Code]; {
		case !slices.Contains(m.Hashes, hash):
			faults = append(faults, uncorrected(m, hash).In("/valid_from"))
		case !slices.Contains(m.Others, hash):
			faults = append(faults, ownCorrection(m).In("/hash"))
		}
	}
	return fault.All(faults[:min(len(faults), mostListed)])
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
