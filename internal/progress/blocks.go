package progress

import (
	"cmp"
	"slices"

	"zhengbei/internal/land"
)

// sets is a union-find over plots: which of them are joined by edges, and how much land each set has.
type sets struct {
	parent map[int32]int32
	area   map[int32]land.M2
}

func newSets(plots []land.PlotArea) *sets {
	s := &sets{parent: make(map[int32]int32, len(plots)), area: make(map[int32]land.M2, len(plots))}
	for _, p := range plots {
		s.parent[p.Plot], s.area[p.Plot] = p.Plot, p.Area
	}
	return s
}

func (s *sets) find(plot int32) int32 {
	for s.parent[plot] != plot {
		s.parent[plot] = s.parent[s.parent[plot]] // halves the way for whoever asks next
		plot = s.parent[plot]
	}
	return plot
}

// join joins two plots where both are in the sets; the larger set keeps its name.
func (s *sets) join(e land.Edge) {
	if _, in := s.parent[e.A]; !in {
		return
	}
	if _, in := s.parent[e.B]; !in {
		return
	}
	a, b := s.find(e.A), s.find(e.B)
	if a == b {
		return
	}
	if s.area[a] < s.area[b] {
		a, b = b, a
	}
	s.parent[b] = a
	s.area[a] += s.area[b]
}

// Block is contiguous land: plots that touch along more than 1 m.
type Block struct {
	Area  land.M2
	Plots []land.PlotArea
}

// blocksOf joins plots into blocks, the largest first; ties by the lowest plot.
func blocksOf(plots []land.PlotArea, edges []land.Edge) []Block {
	s := newSets(plots)
	for _, e := range edges {
		s.join(e)
	}
	place := map[int32]int{}
	var blocks []Block
	for _, p := range plots { // in ascending order, so that the first plot of a block is its lowest
		root := s.find(p.Plot)
		n, ok := place[root]
		if !ok {
			n = len(blocks)
			place[root] = n
			blocks = append(blocks, Block{Area: s.area[root]})
		}
		blocks[n].Plots = append(blocks[n].Plots, p)
	}
	slices.SortStableFunc(blocks, func(a, b Block) int { return cmp.Compare(b.Area, a.Area) })
	return blocks
}

// largestBy is the largest block of the plots of each parcel, and of all.
func largestBy(plots []land.PlotArea, edges []land.Edge) (byParcel map[int32]land.M2, all land.M2) {
	byParcel = map[int32]land.M2{}
	whole := newSets(plots)
	parcel := make(map[int32]int32, len(plots))
	for _, p := range plots {
		parcel[p.Plot] = p.Parcel
	}
	inside := newSets(plots) // a block that crosses a parcel's edge counts in each parcel with its own part
	for _, e := range edges {
		whole.join(e)
		if parcel[e.A] == parcel[e.B] {
			inside.join(e)
		}
	}
	for _, p := range plots {
		byParcel[p.Parcel] = max(byParcel[p.Parcel], inside.area[inside.find(p.Plot)])
		all = max(all, whole.area[whole.find(p.Plot)])
	}
	return byParcel, all
}
