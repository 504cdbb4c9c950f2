package cadastre

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

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
	l := &looking{look: land.Look{File: f.Name, Collection: f.Collection}}
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
			l.limits(in)
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
	l.look.ID, l.look.FileSays, l.look.FileHash = id, f.Says(), hex.EncodeToString(f.Hash())
	err = db.Compare(ctx, by, func(tx *store.Tx) error {
		once := *l // an attempt that is begun anew finds everything again
		look, err = once.compare(ctx, tx, f.Hash(), stage)
		if err != nil {
			return err
		}
		return done(tx, look)
	})
	if err != nil { // only tried, answered before, or failed: nobody will apply it
		db.Unstage(ctx, id)
	}
	return look, err
}

// looking gathers what a look finds.
type looking struct {
	look   land.Look
	beyond []beyond // what refuses its feature if it is new or changes
}

// beyond is a property that says more than it may; what stands may say so, where it came before there was a limit.
type beyond struct {
	place    int32
	id, name string
	fault    *fault.Error
}

// limits judges the properties that a feature names, as a single edit does. What is missing, or a word that there is not, shows when it is merged with what stands.
func (l *looking) limits(in land.Incoming) {
	d := in.Draft
	at := "/features/" + strconv.Itoa(int(in.Place-1)) + "/properties"
	for _, f := range d.Faults(at) {
		name := f.Field[len(at)+1:]
		missing := strings.HasPrefix(f.Code, "property.missing")
		switch {
		case in.Given&land.Gives(name) == 0, name == "parcel", f.Code == "property.word", f.Code == "property.not_here":
		case missing && name == "name" && d.Name == nil, missing && !slices.Contains([]string{"name", "accuracy", "source"}, name):
		default:
			l.beyond = append(l.beyond, beyond{in.Place, in.Code, name, f})
		}
	}
	if len(d.Published) > land.LongestPublished {
		l.beyond = append(l.beyond, beyond{in.Place, in.Code, "published", fault.New(fault.Invalid, "property.too_long", "name", "published", "max", land.LongestPublished).In(at + "/published")})
	}
}

// judgeLimits notes the properties beyond their limits that are new or change.
func (l *looking) judgeLimits(ctx context.Context, i store.Import) error {
	if len(l.beyond) == 0 {
		return nil
	}
	places, names := make([]int32, len(l.beyond)), make([]string, len(l.beyond))
	for n, b := range l.beyond {
		places[n], names[n] = b.place, b.name
	}
	changing, err := i.Changing(ctx, places, names)
	for _, n := range changing {
		b := l.beyond[n]
		l.note(land.Refuses, b.place, b.id, b.fault, 1)
	}
	return err
}

// mostCells is how many cells an import may lock in all.
const mostCells = 2 * land.MostCells

// wide is what takes more cells than it may.
type wide struct {
	place int32 // 0: the file
	id    string
	fault *fault.Error
	total int64
}

// tooWide finds what would lock more than others can spare.
func tooWide(ctx context.Context, i store.Import) (found []wide, err error) {
	features, err := i.Wide(ctx, land.MostCells, mostListed)
	if err != nil {
		return nil, err
	}
	for n, f := range features {
		w := wide{f.Place, textOr(f.Code), fault.New(fault.Invalid, "import.too_wide", "what", fault.Words{Zh: fmt.Sprintf("第 %d 个要素", f.Place), En: fmt.Sprintf("Feature %d", f.Place)}, "cells", *f.Other, "max", land.MostCells), 1}
		if n == mostListed-1 {
			w.total += f.Total - mostListed
		}
		w.fault.Field = "/features/" + strconv.Itoa(int(f.Place-1)) + "/geometry"
		found = append(found, w)
	}
	cells, err := i.Spread(ctx)
	if err == nil && cells > mostCells {
		found = append(found, wide{0, "", fault.New(fault.Invalid, "import.too_wide", "what", fault.Words{Zh: "文件", En: "The file"}, "cells", cells, "max", mostCells), 1})
	}
	return found, err
}

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
	if err := l.judgeLimits(ctx, i); err != nil {
		return l.look, err
	}
	wides, err := tooWide(ctx, i)
	if err != nil {
		return l.look, err
	}
	for _, w := range wides {
		l.note(land.Refuses, w.place, w.id, w.fault, w.total)
	}
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
			return fault.New(fault.Invalid, "import.invalid", "why", land.GridReason(*f.Other)).In("/geometry")
		}},
		{func() ([]store.Found, error) { return i.Lost(ctx, mostListed) }, func(store.Found) *fault.Error {
			return fault.New(fault.Invalid, "geometry.lost_part").In("/geometry")
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
