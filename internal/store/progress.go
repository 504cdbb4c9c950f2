package store

import (
	"context"
	"maps"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

var (
	progressPlots     = query("progress.plots")
	progressReleased  = query("progress.released")
	progressHoldings  = query("progress.holdings")
	progressParts     = query("progress.parts")
	progressContracts = query("progress.contracts")
	progressParcels   = query("progress.parcels")
	progressZones     = query("progress.zones")
	progressPosts     = query("progress.posts")
	progressTurns     = query("progress.turns")
	progressEdges     = query("progress.edges")
	progressOutlines  = query("progress.outlines")
	progressInterests = query("progress.interests")
	progressHolders   = query("progress.holders")
	progressInside    = query("progress.inside")
	progressLandOf    = query("progress.land_of")
	progressIfSigned  = query("progress.if_signed")
	progressInvalid   = query("progress.invalid")
	progressMark      = query("progress.mark")
	progressSeen      = query("progress.seen")
)

// Among narrows counts of contracts to a use class, to plots, to holdings; nil is no bound.
type Among struct {
	UseClass *string
	Plots    []int32
	Holdings []int32
}

func on(clock land.Clock) named {
	return named{"at": clock.Days.To, "known": knownArg(clock.Known)}
}

// plus adds arguments to those of the clock.
func plus(clock, more named) named {
	maps.Copy(clock, more)
	return clock
}

// PlotRows are the plots of a day, and those that went in the seven days before; of a use class, or all.
func (tx *Tx) PlotRows(ctx context.Context, clock land.Clock, useClass *string) ([]land.PlotRow, error) {
	c, _, err := row[struct {
		Plots, Parcels, Stages []int32
		Areas                  []int64
		Now                    []bool
	}](ctx, tx, progressPlots, plus(on(clock), named{"stages": land.ShownStages, "use_class": useClass}))
	rows := make([]land.PlotRow, len(c.Plots))
	for i := range rows {
		rows[i] = land.PlotRow{Plot: c.Plots[i], Parcel: c.Parcels[i], Stage: land.ShownStages[c.Stages[i]], Area: land.M2(c.Areas[i]), Now: c.Now[i]}
	}
	return rows, err
}

// ReleasedRows are the plots that were released seven or 28 days before; of a use class, or all.
func (tx *Tx) ReleasedRows(ctx context.Context, clock land.Clock, useClass *string) ([]land.ReleasedRow, error) {
	c, _, err := row[struct {
		Plots, Parcels []int32
		Areas          []int64
		Week, Month    []bool
	}](ctx, tx, progressReleased, plus(on(clock), named{"use_class": useClass}))
	rows := make([]land.ReleasedRow, len(c.Plots))
	for i := range rows {
		rows[i] = land.ReleasedRow{Plot: c.Plots[i], Parcel: c.Parcels[i], Area: land.M2(c.Areas[i]), Week: c.Week[i], Month: c.Month[i]}
	}
	return rows, err
}

// HoldingRows are the holdings of a day and of the day seven days before.
func (tx *Tx) HoldingRows(ctx context.Context, clock land.Clock) ([]land.HoldingRow, error) {
	c, _, err := row[struct {
		Holdings, Parcels, Plots, Buildings []int32
		Signed, Now, Week                   []bool
		Floors, Lands                       []int64
	}](ctx, tx, progressHoldings, on(clock))
	rows := make([]land.HoldingRow, len(c.Holdings))
	for i := range rows {
		rows[i] = land.HoldingRow{
			Holding: c.Holdings[i], Parcel: c.Parcels[i], Plot: c.Plots[i], Signed: c.Signed[i], Now: c.Now[i], Week: c.Week[i],
			Floor: land.M2(c.Floors[i]), Land: land.M2(c.Lands[i]), Buildings: c.Buildings[i],
		}
	}
	return rows, err
}

// ZoneParts are the parts of plots that lie in zones.
func (tx *Tx) ZoneParts(ctx context.Context, clock land.Clock) ([]land.ZonePart, error) {
	c, _, err := row[struct {
		Plots, Zones           []int32
		Areas                  []int64
		Main, Now, Week, Month []bool
	}](ctx, tx, progressParts, on(clock))
	rows := make([]land.ZonePart, len(c.Plots))
	for i := range rows {
		rows[i] = land.ZonePart{Plot: c.Plots[i], Zone: c.Zones[i], Area: land.M2(c.Areas[i]), Main: c.Main[i], Now: c.Now[i], Week: c.Week[i], Month: c.Month[i]}
	}
	return rows, err
}

// ContractTallies counts contracts by parcel, kind and status.
func (tx *Tx) ContractTallies(ctx context.Context, clock land.Clock, a Among) ([]land.ContractTally, error) {
	return many[land.ContractTally](ctx, tx, progressContracts, plus(on(clock), named{"use_class": a.UseClass, "plots": a.Plots, "holdings": a.Holdings}))
}

// ParcelRows are the parcels of a day.
func (tx *Tx) ParcelRows(ctx context.Context, clock land.Clock) ([]land.ParcelRow, error) {
	return many[land.ParcelRow](ctx, tx, progressParcels, on(clock))
}

// ZoneRows are the zones of a day.
func (tx *Tx) ZoneRows(ctx context.Context, clock land.Clock) ([]land.ZoneRow, error) {
	return many[land.ZoneRow](ctx, tx, progressZones, on(clock))
}

// PostRows are the command posts of a day.
func (tx *Tx) PostRows(ctx context.Context, clock land.Clock) ([]land.PostRow, error) {
	return many[land.PostRow](ctx, tx, progressPosts, on(clock))
}

// Turns are the days up to one on which released or signed land grew or shrank; of a parcel, or of all.
func (tx *Tx) Turns(ctx context.Context, known time.Time, to land.Day, parcel *int32) ([]land.Turn, error) {
	return many[land.Turn](ctx, tx, progressTurns, named{"known": knownArg(known), "to": to, "parcel": parcel})
}

// Edges are the edges that plots share.
func (tx *Tx) Edges(ctx context.Context, clock land.Clock) ([]land.Edge, error) {
	columns, _, err := row[struct{ A, B []int32 }](ctx, tx, progressEdges, on(clock)) // 40,000 rows of two numbers cost three times as much
	edges := make([]land.Edge, len(columns.A))
	for i := range edges {
		edges[i] = land.Edge{A: columns.A[i], B: columns.B[i]}
	}
	return edges, err
}

// Outlines dissolves blocks: plot i belongs to block i.
func (tx *Tx) Outlines(ctx context.Context, clock land.Clock, plots, blocks []int32) ([]land.Outline, error) {
	return many[land.Outline](ctx, tx, progressOutlines, plus(on(clock), named{"plots": plots, "blocks": blocks}))
}

// Interests are the unbound holdings' shares of storage plots; of a parcel, or of all.
func (tx *Tx) Interests(ctx context.Context, clock land.Clock, parcel *int32) ([]land.Interest, error) {
	return many[land.Interest](ctx, tx, progressInterests, plus(on(clock), named{"parcel": parcel}))
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

// Mark is where the stream of changes stands in this snapshot.
func (tx *Tx) Mark(ctx context.Context) (land.Mark, error) {
	mark, _, err := row[land.Mark](ctx, tx, progressMark, nil)
	return mark, err
}

// ChangedSince reports whether anything changed after a mark.
func (tx *Tx) ChangedSince(ctx context.Context, mark land.Mark) (bool, error) {
	seen, err := one[int64](ctx, tx, progressSeen, named{"horizon": mark.Horizon})
	return seen != mark.Seen, err
}
