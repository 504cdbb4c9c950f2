package cadastre

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// File is a file that somebody wants to import, as it is read.
type File struct {
	Name       string
	Collection land.Collection
	Features   iter.Seq2[land.Incoming, error]
	Says       func() land.FileSays // once it is read
	Hash       func() []byte        // of all its bytes, once it is read
}

// mostListed is how many things of a kind a look names: an answer is to be read by a person.
const mostListed = 1000

// Importable reports whether a layer takes files.
func Importable(collection land.Collection) error {
	if slices.Contains([]land.Collection{land.Zones, land.Parcels, land.Plots}, collection) {
		return nil
	}
	return fault.New(fault.Invalid, "import.collection", "value", collection).In("/collection")
}

// Look reads a file, compares it with what stands, and keeps what it would bring for a day; nothing on the map changes.
// stage hears what is being done; done sees the look before it is kept.
func (f File) Look(ctx context.Context, db *store.DB, by land.Actor, stage func(string), done func(*store.Tx, land.Look) error) (look land.Look, err error) {
	if err := Importable(f.Collection); err != nil {
		return look, err
	}
	l := looking{look: land.Look{File: f.Name, Collection: f.Collection}}
	stage("read")
	id, err := db.Stage(ctx, by, f.Collection, func(put func(land.Incoming) error) error {
		for in, err := range f.Features {
			if err != nil {
				return err
			}
			l.look.Features++
			if len(in.Faults) > 0 {
				for _, one := range in.Faults {
					l.note(land.Refuses, in.Place, in.Code, one, 1)
				}
				continue
			}
			if err := put(in); err != nil {
				return err
			}
		}
		if l.look.Features == 0 {
			return fault.New(fault.Invalid, "import.empty")
		}
		stage("plan")
		return nil
	})
	if err != nil {
		return look, err
	}
	l.look.ID, l.look.FileSays = id, f.Says()
	err = db.Compare(ctx, by, func(tx *store.Tx) error {
		once := l // an attempt that is begun anew finds everything again
		look, err = once.compare(ctx, tx, f.Hash(), stage)
		if err != nil {
			return err
		}
		return done(tx, look)
	})
	return look, err
}

// looking gathers what a look finds.
type looking struct{ look land.Look }

// note keeps a problem; total is how many there are of its kind, of which it may be the first.
func (l *looking) note(severity string, place int32, code string, f *fault.Error, total int64) {
	if severity == land.Refuses {
		l.look.Errors += total
	} else {
		l.look.Warnings += total
	}
	if len(l.look.Problems) < mostListed {
		l.look.Problems = append(l.look.Problems, land.NewProblem(severity, place, code, f))
	}
}

// compare finds all that is wrong with a file that was read, and what it would bring.
func (l looking) compare(ctx context.Context, tx *store.Tx, file []byte, stage func(string)) (land.Look, error) {
	i := tx.Import(l.look.ID, l.look.Collection)
	against, err := i.Hash(ctx)
	if err != nil {
		return l.look, err
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "%s %x %s", l.look.Collection, file, against))
	l.look.Hash = hex.EncodeToString(hash[:])
	if l.look.Begins, l.look.Changes, l.look.Unchanged, err = i.Counts(ctx); err != nil {
		return l.look, err
	}
	if l.look.New, err = i.Rows(ctx, true, mostListed); err != nil {
		return l.look, err
	}
	if l.look.Changed, err = i.Rows(ctx, false, mostListed); err != nil {
		return l.look, err
	}
	stage("valid")
	unsound := []int32{}
	for _, check := range []struct {
		find func() ([]store.Found, error)
		says func(store.Found) *fault.Error
	}{
		{func() ([]store.Found, error) { return i.Unsound(ctx, mostListed) }, func(f store.Found) *fault.Error {
			unsound = append(unsound, f.Place)
			if f.Other == nil {
				return fault.New(fault.Invalid, "import.vanishes").In("/geometry")
			}
			return fault.New(fault.Invalid, "import.invalid", "why", *f.Other).In("/geometry")
		}},
		{func() ([]store.Found, error) { stage("check"); return i.Duplicates(ctx, mostListed) }, func(f store.Found) *fault.Error {
			return fault.New(fault.Invalid, "import.duplicate", "id", *f.Code, "count", *f.Value, "places", *f.Other).In("/id")
		}},
		{func() ([]store.Found, error) { return i.Codes(ctx, mostListed) }, func(f store.Found) *fault.Error {
			if f.Other == nil {
				return fault.New(fault.Invalid, "import.code_form", "id", *f.Code, "collection", l.look.Collection).In("/id")
			}
			return fault.New(fault.Conflict, "import.code_taken", "id", *f.Code).In("/id")
		}},
		{func() ([]store.Found, error) { return i.Stale(ctx, mostListed) }, func(f store.Found) *fault.Error {
			return fault.New(fault.Conflict, "import.stale", "id", *f.Code, "version", *f.Other, "base", *f.Value).In("/properties/version")
		}},
		{func() ([]store.Found, error) { return i.Attributes(ctx, mostListed) }, l.attribute},
		{func() ([]store.Found, error) { return i.Accepted(ctx, unsound, mostListed) }, accepted},
		{func() ([]store.Found, error) { return i.Outside(ctx, unsound, mostListed) }, func(f store.Found) *fault.Error {
			return fault.New(fault.Conflict, "import.outside_parcel", "parcel", *f.Other, "area_m2", *f.Value).In("/geometry")
		}},
		{func() ([]store.Found, error) { stage("overlap"); return i.Overlaps(ctx, unsound, mostListed) }, func(f store.Found) *fault.Error {
			return fault.New(fault.Conflict, "import.overlap", "other", *f.Other, "area_m2", *f.Value).In("/geometry")
		}},
	} {
		found, err := check.find()
		if err != nil {
			return l.look, err
		}
		for n, f := range found {
			e := check.says(f)
			if f.Lon != nil {
				e = e.At(*f.Lon, *f.Lat)
			}
			total := int64(1)
			if n == mostListed-1 { // those that are not listed count as well
				total += f.Total - mostListed
			}
			e.Field = "/features/" + strconv.Itoa(int(f.Place-1)) + e.Field
			l.note(land.Refuses, f.Place, textOr(f.Code), e, total)
		}
	}
	leaves, err := i.Leaves(ctx, unsound, mostListed)
	if err != nil {
		return l.look, err
	}
	for _, f := range leaves {
		l.look.Leaves = f.Total
		l.look.Outside = append(l.look.Outside, land.Left{Parcel: *f.Code, Plot: *f.Other, AreaM2: *f.Value, Point: [2]float64{*f.Lon, *f.Lat}})
	}
	if l.look.Leaves > 0 {
		l.note(land.Warns, 0, "", fault.New(fault.Conflict, "import.outside", "count", l.look.Leaves), 1)
	}
	return l.look, i.Keep(ctx, l.look)
}

func textOr(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// knownWords are the values that properties take.
var knownWords = map[string]string{
	"accuracy": "surveyed, approximate, schematic", "name_status": "confirmed, probable, placeholder",
	"disposition": "storage, retained, kept", "use_class": "industrial, residential_potential, livelihood, other",
}

// attribute says what is wrong with a property of a layer.
func (l looking) attribute(f store.Found) *fault.Error {
	name, known := *f.Other, knownWords[*f.Other]
	switch {
	case name == "kind":
		known = string(l.look.Collection[:len(l.look.Collection)-1])
	case l.look.Collection != land.Plots && (name == "disposition" || name == "use_class" || name == "parcel"):
		known = "null"
	case name == "parcel" && f.Value != nil:
		return fault.New(fault.Conflict, "import.parcel", "id", *f.Value).In("/properties/parcel")
	case known == "":
		known = "…"
	}
	if f.Value == nil {
		return fault.New(fault.Invalid, "import.missing", "name", name, "known", known).In("/properties/" + name)
	}
	return fault.New(fault.Invalid, "import.kind", "name", name, "value", *f.Value, "collection", l.look.Collection, "known", known).In("/properties/" + name)
}

// accepted says that the boundary of an accepted plot moves without a correction on record.
func accepted(f store.Found) *fault.Error {
	return fault.New(fault.Conflict, "plot.accepted", "id", textOr(f.Code), "moved_m2", *f.Other, "hash", *f.Value).In("/geometry")
}
