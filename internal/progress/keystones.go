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
	Plots   int     // plots that would be
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
	wanted := map[int32]bool{}
	for _, i := range interests {
		wanted[i.Plot] = true
	}
	for _, e := range edges {
		s.join(e)
		if wanted[e.A] {
			neighbours[e.A] = append(neighbours[e.A], e.B)
		}
		if wanted[e.B] {
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
		ranked = append(ranked, weigh(interests[start:end], s, neighbours, before))
		start = end
	}
	slices.SortStableFunc(ranked, func(a, b Keystone) int {
		return cmp.Or(cmp.Compare(b.Gain(), a.Gain()), cmp.Compare(b.Clears, a.Clears), cmp.Compare(a.Missing, b.Missing), cmp.Compare(a.Holding, b.Holding))
	})
	return ranked
}

// weigh says what one holding's signature would do: its plots that wait for it alone join the blocks that they touch.
func weigh(interests []land.Interest, s *sets, neighbours map[int32][]int32, before land.M2) Keystone {
	k := Keystone{Holding: interests[0].Holding, Missing: 1, Before: before, After: before}
	freed := map[int32]land.M2{}
	for _, i := range interests {
		k.Missing += int(i.Unbound) - 1
		if i.Unbound == 1 {
			freed[i.Plot] = i.Area
			k.Clears += i.Area
			k.Plots++
		}
	}
	for len(freed) > 0 { // the plots that it frees may lie apart
		var plot int32
		for plot = range freed {
			break
		}
		var block land.M2
		met := map[int32]bool{}
		queue := []int32{plot}
		area := map[int32]land.M2{plot: freed[plot]}
		delete(freed, plot)
		for len(queue) > 0 {
			p := queue[0]
			queue = queue[1:]
			block += area[p]
			for _, n := range neighbours[p] {
				if a, ok := freed[n]; ok {
					area[n] = a
					delete(freed, n)
					queue = append(queue, n)
				} else if _, in := s.parent[n]; in && !met[s.find(n)] {
					met[s.find(n)] = true
					block += s.area[s.find(n)]
				}
			}
		}
		k.Joined = max(k.Joined, block)
	}
	k.After = max(before, k.Joined)
	return k
}
