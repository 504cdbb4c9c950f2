package cadastre

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"
	"zhengbei/internal/store"

	"github.com/paulmach/orb"
)

// Save draws a new thing or replaces what one is: its boundary, its attributes, or both.
type Save struct {
	Draft      land.Draft // as it shall be; without a geometry the boundary stays
	New        bool
	Base       land.Base // of a thing that is there
	Seen       int32     // the version that the draft was made from
	Same       bool      // the attributes are those that it has
	Otherwise  bool      // a plot that comes to lie in another parcel, or is disposed of in another way
	From       land.Day
	Reason     string
	DocumentNo *string
}

// Saved is what a save left behind.
type Saved struct {
	Code  string
	Noded []land.Redrawn // neighbours that took its vertices
	Hash  string         // of the drawn boundary; empty where none was drawn
	Warns []*fault.Error // what is to be considered, and refuses nothing
}

// Apply decides and writes in one transaction; done sees what is about to be committed.
func (s Save) Apply(ctx context.Context, db *store.DB, by land.Actor, done func(*store.Tx, Saved) error) error {
	scope := land.Scope{Collection: s.Draft.Collection, Drawn: s.Draft.Geometry, From: s.From, Bends: bends}
	if !s.New {
		scope.Codes = []string{s.Draft.Code}
	}
	if s.Draft.Parcel != nil {
		scope.Parcels = []string{*s.Draft.Parcel}
	}
	return db.WriteEdit(ctx, by, scope, func(tx *store.Tx, set land.EditSet) error {
		if err := present(ctx, tx, s.Draft.Collection, s.Draft.Code, s.New, s.From, set); err != nil {
			return err
		}
		if err := s.parcelled(ctx, tx); err != nil {
			return err
		}
		redraw, changes, err := s.plan(set, by, tx.Now)
		if err != nil {
			return err
		}
		saved := Saved{Code: s.Draft.Code, Noded: redraw.Nodes}
		if set.Drawn != nil {
			saved.Hash = set.Drawn.Hash
		}
		if !changes {
			return done(tx, saved)
		}
		outside, err := outsideBefore(ctx, tx, s.Draft.Collection, set.Numbers())
		if err != nil {
			return err
		}
		var fids []int32
		if saved.Code, fids, err = tx.Redraw(ctx, redraw); err != nil {
			return err
		}
		if s.New || s.Otherwise || set.Drawn != nil || redraw.Change == "corrected" {
			moves := set.Drawn != nil && (s.New || !geometry.Same(set.Drawn.Shape, set.Target[len(set.Target)-1].Shape))
			if saved.Warns, err = s.lawful(ctx, tx, fids, saved, moves, outside); err != nil {
				return err
			}
		}
		if err := tx.Derive(ctx); err != nil {
			return err
		}
		return done(tx, saved)
	})
}

// parcelled refuses a plot of a parcel that there is not.
func (s Save) parcelled(ctx context.Context, tx *store.Tx) error {
	if s.Draft.Parcel == nil {
		return nil
	}
	things, err := tx.Things(ctx, []string{*s.Draft.Parcel})
	if _, there := things[*s.Draft.Parcel]; err == nil && (!there || !strings.HasPrefix(*s.Draft.Parcel, "P-")) {
		err = fault.New(fault.Invalid, "plot.parcel_unknown", "parcel", *s.Draft.Parcel).In("/properties/parcel")
	}
	return err
}

// present refuses an edit of a thing that is not there, in the words in which a reader is told.
func present(ctx context.Context, tx *store.Tx, collection land.Collection, code string, fresh bool, from land.Day, set land.EditSet) error {
	if fresh || slices.ContainsFunc(set.Target, func(s land.Standing) bool { return s.Until == nil || s.Until.After(from.Time) }) {
		return nil
	}
	_, err := tx.Feature(ctx, collection, code, land.On(from))
	if err == nil { // somebody wrote it while it was looked for
		return fault.New(fault.Busy, "db.busy")
	}
	return err
}

// bends are the edges of what stands around a drawing that fitting it in would bend.
func bends(set land.EditSet) []orb.LineString {
	if set.Drawn == nil || len(set.Around) == 0 {
		return nil
	}
	return geometry.Bends(set.Drawn.Shape, shapesOf(set.Around))
}

func shapesOf(rows []land.Standing) []orb.MultiPolygon {
	shapes := make([]orb.MultiPolygon, len(rows))
	for i, r := range rows {
		shapes[i] = r.Shape
	}
	return shapes
}

// sameEdit is how long a second save by the same account on its own direct successor counts as the same edit:
// desktop programs send boundary and attributes one after the other.
const sameEdit = 60 * time.Second

// stale refuses a change whose base is not what stands. Versions that only took a neighbour's vertices do not count.
func stale(code string, base land.Base, history []land.Edition, by land.Actor, now time.Time) error {
	own := false // one version since the base is the caller's own, just made
	for _, e := range history {
		if base.Is(e.Version) {
			return nil
		}
		if e.Change == "noded" {
			continue
		}
		if own || base.Exact || e.Change == "retired" || e.By != by.Account || now.Sub(e.At) > sameEdit {
			break
		}
		own = true
	}
	last := history[0]
	return fault.New(fault.Stale, "feature.stale", "id", code, "version", last.Version, "by", last.By, "at", last.At.In(land.Shanghai).Format("2006-01-02 15:04")).In("If-Match:")
}

// plan decides what a save does to the map; changes is false where it says what is already so. Pure: every rule of a save is here.
func (s Save) plan(set land.EditSet, by land.Actor, now time.Time) (r land.Redraw, changes bool, err error) {
	r = land.Redraw{Draft: s.Draft, Number: 1, Change: "created", From: s.From, Reason: s.Reason, DocumentNo: s.DocumentNo}
	if !s.New {
		seen := land.Base{Versions: []int32{s.Seen}, Exact: true} // a draft that was made from an earlier version would undo a later one
		for _, base := range []land.Base{s.Base, seen} {
			if err := stale(s.Draft.Code, base, set.History, by, now); err != nil {
				return r, false, err
			}
		}
		last := set.Target[len(set.Target)-1]
		r.FID, r.Number, r.Change = last.FID, set.Last[last.FID]+1, "changed"
		later := last.Since == nil || s.From.After(last.Since.Time)
		if !later {
			r.Change = "corrected"
		}
		r.Closes, r.Pieces = piecesFrom(set.Target, s.From)
		backdated := last.Since != nil && s.From.Before(last.Since.Time)
		changes = !s.Same || backdated
	}
	if set.Drawn == nil {
		return r, changes, nil
	}
	until := (*land.Day)(nil)
	if !s.New {
		last := r.Pieces[len(r.Pieces)-1]
		until = last.Until
		if geometry.Same(set.Drawn.Shape, last.Shape) {
			set.Drawn.Shape, set.Drawn.One = last.Shape, last.One // written in another way it is no other boundary
		}
		changes = changes || !set.Drawn.Shape.Equal(last.Shape)
	}
	noded, changed := geometry.Fit(append([]orb.MultiPolygon{set.Drawn.Shape}, shapesOf(set.Around)...))
	if changes = changes || s.New; !changes {
		return r, false, nil
	}
	r.Pieces = []land.Piece{{Shape: noded[0], One: set.Drawn.One, From: s.From, Until: until}}
	for i, row := range set.Around {
		if !changed[i+1] {
			continue
		}
		row.Shape = noded[i+1]
		set.Last[row.FID]++
		r.Closes = append(r.Closes, set.Around[i])
		r.Nodes = append(r.Nodes, land.Redrawn{Standing: row, Number: set.Last[row.FID]})
	}
	return r, true, nil
}

// lawful looks at what was written before it is committed: what every write of land is held against, boundaries that noding moves too far, accepted ones.
// Every conflict comes in one answer. What the register will have to follow is warned of.
func (s Save) lawful(ctx context.Context, tx *store.Tx, fids []int32, saved Saved, moves bool, before map[string]json.Number) (warns []*fault.Error, err error) {
	faults, clashes, err := written{
		collection: s.Draft.Collection, fids: fids, before: before,
		called: func(code string) fault.Words {
			if s.New && code == saved.Code && s.Draft.Code == "" {
				return fault.Words{Zh: "新图形", En: "The new shape"}
			}
			return fault.Words{Zh: code, En: code}
		},
		at: func(member string) string {
			if member == "geometry" {
				return "/geometry"
			}
			return "/properties/" + member
		},
	}.conflicts(ctx, tx)
	if err != nil {
		return nil, err
	}
	moved, err := tx.Moved(ctx, s.Draft.Collection, fids)
	if err != nil {
		return nil, err
	}
	corrected := true
	for _, m := range moved {
		switch {
		case m.Noded && m.Far():
			faults = append(faults, fault.New(fault.Conflict, "feature.noded_far", "id", m.Code, "moved_m2", m.MovedM2).In("/geometry"))
		case !m.Noded && m.Accepted && moves && !slices.Contains(m.Hashes, saved.Hash):
			corrected = false
			faults = append(faults, uncorrected(m, saved.Hash).In("/geometry"))
		case !m.Noded && m.Accepted && moves && !slices.Contains(m.Others, saved.Hash):
			faults = append(faults, ownCorrection(m).In("/geometry"))
		}
	}
	if len(faults) == 0 {
		return s.overheld(ctx, tx, fids)
	}
	all, _ := fault.As(fault.All(faults[:min(len(faults), mostConflicts)]))
	shown, err := json.Marshal(drawn(clashes))
	if err != nil {
		return nil, err
	}
	if !corrected {
		all = all.Showing("geometry_hash", json.RawMessage(`"`+saved.Hash+`"`))
	}
	return nil, all.Showing("conflicts", shown)
}

// uncorrected is an accepted boundary that moves without a correction that names the new one.
func uncorrected(m land.Moved, hash string) *fault.Error {
	return fault.New(fault.Conflict, "plot.accepted", "id", m.Code, "moved_m2", m.MovedM2, "hash", hash)
}

// ownCorrection is an accepted boundary that is drawn by the one who recorded that it may be: it takes another person.
func ownCorrection(m land.Moved) *fault.Error {
	return fault.New(fault.Forbidden, "plot.second_person", "id", m.Code)
}

// piecesFrom are the rows of a thing that hold from a day on, and their boundaries from that day, each for its own days.
func piecesFrom(rows []land.Standing, from land.Day) (closes []land.Standing, pieces []land.Piece) {
	for _, row := range rows {
		if row.Until != nil && !row.Until.After(from.Time) {
			continue
		}
		piece := land.Piece{Shape: row.Shape, One: row.One, From: from, Until: row.Until}
		if len(pieces) > 0 {
			piece.From = *row.Since
		}
		closes, pieces = append(closes, row), append(pieces, piece)
	}
	return closes, pieces
}

// overheld warns of plots on which holdings have more land than there is now: their rows are to follow.
func (s Save) overheld(ctx context.Context, tx *store.Tx, fids []int32) (warns []*fault.Error, err error) {
	if s.Draft.Collection != land.Plots {
		return nil, nil
	}
	found, err := tx.Overheld(ctx, fids)
	for _, o := range found {
		warns = append(warns, fault.New(fault.Conflict, "plot.overheld", "id", o.Code, "held", o.Held, "area", o.Area))
	}
	return warns, err
}

// Retire ends a thing from a day on: it stays in the history, and on the map of the days before.
type Retire struct {
	Collection land.Collection
	Code       string
	Base       land.Base
	From       land.Day
	Reason     string
	DocumentNo *string
}

// Apply ends it in one transaction, if nothing rests on it any more; done sees what is about to be committed.
func (r Retire) Apply(ctx context.Context, db *store.DB, by land.Actor, done func(*store.Tx) error) error {
	scope := land.Scope{Collection: r.Collection, Codes: []string{r.Code}, From: r.From}
	return db.WriteEdit(ctx, by, scope, func(tx *store.Tx, set land.EditSet) error {
		if err := present(ctx, tx, r.Collection, r.Code, false, r.From, set); err != nil {
			return err
		}
		if err := stale(r.Code, r.Base, set.History, by, tx.Now); err != nil {
			return err
		}
		fid := set.Target[0].FID
		uses, err := tx.Uses(ctx, fid, r.From)
		if err != nil {
			return err
		}
		var faults []*fault.Error
		for _, u := range uses {
			faults = append(faults, fault.New(fault.Conflict, "feature.in_use", "id", r.Code, "kind", useWords[u.Kind], "code", u.Code))
		}
		if err := fault.All(faults); err != nil {
			return err
		}
		if err := tx.Retire(ctx, land.Retirement{Collection: r.Collection, FID: fid, Code: r.Code, Number: set.Last[fid] + 1, From: r.From, Reason: r.Reason, DocumentNo: r.DocumentNo}); err != nil {
			return err
		}
		if err := tx.Derive(ctx); err != nil {
			return err
		}
		return done(tx)
	})
}

// useWords name what may rest on a thing.
var useWords = map[string]fault.Words{
	"holding": {Zh: "权益单元", En: "holding"}, "building": {Zh: "建筑", En: "building"}, "plot": {Zh: "地块", En: "plot"},
	"command_post": {Zh: "现场指挥部", En: "command post"},
}
