package progress

import (
	"context"
	"fmt"
	"slices"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"

	"github.com/paulmach/orb"
)

// Selection is what figures are asked for: an outline, a circle, or holdings.
type Selection struct {
	Shape    orb.Geometry // degrees; nil where holdings are named
	RadiusM  *float64     // around Shape, a point
	Holdings []string
}

// Selected are the figures of a selection.
type Selected struct {
	Clock    land.Clock
	Round    land.Round
	Plots    []string
	Holdings int64
	Figures  land.Figures
}

// Select answers the figures of the plots whose inner point lies in a shape, each whole, and of the holdings that have most of their land there;
// or of the holdings that are named, and of the plots that they have land on.
func (r *Reader) Select(ctx context.Context, clock land.Clock, s Selection) (answer Selected, err error) {
	err = r.read(ctx, clock, func(v view) error {
		answer = Selected{Clock: clock, Round: v.round, Plots: []string{}}
		var plots []land.PlotCode
		var holdings []int32
		var err error
		if s.Shape != nil {
			plots, err = v.tx.PlotsInside(ctx, clock, s.Shape, s.RadiusM)
		} else if holdings, err = holdingsOf(ctx, v.tx, s.Holdings); err == nil {
			plots, err = v.tx.PlotsOf(ctx, clock, holdings)
		}
		if err != nil {
			return err
		}
		ids := make([]int32, len(plots))
		for i, p := range plots {
			if ids[i] = p.Plot; p.Now {
				answer.Plots = append(answer.Plots, p.Code)
			}
		}
		answer.Figures = v.figures(ids, holdings)
		answer.Holdings = answer.Figures.Households.Whole
		return nil
	})
	return answer, err
}

// figures are those of some plots, and of the holdings that have most of their land there, or of these holdings.
func (v view) figures(plots, holdings []int32) land.Figures {
	snap := v.snapshot()
	inside := make(map[int32]bool, len(plots))
	for _, p := range plots {
		inside[p] = true
	}
	snap.keepPlots(inside)
	if holdings == nil {
		snap.keepHoldings(inside)
	} else {
		snap.keepNamed(holdings)
	}
	total := snap.byParcel().whole()
	total.Area = total.Covered()
	blocks := snap.blocks()
	blocks.place(everywhere)
	blocks.put(&total, 0)
	return total
}

// MostIDs bounds how many things a question names.
const MostIDs = 5000

// holdingsOf are the numbers of holdings; those that there are not are all named in the refusal.
func holdingsOf(ctx context.Context, tx *store.Tx, codes []string) ([]int32, error) {
	things, err := tx.Things(ctx, codes)
	if err != nil {
		return nil, err
	}
	ids := make([]int32, 0, len(codes))
	var faults []*fault.Error
	for i, code := range codes {
		id, ok := things[code]
		if !ok || len(code) < 2 || code[:2] != "H-" {
			faults = append(faults, fault.New(fault.Invalid, "holding.unknown", "id", code).In(fmt.Sprintf("/holdings/%d", i)))
			continue
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids), fault.All(faults)
}

// Supposed are the figures of the round as they are, and as they would be if some holdings signed.
type Supposed struct {
	Clock         land.Clock
	Round         land.Round
	Holdings      []string
	Before, After land.Figures
}

// WhatIf answers what the round's figures would be if these holdings signed; nothing is written.
func (r *Reader) WhatIf(ctx context.Context, clock land.Clock, codes []string) (answer Supposed, err error) {
	err = r.read(ctx, clock, func(v view) error { // one snapshot for both
		table, snap, err := readTable(ctx, v, nil)
		if err != nil {
			return err
		}
		answer = Supposed{Clock: clock, Round: table.Round, Holdings: codes, Before: table.Figures}
		ids, err := holdingsOf(ctx, v.tx, codes)
		if err != nil {
			return err
		}
		plots, err := v.tx.IfSigned(ctx, clock, ids)
		if err != nil {
			return err
		}
		snap.keepNamed(ids)
		answer.After = suppose(answer.Before, plots, snap.holdings)
		bound := snap.plotsIn(boundStages, nil)
		for _, p := range plots {
			if p.Disposition == "storage" && p.Unbound == 0 {
				bound = append(bound, land.PlotArea{Plot: p.Plot, Area: p.Area})
			}
		}
		if blocks := blocksOf(bound, snap.edges); len(blocks) > 0 {
			answer.After.ClearableBlock = blocks[0].Area
		}
		return nil
	})
	return answer, err
}

// suppose is what the figures would be. Pure.
func suppose(now land.Figures, plots []land.IfSigned, holdings []land.HoldingRow) land.Figures {
	then := now.Add(land.Figures{})
	for _, p := range plots {
		if p.Disposition != "storage" {
			continue
		}
		stage := "partly_signed"
		switch {
		case p.Unbound > 0:
		case p.Standing > 0:
			stage = "all_signed"
		default:
			stage = "cleared"
			title, site := slices.Contains(p.Facts, "title_accepted"), slices.Contains(p.Facts, "site_accepted")
			switch {
			case title && site:
				stage = "accepted"
			case title:
				stage = "title_accepted"
			case site:
				stage = "site_accepted"
			}
		}
		from, to := then.Land[p.Stage], then.Land[stage]
		then.Land[p.Stage] = land.Count{Area: from.Area - p.Area, Plots: from.Plots - 1}
		if stage == p.Stage {
			to = then.Land[p.Stage]
		}
		then.Land[stage] = land.Count{Area: to.Area + p.Area, Plots: to.Plots + 1}
	}
	for _, h := range holdings {
		if h.Now && !h.Signed {
			then.Households.Signed++
			then.FloorArea.Signed += int64(h.Floor)
			then.LandArea.Signed += int64(h.Land)
		}
	}
	return then
}
