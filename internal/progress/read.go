package progress

import (
	"context"
	"fmt"
	"slices"

	"zhengbei/internal/geometry"
	"zhengbei/internal/land"

	"github.com/paulmach/orb"
)

// Blocks are the contiguous released blocks of a day, the largest first.
type Blocks struct {
	Clock  land.Clock
	Round  land.Round
	Blocks []OutlinedBlock
	All    []land.M2 // the areas of all blocks, whatever was asked for
}

// OutlinedBlock is a block with its dissolved outline.
type OutlinedBlock struct {
	Block
	Outline land.Outline
	Codes   []string // of its plots
	Parcel  string   // where all of it lies in one
}

// Blocks answers the released blocks of at least so much land; of a parcel, or of all.
func (r *Reader) Blocks(ctx context.Context, clock land.Clock, parcel string, least land.M2) (Blocks, error) {
	return keep(ctx, r, "blocks/"+parcel+"/"+least.String(), clock, func(v view) (Blocks, error) {
		b := Blocks{Clock: clock, Round: v.round}
		within, err := parcelOf(ctx, v.tx, parcel)
		if err != nil {
			return b, err
		}
		snap := v.plots()
		plots := snap.plotsIn(land.ReleasedStages, within)
		rows, err := v.tx.ParcelRows(ctx, clock, v.round.Code)
		if err != nil {
			return b, err
		}
		codes := map[int32]string{}
		for _, p := range rows {
			codes[p.FID] = p.Code
		}
		for _, block := range blocksOf(plots, snap.edges) {
			b.All = append(b.All, block.Area)
			if block.Area < least {
				continue
			}
			line := OutlinedBlock{Block: block, Parcel: codes[block.Plots[0].Parcel]}
			for _, p := range block.Plots {
				if codes[p.Parcel] != line.Parcel {
					line.Parcel = ""
				}
			}
			b.Blocks = append(b.Blocks, line)
		}
		return b, v.outline(ctx, b.Blocks)
	})
}

// outline dissolves blocks; of those that are no coverage, which only psql can write, by overlay.
func (v view) outline(ctx context.Context, blocks []OutlinedBlock) error {
	var plots []land.PlotArea
	var in []int // the block of each
	for n, block := range blocks {
		plots = append(plots, block.Plots...)
		for range block.Plots {
			in = append(in, n)
		}
	}
	place := placesOf(plots)
	ids := make([]int32, len(plots))
	for n, p := range plots {
		ids[n] = p.Plot
	}
	shapes, err := v.tx.PlotShapes(ctx, v.clock, ids)
	if err != nil {
		return err
	}
	polygons := make([][]orb.Polygon, len(blocks))
	for _, s := range shapes {
		n := in[place(s.Plot)]
		polygons[n] = append(polygons[n], s.Polygons...)
		blocks[n].Codes = append(blocks[n].Codes, s.Code)
	}
	dissolved := make([]orb.MultiPolygon, len(blocks))
	overlay := func(n int) (err error) {
		var ids []int32
		for _, p := range blocks[n].Plots {
			ids = append(ids, p.Plot)
		}
		dissolved[n], err = v.tx.Overlaid(ctx, v.clock, ids)
		return err
	}
	for n := range blocks {
		var ok bool
		if dissolved[n], ok = geometry.Dissolve(polygons[n]); !ok {
			if err := overlay(n); err != nil {
				return err
			}
		}
	}
	outlines, err := v.tx.Outlines(ctx, dissolved)
	if err != nil {
		return err
	}
	for n, o := range outlines {
		if !o.Valid {
			if err := overlay(n); err != nil {
				return err
			}
			again, err := v.tx.Outlines(ctx, dissolved[n:n+1])
			if err != nil {
				return err
			}
			o = again[0]
		}
		blocks[n].Outline = o
	}
	return nil
}

// AtLeast counts the blocks of at least so much land, and that land.
func (b Blocks) AtLeast(least land.M2) (blocks int, area land.M2) {
	for _, a := range b.All {
		if a >= least {
			blocks++
			area += a
		}
	}
	return blocks, area
}

// Keystones are the unbound holdings, the one that unlocks most first.
type Keystones struct {
	Clock land.Clock
	Round land.Round
	Items []Told
	All   int // how many unbound holdings there are in all
}

// Told is a keystone with what is said of its holder.
type Told struct {
	Rank int
	Keystone
	Holder land.Holder
}

// Keystones answers the first of the ranking; of a parcel, or of all. A command post is told of its own holdings alone:
// what each would unlock is weighed on all land, as for everybody, and ranks and numbers are those among what it sees.
func (r *Reader) Keystones(ctx context.Context, clock land.Clock, parcel string, limit int) (Keystones, error) {
	by := r.db.Reads(ctx)
	name := fmt.Sprintf("keystones/%s/%d/%q/%t", parcel, limit, by.Mine(), by.SeesNames())
	if by.Mine() == nil {
		name += "/all" // none and all are written alike
	}
	return keep(ctx, r, name, clock, func(v view) (Keystones, error) {
		k := Keystones{Clock: clock, Round: v.round}
		within, err := parcelOf(ctx, v.tx, parcel)
		if err != nil {
			return k, err
		}
		snap := v.plots()
		ranked := rank(snap.plotsIn(boundStages, within), snap.edges, v.interests(snap.plotsIn(land.RemainingStages, within)))
		if by.Mine() != nil {
			ids := make([]int32, len(ranked))
			for i, f := range ranked {
				ids[i] = f.Holding
			}
			seen, err := v.tx.Seen(ctx, ids)
			if err != nil {
				return k, err
			}
			ranked = slices.DeleteFunc(ranked, func(f Keystone) bool { return !seen[f.Holding] })
		}
		k.All = len(ranked)
		first := ranked[:min(len(ranked), limit)]
		ids := make([]int32, len(first))
		for i, f := range first {
			ids[i] = f.Holding
		}
		holders, err := v.tx.Holders(ctx, clock, ids)
		if err != nil {
			return k, err
		}
		of := make(map[int32]land.Holder, len(holders))
		for _, h := range holders {
			of[h.Holding] = h
		}
		for i, f := range first {
			k.Items = append(k.Items, Told{Rank: i + 1, Keystone: f, Holder: of[f.Holding]})
		}
		return k, nil
	})
}

// MostKeystones bounds the ranking that is told.
const MostKeystones = 500

// boundStages are those of plots on which every interest is bound.
var boundStages = append(append(append([]string{}, land.ClearableStages...), land.InProcedureStages...), land.ReleasedStages...)
