package store

import (
	"context"
	"maps"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

var (
	progressParcels  = query("progress.parcels")
	progressZones    = query("progress.zones")
	progressPosts    = query("progress.posts")
	progressShapes   = query("progress.shapes")
	progressOverlaid = query("progress.overlaid")
	progressOutlines = query("progress.outlines")
	progressSeen     = query("progress.seen")
	progressHolders  = query("progress.holders")
	progressInside   = query("progress.inside")
	progressLandOf   = query("progress.land_of")
	progressIfSigned = query("progress.if_signed")
	progressInvalid  = query("progress.invalid")
)

func on(clock land.Clock) named {
	return named{"at": clock.Days.To, "known": knownArg(clock.Known)}
}

// plus adds arguments to those of the clock.
func plus(clock, more named) named {
	maps.Copy(clock, more)
	return clock
}

// ParcelRows are the parcels of a round on a day.
func (tx *Tx) ParcelRows(ctx context.Context, clock land.Clock, round string) ([]land.ParcelRow, error) {
	return many[land.ParcelRow](ctx, tx, progressParcels, plus(on(clock), named{"round": round}))
}

// ZoneRows are the zones of a round on a day.
func (tx *Tx) ZoneRows(ctx context.Context, clock land.Clock, round string) ([]land.ZoneRow, error) {
	return many[land.ZoneRow](ctx, tx, progressZones, plus(on(clock), named{"round": round}))
}

// PostRows are the command posts of a day.
func (tx *Tx) PostRows(ctx context.Context, clock land.Clock) ([]land.PostRow, error) {
	return many[land.PostRow](ctx, tx, progressPosts, on(clock))
}

// PlotShapes are the shapes of plots in the plane, in the order of their codes.
func (tx *Tx) PlotShapes(ctx context.Context, clock land.Clock, plots []int32) ([]land.PlotShape, error) {
	rows, err := many[struct {
		Plot  int32
		Code  string
		Shape []byte
	}](ctx, tx, progressShapes, plus(on(clock), named{"plots": plots}))
	if err != nil {
		return nil, err
	}
	shapes := make([]land.PlotShape, len(rows))
	for i, r := range rows {
		polygons, err := polygonsOf(r.Shape)
		if err != nil {
			return nil, err
		}
		shapes[i] = land.PlotShape{Plot: r.Plot, Code: r.Code, Polygons: polygons}
	}
	return shapes, nil
}

// Overlaid is the outline of plots in the plane, by overlay.
func (tx *Tx) Overlaid(ctx context.Context, clock land.Clock, plots []int32) (orb.MultiPolygon, error) {
	raw, err := one[[]byte](ctx, tx, progressOverlaid, plus(on(clock), named{"plots": plots}))
	if err != nil {
		return nil, err
	}
	return polygonsOf(raw)
}

func polygonsOf(raw []byte) (orb.MultiPolygon, error) {
	shape, err := wkb.Unmarshal(raw)
	if polygon, single := shape.(orb.Polygon); single {
		return orb.MultiPolygon{polygon}, err
	}
	polygons, _ := shape.(orb.MultiPolygon)
	return polygons, err
}

// Outlines are shapes in the plane as they are shown.
func (tx *Tx) Outlines(ctx context.Context, shapes []orb.MultiPolygon) ([]land.Outline, error) {
	raw := make([][]byte, len(shapes))
	for i, s := range shapes {
		raw[i] = wkb.MustMarshal(s)
	}
	return many[land.Outline](ctx, tx, progressOutlines, named{"shapes": raw})
}

// Holders are what a list of keystones says of each holding.
func (tx *Tx) Holders(ctx context.Context, clock land.Clock, holdings []int32) ([]land.Holder, error) {
	found, err := many[land.Holder](ctx, tx, progressHolders, tx.sight(plus(on(clock), named{"holdings": holdings})))
	for i := range found {
		tx.maskHolderOf(&found[i])
	}
	return found, err
}

// Seen are those of these things that the acting account may see.
func (tx *Tx) Seen(ctx context.Context, ids []int32) (map[int32]bool, error) {
	found, err := many[struct{ SubjectID int32 }](ctx, tx, progressSeen, tx.sight(named{"ids": ids}))
	seen := make(map[int32]bool, len(found))
	for _, f := range found {
		seen[f.SubjectID] = true
	}
	return seen, err
}

// PlotsInside are the plots whose inner point lies in a shape (degrees), or within radius metres of it.
func (tx *Tx) PlotsInside(ctx context.Context, clock land.Clock, shape orb.Geometry, radius *float64) ([]land.PlotCode, error) {
	raw, err := wkb.Marshal(shape)
	if err != nil {
		return nil, err
	}
	bad, found, err := row[struct {
		Reason string
		Point  [2]float64
	}](ctx, tx, progressInvalid, named{"shape": raw})
	if err != nil {
		return nil, err
	}
	if found {
		return nil, fault.New(fault.Invalid, "selection.invalid").In("/polygon").At(bad.Point[0], bad.Point[1])
	}
	return many[land.PlotCode](ctx, tx, progressInside, plus(on(clock), named{"shape": raw, "radius_m": radius}))
}

// PlotsOf are the plots that holdings have land on.
func (tx *Tx) PlotsOf(ctx context.Context, clock land.Clock, holdings []int32) ([]land.PlotCode, error) {
	return many[land.PlotCode](ctx, tx, progressLandOf, plus(on(clock), named{"holdings": holdings}))
}

// IfSigned are the plots that would turn if these holdings signed.
func (tx *Tx) IfSigned(ctx context.Context, clock land.Clock, holdings []int32) ([]land.IfSigned, error) {
	return many[land.IfSigned](ctx, tx, progressIfSigned, plus(on(clock), named{"holdings": holdings}))
}
