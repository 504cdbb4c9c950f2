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

// largestIn is the largest block of the plots of each place: of a block that crosses a place's edge its own part. Plots without a place are left out.
func largestIn(plots []land.PlotArea, edges []land.Edge, place func(land.PlotArea) (int32, bool)) map[int32]land.M2 {
	in := make(map[int32]int32, len(plots))
	var among []land.PlotArea
	for _, p := range plots {
		if at, ok := place(p); ok {
			in[p.Plot] = at
			among = append(among, p)
		}
	}
	s := newSets(among)
	for _, e := range edges {
		if a, ok := in[e.A]; ok && a == in[e.B] {
			s.join(e)
		}
	}
	largest := map[int32]land.M2{}
	for _, p := range among {
		largest[in[p.Plot]] = max(largest[in[p.Plot]], s.area[s.find(p.Plot)])
	}
	return largest
}

// everywhere and byParcel are places of plots.
func everywhere(land.PlotArea) (int32, bool) { return 0, true }

func byParcel(p land.PlotArea) (int32, bool) { return p.Parcel, true }

// largestBlocks finds the largest released and the largest clearable block of each place.
type largestBlocks struct {
	released, bound               []land.PlotArea
	edges                         []land.Edge
	largestReleased, largestBound map[int32]land.M2
}

func (s *snapshot) blocks() *largestBlocks {
	return &largestBlocks{released: s.plotsIn(land.ReleasedStages, nil), bound: s.plotsIn(boundStages, nil), edges: s.edges}
}

// place says what the blocks are looked for in; put writes those of one place.
func (b *largestBlocks) place(place func(land.PlotArea) (int32, bool)) {
	b.largestReleased, b.largestBound = largestIn(b.released, b.edges, place), largestIn(b.bound, b.edges, place)
}

func (b *largestBlocks) put(f *land.Figures, place int32) {
	f.LargestBlock, f.ClearableBlock = b.largestReleased[place], b.largestBound[place]
}
