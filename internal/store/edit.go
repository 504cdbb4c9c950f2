package store

import (
	"context"
	"encoding/json"
	"errors"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

var (
	editCells    = query("edit.cells")
	editParents  = query("edit.parents")
	editDrawn    = query("edit.drawn")
	editNear     = query("edit.near")
	editLock     = query("edit.lock")
	editWithin   = query("edit.within")
	editSubjects = query("edit.subjects")
	editEditions = query("edit.editions")
	editLast     = query("edit.last")
	editFeature  = query("edit.feature")
	editClose    = query("edit.close")
	editRetire   = query("edit.retire")
	editNode     = query("edit.node")
	editVersion  = query("edit.version")
	editOverlaps = query("edit.overlaps")
	editOutside  = query("edit.outside")
	editUses     = query("edit.uses")
	editMoved    = query("edit.moved")
	editHeld     = query("edit.held")
	editRemoved  = query("edit.removed")
)

// WriteEdit is Write for boundaries: cells, parents, the things and all that touches them are locked in this order before the clock is read.
// Where an edge bends beyond what is locked the transaction begins anew with more, since a lock added to others is how deadlocks are made.
func (db *DB) WriteEdit(ctx context.Context, by land.Actor, scope land.Scope, fn func(*Tx, land.EditSet) error) error {
	var along []orb.LineString
	for range locks {
		err := db.writing(ctx, by, func(tx *Tx) error {
			set, bends, err := tx.lockEdit(ctx, scope, along)
			if errors.Is(err, errGrew) {
				along = append(along, bends...)
			}
			if err != nil {
				return err
			}
			if err := tx.enter(ctx); err != nil {
				return err
			}
			return fn(tx, set)
		})
		if !errors.Is(err, errGrew) {
			return err
		}
	}
	return fault.New(fault.Busy, "db.busy")
}

// lockEdit takes the locks of an edit and loads what it decides upon; errGrew with the edges that were not thought of.
func (tx *Tx) lockEdit(ctx context.Context, scope land.Scope, along []orb.LineString) (set land.EditSet, bends []orb.LineString, err error) {
	drawn, err := wkbOf(scope.Drawn)
	if err != nil {
		return set, nil, err
	}
	lines, err := wkbOf(geometries(along)...)
	if err != nil {
		return set, nil, err
	}
	shapes := lines
	if len(drawn) > 0 {
		shape, raw, err := tx.drawing(ctx, drawn[0])
		if err != nil {
			return set, nil, err
		}
		set.Drawn, shapes = shape, append([][]byte{raw}, lines...)
	}
	layer := func(more named) named { return plus(named{"collection": scope.Collection}, more) }
	cells, err := one[[]int64](ctx, tx, editCells, layer(named{"codes": scope.Codes, "drawn": drawn, "along": lines}))
	if err != nil {
		return set, nil, err
	}
	if err := tx.exec(ctx, editParents, layer(named{"codes": scope.Codes, "parcels": scope.Parcels})); err != nil {
		return set, nil, err
	}
	near, err := many[struct{ FID int32 }](ctx, tx, editNear, layer(named{"shapes": shapes, "from": scope.From}))
	if err != nil {
		return set, nil, err
	}
	fids := make([]int32, len(near))
	for i, n := range near {
		fids[i] = n.FID
	}
	if err := tx.standing(ctx, scope, fids, &set); err != nil {
		return set, nil, err
	}
	if scope.Bends != nil {
		bends = scope.Bends(set)
	}
	bent, err := wkbOf(geometries(bends)...)
	if err != nil {
		return set, nil, err
	}
	within, err := one[bool](ctx, tx, editWithin, layer(named{"along": bent, "cells": cells, "from": scope.From, "fids": set.Numbers()}))
	if err != nil {
		return set, nil, err
	}
	if !within {
		return set, bends, errGrew
	}
	moved, err := one[[]int32](ctx, tx, editSubjects, layer(named{"fids": set.Numbers(), "shapes": shapes}))
	if err != nil {
		return set, nil, err
	}
	_, err = one[[]int32](ctx, tx, ledgerLock, named{"ids": moved}) // nothing rests on plots and parcels: the set cannot grow
	return set, nil, err
}

// drawing puts a shape on the grid, and refuses what is not sound there.
func (tx *Tx) drawing(ctx context.Context, drawn []byte) (*land.Drawing, []byte, error) {
	d, _, err := row[struct {
		Shape        []byte
		Hash         string
		Sound, Valid bool
		Whole        bool
		Cells        *int64 // nil where nothing is left of it
		Reason       *string
		Lon, Lat     *float64
	}](ctx, tx, editDrawn, named{"drawn": drawn})
	switch {
	case err != nil:
		return nil, nil, err
	case !d.Valid:
		e := fault.New(fault.Invalid, "geometry.invalid_on_grid", "why", land.GridReason(*d.Reason)).In("/geometry")
		if d.Lon != nil {
			e = e.At(*d.Lon, *d.Lat)
		}
		return nil, nil, e
	case d.Sound && *d.Cells > land.MostCells:
		return nil, nil, fault.New(fault.Invalid, "geometry.too_wide", "cells", *d.Cells, "max", land.MostCells).In("/geometry")
	case !d.Whole && d.Sound:
		return nil, nil, fault.New(fault.Invalid, "geometry.lost_part").In("/geometry")
	case !d.Sound:
		return nil, nil, fault.New(fault.Invalid, "geometry.collapsed").In("/geometry")
	}
	shape, single, err := polygons(d.Shape)
	return &land.Drawing{Shape: shape, One: single, Hash: d.Hash}, d.Shape, err
}

// standing locks the rows of an edit and loads them with their history.
func (tx *Tx) standing(ctx context.Context, scope land.Scope, fids []int32, set *land.EditSet) error {
	rows, err := many[struct {
		FID     int32
		Code    string
		Version int32
		AreaM2  *json.Number
		Since   *land.Day
		Until   *land.Day
		Shape   []byte
	}](ctx, tx, editLock, named{"collection": scope.Collection, "codes": scope.Codes, "fids": fids, "from": scope.From})
	if err != nil {
		return err
	}
	for _, r := range rows {
		shape, single, err := polygons(r.Shape)
		if err != nil {
			return err
		}
		s := land.Standing{FID: r.FID, Code: r.Code, Version: r.Version, AreaM2: r.AreaM2, Since: r.Since, Until: r.Until, Shape: shape, One: single}
		if len(scope.Codes) > 0 && r.Code == scope.Codes[0] {
			set.Target = append(set.Target, s)
		} else {
			set.Around = append(set.Around, s)
		}
	}
	last, err := many[struct{ FID, Version int32 }](ctx, tx, editLast, named{"collection": scope.Collection, "fids": set.Numbers()})
	if err != nil {
		return err
	}
	set.Last = make(map[int32]int32, len(last))
	for _, l := range last {
		set.Last[l.FID] = l.Version
	}
	if len(scope.Codes) == 0 {
		return nil
	}
	set.History, err = many[land.Edition](ctx, tx, editEditions, named{"collection": scope.Collection, "code": scope.Codes[0]})
	return err
}

// Redraw applies a decided edit and answers the thing's code, and the numbers of all that began anew.
func (tx *Tx) Redraw(ctx context.Context, r land.Redraw) (code string, fids []int32, err error) {
	layer := func(more named) named { return plus(named{"collection": r.Collection}, more) }
	code, fid := r.Code, r.FID
	if fid == 0 {
		var born struct {
			FID  int32
			Code string
		}
		found := false
		for try := 0; !found && (try == 0 || r.Code == "" && try < locks); try++ { // somebody may bring the next code at this instant: then the one after it
			if born, found, err = row[struct {
				FID  int32
				Code string
			}](ctx, tx, editFeature, layer(named{"code": optional(r.Code)})); err != nil {
				return "", nil, err
			}
		}
		if !found {
			return "", nil, fault.New(fault.Conflict, "feature.code_taken", "code", r.Code).In("/properties/code")
		}
		code, fid = born.Code, born.FID
	}
	if len(r.Closes) > 0 {
		fids, versions, since := keysOf(r.Closes)
		if err := tx.exec(ctx, editClose, layer(named{"fids": fids, "versions": versions, "since": since, "from": r.From, "now": tx.Now})); err != nil {
			return "", nil, err
		}
	}
	fids = append(fids, fid)
	if len(r.Nodes) > 0 {
		rows, numbers, shapes := make([]land.Standing, len(r.Nodes)), make([]int32, len(r.Nodes)), make([]orb.Geometry, len(r.Nodes))
		for i, n := range r.Nodes {
			rows[i], numbers[i], shapes[i] = n.Standing, n.Number, n.Shape
		}
		noded, versions, since := keysOf(rows)
		raw, err := wkbOf(shapes...)
		if err != nil {
			return "", nil, err
		}
		written, err := many[struct {
			FID, Version int32
			AreaM2       *json.Number
		}](ctx, tx, editNode, layer(named{
			"fids": noded, "versions": versions, "since": since, "numbers": numbers, "shapes": raw, "from": r.From, "now": tx.Now,
			"by": tx.Actor.Account, "reason": code + ": " + r.Reason, // names what was drawn beside it, and why
			"document_no": r.DocumentNo,
		}))
		if err != nil {
			return "", nil, err
		}
		for _, w := range written {
			for _, n := range r.Nodes {
				if n.FID == w.FID && n.Number == w.Version {
					tx.Did(land.Deed{Object: n.Code, Before: stood(n.Standing), After: boundaryDeed{Version: n.Number, Change: "noded", AreaM2: w.AreaM2, Beside: code}})
				}
			}
		}
		fids = append(fids, noded...)
	}
	deed := land.Deed{Object: code}
	for _, c := range r.Closes {
		if c.FID == fid {
			deed.Before = stood(c)
		}
	}
	for _, p := range r.Pieces {
		var kept orb.Geometry = p.Shape
		if p.One {
			kept = p.Shape[0]
		}
		shape, err := wkbOf(kept)
		if err != nil {
			return "", nil, err
		}
		area, err := one[*json.Number](ctx, tx, editVersion, layer(named{
			"fid": fid, "version": r.Number, "change": r.Change, "kind": r.Kind, "name": r.Name, "name_en": r.NameEn, "name_status": r.NameStatus,
			"subdistrict": r.Subdistrict, "subdistrict_en": r.SubdistrictEn, "locality": r.Locality, "locality_en": r.LocalityEn,
			"parcel": r.Parcel, "disposition": r.Disposition, "use_class": r.UseClass, "accuracy": r.Accuracy, "source": r.Source, "source_en": r.SourceEn,
			"area_official_m2": r.AreaOfficialM2, "published": r.Published, "shape": shape[0],
			"from": p.From, "until": p.Until, "now": tx.Now, "by": tx.Actor.Account, "reason": r.Reason, "document_no": r.DocumentNo,
		}))
		if err != nil {
			return "", nil, err
		}
		deed.After = boundaryDeed{Version: r.Number, Change: r.Change, AreaM2: area, From: &r.From, Reason: r.Reason, DocumentNo: r.DocumentNo}
	}
	tx.Did(deed)
	return code, fids, nil
}

// Retire ends a thing from a day on.
func (tx *Tx) Retire(ctx context.Context, r land.Retirement) error {
	ended, found, err := row[struct{ AreaM2 *json.Number }](ctx, tx, editRetire, named{
		"collection": r.Collection, "fid": r.FID, "number": r.Number, "from": r.From, "now": tx.Now, "by": tx.Actor.Account, "reason": r.Reason, "document_no": r.DocumentNo,
	})
	if err == nil && found {
		tx.Did(land.Deed{
			Object: r.Code, Before: boundaryDeed{Version: r.Number - 1, AreaM2: ended.AreaM2},
			After: boundaryDeed{Version: r.Number, Change: "retired", From: &r.From, Reason: r.Reason, DocumentNo: r.DocumentNo},
		})
	}
	return err
}

// boundaryDeed is what the audit trail says of a version of a thing on the map; its history holds the rest.
type boundaryDeed struct {
	Version    int32        `json:"version"`
	Change     string       `json:"change,omitempty"`
	AreaM2     *json.Number `json:"area_m2,omitempty"`
	Beside     string       `json:"beside,omitempty"` // the thing whose vertices it took
	From       *land.Day    `json:"from,omitempty"`
	Reason     string       `json:"reason,omitempty"`
	DocumentNo *string      `json:"document_no,omitempty"`
}

func stood(s land.Standing) boundaryDeed { return boundaryDeed{Version: s.Version, AreaM2: s.AreaM2} }

// Overlaps are all places where things would overlap others of their layer.
func (tx *Tx) Overlaps(ctx context.Context, collection land.Collection, fids []int32) ([]land.Clash, error) {
	return many[land.Clash](ctx, tx, editOverlaps, named{"collection": collection, "fids": fids})
}

// Outside are all places where plots, or the plots of parcels, would lie outside their parcel; without an area where it is not there on all their days.
func (tx *Tx) Outside(ctx context.Context, collection land.Collection, fids []int32) ([]land.Clash, error) {
	found, err := many[struct {
		Code, Parcel string
		AreaM2       *json.Number
		Geometry     json.RawMessage
		Lon, Lat     float64
	}](ctx, tx, editOutside, named{"collection": collection, "fids": fids})
	clashes := make([]land.Clash, len(found))
	for i, f := range found {
		clashes[i] = land.Clash{Code: f.Code, With: f.Parcel, AreaM2: f.AreaM2, Geometry: f.Geometry, Lon: f.Lon, Lat: f.Lat}
	}
	return clashes, err
}

// Uses are what still rests on a thing from a day on.
func (tx *Tx) Uses(ctx context.Context, fid int32, from land.Day) ([]land.Use, error) {
	return many[land.Use](ctx, tx, editUses, named{"fid": fid, "from": from})
}

// Moved are the boundaries that move in this transaction.
func (tx *Tx) Moved(ctx context.Context, collection land.Collection, fids []int32) ([]land.Moved, error) {
	return many[land.Moved](ctx, tx, editMoved, named{"collection": collection, "fids": fids, "now": tx.Now, "by": tx.Actor.Account})
}

// Removed is what stands against taking plots out of their parcels, or disposing of them in another way, as this transaction does.
func (tx *Tx) Removed(ctx context.Context) ([]land.Removed, error) {
	return many[land.Removed](ctx, tx, editRemoved, named{"now": tx.Now})
}

// Overheld are the plots on which holdings have more land than there is.
func (tx *Tx) Overheld(ctx context.Context, fids []int32) ([]land.Overheld, error) {
	return many[land.Overheld](ctx, tx, editHeld, named{"fids": fids})
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func keysOf(rows []land.Standing) (fids, versions []int32, since []*land.Day) {
	for _, r := range rows {
		fids, versions, since = append(fids, r.FID), append(versions, r.Version), append(since, r.Since)
	}
	return fids, versions, since
}

func geometries(lines []orb.LineString) []orb.Geometry {
	all := make([]orb.Geometry, len(lines))
	for i, l := range lines {
		all[i] = l
	}
	return all
}

// wkbOf are shapes as the database takes them; nil is none.
func wkbOf(shapes ...orb.Geometry) ([][]byte, error) {
	all := make([][]byte, 0, len(shapes))
	for _, s := range shapes {
		if s == nil {
			continue
		}
		raw, err := wkb.Marshal(s)
		if err != nil {
			return nil, err
		}
		all = append(all, raw)
	}
	return all, nil
}

// polygons reads a polygon or several; single says that it was one.
func polygons(raw []byte) (shape orb.MultiPolygon, single bool, err error) {
	g, err := wkb.Unmarshal(raw)
	if err != nil {
		return nil, false, err
	}
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}, true, nil
	case orb.MultiPolygon:
		return g, false, nil
	}
	return nil, false, errors.New("no polygon: " + g.GeoJSONType())
}
