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
	s := newSets(bound)
	neighbours := map[int32][]int32{}
	waiting := map[int32][]int32{} // who is not bound, by plot
	for _, i := range interests {
		waiting[i.Plot] = append(waiting[i.Plot], i.Holding)
	}
	for _, e := range edges {
		s.join(e)
		if waiting[e.A] != nil {
			neighbours[e.A] = append(neighbours[e.A], e.B)
		}
		if waiting[e.B] != nil {
			neighbours[e.B] = append(neighbours[e.B], e.A)
		}
	}
	var before land.M2
	for _, p := range bound {
		before = max(before, s.area[s.find(p.Plot)])
	}
	var ranked []Keystone
	for start := 0; start < len(interests); {
		end := start
		for end < len(interests) && interests[end].Holding == interests[start].Holding {
			end++
		}
		ranked = append(ranked, weigh(interests[start:end], s, neighbours, waiting, before))
		start = end
	}
	slices.SortStableFunc(ranked, func(a, b Keystone) int {
		return cmp.Or(cmp.Compare(b.Gain(), a.Gain()), cmp.Compare(b.Clears, a.Clears), cmp.Compare(a.Missing, b.Missing), cmp.Compare(a.Holding, b.Holding))
	})
	return ranked
}

// weigh says what one holding's signature would do: its plots that wait for it alone join the blocks that they touch,
// and blocks that they join are one, wherever they meet.
func weigh(interests []land.Interest, s *sets, neighbours, waiting map[int32][]int32, before land.M2) Keystone {
	k := Keystone{Holding: interests[0].Holding, Before: before, After: before}
	missing := map[int32]bool{}
	var freed []land.PlotArea
	for _, i := range interests {
		for _, h := range waiting[i.Plot] {
			missing[h] = true
		}
		if i.Unbound == 1 {
			freed = append(freed, land.PlotArea{Plot: i.Plot, Area: i.Area})
			k.Clears += i.Area
			k.Frees = append(k.Frees, i.Plot)
		} else {
			k.Waits = append(k.Waits, i.Plot)
		}
	}
	k.Missing = len(missing)
	then := newSets(freed) // of the plots that it frees, and the blocks that they touch
	for _, p := range freed {
		for _, n := range neighbours[p.Plot] {
			if _, in := s.parent[n]; in {
				n = s.find(n)
				if _, met := then.parent[n]; !met {
					then.parent[n], then.area[n] = n, s.area[n]
				}
			}
			then.join(land.Edge{A: p.Plot, B: n})
		}
	}
	for _, p := range freed {
		k.Joined = max(k.Joined, then.area[then.find(p.Plot)])
	}
	k.After = max(before, k.Joined)
	return k
}
