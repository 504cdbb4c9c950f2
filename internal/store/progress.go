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
	progressOutlines = query("progress.outlines")
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

// Outlines dissolves blocks: plot i belongs to block i.
func (tx *Tx) Outlines(ctx context.Context, clock land.Clock, plots, blocks []int32) ([]land.Outline, error) {
	return many[land.Outline](ctx, tx, progressOutlines, plus(on(clock), named{"plots": plots, "blocks": blocks}))
}

// Holders are what a list of keystones says of each holding.
func (tx *Tx) Holders(ctx context.Context, clock land.Clock, holdings []int32) ([]land.Holder, error) {
	return many[land.Holder](ctx, tx, progressHolders, plus(on(clock), named{"holdings": holdings}))
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
