package progress

import (
	"cmp"
	"slices"

	"zhengbei/internal/land"
)

// places finds the place of a plot in a list; -1 where it is not in it.
type places func(plot int32) int32

// placesOf finds by a table over all numbers between the lowest and the highest: of twenty thousand plots, ten times as fast as a map.
func placesOf(plots []land.PlotArea) places {
	if len(plots) == 0 {
		return func(int32) int32 { return -1 }
	}
	by := func(a, b land.PlotArea) int { return cmp.Compare(a.Plot, b.Plot) }
	low, high := slices.MinFunc(plots, by).Plot, slices.MaxFunc(plots, by).Plot
	table := make([]int32, high-low+1)
	for n, p := range plots {
		table[p.Plot-low] = int32(n) + 1
	}
	return func(plot int32) int32 {
		if plot < low || plot > high {
			return -1
		}
		return table[plot-low] - 1
	}
}

// fewPlaces finds among so few plots that a table would be mostly empty.
func fewPlaces(plots []land.PlotArea) places {
	return func(plot int32) int32 {
		return int32(slices.IndexFunc(plots, func(p land.PlotArea) bool { return p.Plot == plot }))
	}
}

// sets is a union-find over the places of plots: which of them are joined by edges, and how much land each set has.
type sets struct {
	parent []int32
	area   []land.M2
}

func newSets(plots []land.PlotArea) *sets {
	s := &sets{parent: make([]int32, len(plots)), area: make([]land.M2, len(plots))}
	for n, p := range plots {
		s.parent[n], s.area[n] = int32(n), p.Area
	}
	return s
}

func (s *sets) find(place int32) int32 {
	for s.parent[place] != place {
		s.parent[place] = s.parent[s.parent[place]] // halves the way for whoever asks next
		place = s.parent[place]
	}
	return place
}

// join joins two places; the larger set keeps its name.
func (s *sets) join(a, b int32) {
	if a, b = s.find(a), s.find(b); a == b {
		return
	}
	if s.area[a] < s.area[b] {
		a, b = b, a
	}
	s.parent[b] = a
	s.area[a] += s.area[b]
}

// between are the edges of which both plots are in a list, by their places in it.
func between(edges []land.Edge, place places) []land.Edge {
	within := make([]land.Edge, 0, len(edges))
	for _, e := range edges {
		if a, b := place(e.A), place(e.B); a >= 0 && b >= 0 {
			within = append(within, land.Edge{A: a, B: b})
		}
	}
	return within
}

// Block is contiguous land: plots that touch along more than 1 m.
type Block struct {
	Area  land.M2
	Plots []land.PlotArea
}

// blocksOf joins plots into blocks, the largest first; ties by the lowest plot.
func blocksOf(plots []land.PlotArea, edges []land.Edge) []Block {
	s := newSets(plots)
	for _, e := range between(edges, placesOf(plots)) {
		s.join(e.A, e.B)
	}
	number := make([]int, len(plots)) // of the block, by the place of its root, from 1
	var blocks []Block
	for n, p := range plots { // in ascending order, so that the first plot of a block is its lowest
		root := s.find(int32(n))
		if number[root] == 0 {
			blocks = append(blocks, Block{Area: s.area[root]})
			number[root] = len(blocks)
		}
		block := &blocks[number[root]-1]
		block.Plots = append(block.Plots, p)
	}
	slices.SortStableFunc(blocks, func(a, b Block) int { return cmp.Compare(b.Area, a.Area) })
	return blocks
}

// everywhere and byParcel are places of plots.
func everywhere(land.PlotArea) (int32, bool) { return 0, true }

func byParcel(p land.PlotArea) (int32, bool) { return p.Parcel, true }

// largestBlocks finds the largest released and the largest clearable block of each place: of a block that crosses a place's edge its own part.
type largestBlocks struct {
	bound                         []land.PlotArea // released land is bound as well
	released                      []bool          // by the place in bound
	edges                         []land.Edge     // by the places in bound
	largestReleased, largestBound map[int32]land.M2
}

func (s *snapshot) blocks() *largestBlocks {
	b := &largestBlocks{bound: s.plotsIn(boundStages, nil)}
	place := placesOf(b.bound)
	b.edges = between(s.edges, place)
	b.released = make([]bool, len(b.bound))
	for _, p := range s.plotsIn(land.ReleasedStages, nil) {
		b.released[place(p.Plot)] = true
	}
	return b
}

// place says what the blocks are looked for in; put writes those of one place. Plots without a place are left out.
func (b *largestBlocks) place(place func(land.PlotArea) (int32, bool)) {
	in, counts := make([]int32, len(b.bound)), make([]bool, len(b.bound))
	for n, p := range b.bound {
		in[n], counts[n] = place(p)
	}
	b.largestBound = b.largest(in, counts)
	for n, is := range b.released {
		counts[n] = counts[n] && is
	}
	b.largestReleased = b.largest(in, counts)
}

// largest is the largest block of the plots that count, in each place that they are in.
func (b *largestBlocks) largest(in []int32, counts []bool) map[int32]land.M2 {
	s := newSets(b.bound)
	for _, e := range b.edges {
		if counts[e.A] && counts[e.B] && in[e.A] == in[e.B] {
			s.join(e.A, e.B)
		}
	}
	largest := map[int32]land.M2{}
	for n := range b.bound {
		if root := int32(n); counts[n] && s.parent[n] == root {
			largest[in[n]] = max(largest[in[n]], s.area[root])
		}
	}
	return largest
}

func (b *largestBlocks) put(f *land.Figures, place int32) {
	f.LargestBlock, f.ClearableBlock = b.largestReleased[place], b.largestBound[place]
}
