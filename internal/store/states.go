package store

import (
	"context"

	"zhengbei/internal/land"
)

var (
	statesPlots     = query("states.plots")
	statesHoldings  = query("states.holdings")
	statesContracts = query("states.contracts")
	statesParts     = query("states.parts")
	statesEdges     = query("states.edges")
	statesLands     = query("states.lands")
	statesCovers    = query("states.covers")
	statesRounds    = query("states.rounds")
	statesMark      = query("states.mark")
	statesSeen      = query("states.seen")
	statesMoved     = query("states.moved")
)

// clocks are the two clocks of rows, as columns.
type clocks struct {
	Froms, Tos   []int32
	Begins, Ends []int64
}

func (c clocks) at(i int) land.Clocks {
	return land.Clocks{From: c.Froms[i], To: c.Tos[i], Begin: c.Begins[i], End: c.Ends[i]}
}

// PlotStates hands on every state that plots ever had, some at a time; of these plots, or of all where ids is nil.
func (tx *Tx) PlotStates(ctx context.Context, ids []int32, put func([]land.PlotState)) error {
	type columns struct {
		Plots, Parcels, Stages, UseClasses []int32
		Areas                              []int64
		clocks
	}
	return each(ctx, tx, statesPlots, named{"ids": ids, "stages": land.ShownStages, "use_classes": land.UseClasses}, func(c columns) error {
		rows := make([]land.PlotState, len(c.Plots))
		for i := range rows {
			rows[i] = land.PlotState{
				Plot: c.Plots[i], Parcel: c.Parcels[i], Stage: uint8(c.Stages[i]), UseClass: uint8(c.UseClasses[i]),
				Area: land.M2(c.Areas[i]), Clocks: c.at(i),
			}
		}
		put(rows)
		return nil
	})
}

// HoldingStates hands on every state that holdings ever had.
func (tx *Tx) HoldingStates(ctx context.Context, ids []int32, put func([]land.HoldingState)) error {
	type columns struct {
		Holdings, Parcels, Plots, Buildings []int32
		Signed, Compulsory                  []bool
		Floors, Lands                       []int64
		clocks
	}
	return each(ctx, tx, statesHoldings, named{"ids": ids}, func(c columns) error {
		rows := make([]land.HoldingState, len(c.Holdings))
		for i := range rows {
			rows[i] = land.HoldingState{
				Holding: c.Holdings[i], Parcel: c.Parcels[i], Plot: c.Plots[i], Buildings: c.Buildings[i],
				Signed: c.Signed[i], Compulsory: c.Compulsory[i], Floor: land.M2(c.Floors[i]), Land: land.M2(c.Lands[i]), Clocks: c.at(i),
			}
		}
		put(rows)
		return nil
	})
}

// ContractStates hands on every state that contracts ever had.
func (tx *Tx) ContractStates(ctx context.Context, ids []int32, put func([]land.ContractState)) error {
	type columns struct {
		Contracts, Parcels, Kinds, Stages []int32
		clocks
	}
	return each(ctx, tx, statesContracts, named{"ids": ids, "kinds": land.ContractKinds, "stages": land.ContractStages}, func(c columns) error {
		rows := make([]land.ContractState, len(c.Contracts))
		for i := range rows {
			rows[i] = land.ContractState{Contract: c.Contracts[i], Parcel: c.Parcels[i], Kind: uint8(c.Kinds[i]), Stage: uint8(c.Stages[i]), Clocks: c.at(i)}
		}
		put(rows)
		return nil
	})
}

// ZonePartRows hands on the parts of plots that lie, or lay, in zones.
func (tx *Tx) ZonePartRows(ctx context.Context, ids []int32, put func([]land.ZonePartRow)) error {
	type columns struct {
		Plots, Zones []int32
		Main         []bool
		Areas        []int64
		clocks
	}
	return each(ctx, tx, statesParts, named{"ids": ids}, func(c columns) error {
		rows := make([]land.ZonePartRow, len(c.Plots))
		for i := range rows {
			rows[i] = land.ZonePartRow{Plot: c.Plots[i], Zone: c.Zones[i], Main: c.Main[i], Area: land.M2(c.Areas[i]), Clocks: c.at(i)}
		}
		put(rows)
		return nil
	})
}

// EdgeRows hands on the edges that plots share, or shared, of which one is among these.
func (tx *Tx) EdgeRows(ctx context.Context, ids []int32, put func([]land.Link)) error {
	return tx.links(ctx, statesEdges, ids, put)
}

// LandRows hands on which holding (A) has, or had, land on which plot (B).
func (tx *Tx) LandRows(ctx context.Context, ids []int32, put func([]land.Link)) error {
	return tx.links(ctx, statesLands, ids, put)
}

// CoverRows hands on which contract (A) covers, or covered, which holding (B).
func (tx *Tx) CoverRows(ctx context.Context, ids []int32, put func([]land.Link)) error {
	return tx.links(ctx, statesCovers, ids, put)
}

func (tx *Tx) links(ctx context.Context, q sql, ids []int32, put func([]land.Link)) error {
	type columns struct {
		A, B []int32
		clocks
	}
	return each(ctx, tx, q, named{"ids": ids}, func(c columns) error {
		rows := make([]land.Link, len(c.A))
		for i := range rows {
			rows[i] = land.Link{A: c.A[i], B: c.B[i], Clocks: c.at(i)}
		}
		put(rows)
		return nil
	})
}

// RoundsOfParcels are the codes of the rounds that parcels belong to.
func (tx *Tx) RoundsOfParcels(ctx context.Context) (map[int32]string, error) {
	rows, err := many[struct {
		Parcel int32
		Round  string
	}](ctx, tx, statesRounds, nil)
	rounds := make(map[int32]string, len(rows))
	for _, r := range rows {
		rounds[r.Parcel] = r.Round
	}
	return rounds, err
}

// Mark is where the stream of changes stands in this snapshot.
func (tx *Tx) Mark(ctx context.Context) (land.Mark, error) {
	mark, _, err := row[land.Mark](ctx, tx, statesMark, nil)
	return mark, err
}

// SeenSince is how many changes from a mark on can be seen.
func (tx *Tx) SeenSince(ctx context.Context, mark land.Mark) (int64, error) {
	return one[int64](ctx, tx, statesSeen, named{"horizon": mark.Horizon})
}

// MovedSince are the things that moved after a mark; whole where a change did not say which, or said more than most.
func (tx *Tx) MovedSince(ctx context.Context, mark land.Mark, most int) (ids []int32, whole bool, err error) {
	moved, _, err := row[struct {
		Whole bool
		IDs   []int32 `db:"ids"`
	}](ctx, tx, statesMoved, named{"horizon": mark.Horizon, "most": most})
	return moved.IDs, moved.Whole, err
}
