package progress

import (
	"context"
	"fmt"

	"zhengbei/internal/land"
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
	Parcel  string // where all of it lies in one
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
		var ids, numbers []int32
		for n, block := range blocksOf(plots, snap.edges) {
			b.All = append(b.All, block.Area)
			if block.Area < least {
				continue
			}
			line := OutlinedBlock{Block: block, Parcel: codes[block.Plots[0].Parcel]}
			for _, p := range block.Plots {
				ids, numbers = append(ids, p.Plot), append(numbers, int32(n))
				if codes[p.Parcel] != line.Parcel {
					line.Parcel = ""
				}
			}
			b.Blocks = append(b.Blocks, line)
		}
		outlines, err := v.tx.Outlines(ctx, clock, ids, numbers)
		for i, o := range outlines { // those asked for are the first, in the same order
			b.Blocks[i].Outline = o
		}
		return b, err
	})
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

// Keystones answers the first of the ranking; of a parcel, or of all.
func (r *Reader) Keystones(ctx context.Context, clock land.Clock, parcel string, limit int) (Keystones, error) {
	return keep(ctx, r, fmt.Sprintf("keystones/%s/%d", parcel, limit), clock, func(v view) (Keystones, error) {
		k := Keystones{Clock: clock, Round: v.round}
		within, err := parcelOf(ctx, v.tx, parcel)
		if err != nil {
			return k, err
		}
		snap := v.plots()
		ranked := rank(snap.plotsIn(boundStages, within), snap.edges, v.interests(snap.plotsIn(land.RemainingStages, within)))
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
		by := make(map[int32]land.Holder, len(holders))
		for _, h := range holders {
			by[h.Holding] = h
		}
		for i, f := range first {
			k.Items = append(k.Items, Told{Rank: i + 1, Keystone: f, Holder: by[f.Holding]})
		}
		return k, nil
	})
}

// MostKeystones bounds the ranking that is told.
const MostKeystones = 500

// boundStages are those of plots on which every interest is bound.
var boundStages = append(append(append([]string{}, land.ClearableStages...), land.InProcedureStages...), land.ReleasedStages...)
