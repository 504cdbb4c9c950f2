package progress

import (
	"cmp"
	"slices"

	"zhengbei/internal/land"
)

// Keystone is an unbound holding and what its signature would unlock.
type Keystone struct {
	Holding int32
	Missing int     // unbound holdings on its plots, itself included
	Clears  land.M2 // land that would be all signed
	Frees   []int32 // the plots that would be
	Waits   []int32 // those that would still wait for others
	Before  land.M2 // the largest clearable block: touching plots all signed or further
	After   land.M2 // the same, if it signed
	Joined  land.M2 // the block that its plots would be part of
}

// Gain is by how much the largest clearable block would grow.
func (k Keystone) Gain() land.M2 { return k.After - k.Before }

// rank orders unbound holdings by what each would unlock alone: first by the growth of the largest clearable block,
// then by the land that it clears, then by how few others are missing; ties by their number.
func rank(bound []land.PlotArea, edges []land.Edge, interests []land.Interest) []Keystone {
	g := ground{place: placesOf(bound), bound: bound, sets: newSets(bound), neighbours: map[int32][]int32{}, waiting: make(map[int32][]int32, len(interests))}
	for _, i := range interests {
		g.waiting[i.Plot] = append(g.waiting[i.Plot], i.Holding)
	}
	for _, e := range edges {
		a, b := g.place(e.A), g.place(e.B)
		if a >= 0 && b >= 0 {
			g.sets.join(a, b)
			continue // nobody is waited for on either
		}
		if g.waiting[e.A] != nil {
			g.neighbours[e.A] = append(g.neighbours[e.A], e.B)
		}
		if g.waiting[e.B] != nil {
			g.neighbours[e.B] = append(g.neighbours[e.B], e.A)
		}
	}
	for _, area := range g.sets.area { // that of a root is the largest of its set
		g.largest = max(g.largest, area)
	}
	var ranked []Keystone
	for start := 0; start < len(interests); {
		end := start
		for end < len(interests) && interests[end].Holding == interests[start].Holding {
			end++
		}
		ranked = append(ranked, g.weigh(interests[start:end]))
		start = end
	}
	slices.SortStableFunc(ranked, func(a, b Keystone) int {
		return cmp.Or(cmp.Compare(b.Gain(), a.Gain()), cmp.Compare(b.Clears, a.Clears), cmp.Compare(a.Missing, b.Missing), cmp.Compare(a.Holding, b.Holding))
	})
	return ranked
}

// ground is what keystones are weighed on: the blocks of bound plots, and the plots around them that wait for somebody.
type ground struct {
	place               places // in bound
	bound               []land.PlotArea
	sets                *sets             // over bound
	neighbours, waiting map[int32][]int32 // by a plot that waits: the plots that it touches, the holdings that it waits for
	largest             land.M2           // block
}

// weigh says what one holding's signature would do: its plots that wait for it alone join the blocks that they touch,
// and blocks that they join are one, wherever they meet.
func (g *ground) weigh(interests []land.Interest) Keystone {
	k := Keystone{Holding: interests[0].Holding, Before: g.largest, After: g.largest}
	var missing []int32
	var freed []land.PlotArea
	for _, i := range interests {
		missing = append(missing, g.waiting[i.Plot]...)
		if i.Unbound == 1 {
			freed = append(freed, land.PlotArea{Plot: i.Plot, Area: i.Area})
			k.Clears += i.Area
			k.Frees = append(k.Frees, i.Plot)
		} else {
			k.Waits = append(k.Waits, i.Plot)
		}
	}
	slices.Sort(missing)
	k.Missing = len(slices.Compact(missing))
	among := slices.Clone(freed) // the plots that it frees, and the blocks that they touch, each by the plot of its root
	var touch []land.Edge
	for _, p := range freed {
		for _, n := range g.neighbours[p.Plot] {
			if at := g.place(n); at >= 0 {
				root := g.sets.find(at)
				n = g.bound[root].Plot
				among = append(among, land.PlotArea{Plot: n, Area: g.sets.area[root]})
			}
			touch = append(touch, land.Edge{A: p.Plot, B: n})
		}
	}
	slices.SortFunc(among, func(a, b land.PlotArea) int { return cmp.Compare(a.Plot, b.Plot) })
	among = slices.CompactFunc(among, func(a, b land.PlotArea) bool { return a.Plot == b.Plot })
	then, place := newSets(among), fewPlaces(among)
	for _, e := range between(touch, place) {
		then.join(e.A, e.B)
	}
	for _, p := range freed {
		k.Joined = max(k.Joined, then.area[then.find(place(p.Plot))])
	}
	k.After = max(g.largest, k.Joined)
	return k
}
