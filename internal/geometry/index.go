package geometry

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// fan is how many boxes lie in one box of the level above.
const fan = 8

// index finds boxes by place: a tree packed once (sort, tile, recurse), as a coverage does not change while it is looked at.
type index struct {
	items  []int         // numbers of the boxes, those near each other together
	levels [][]orb.Bound // the boxes in the order of items, then of fan boxes each, up to the one around all
}

func newIndex(boxes []orb.Bound) *index {
	x := &index{items: make([]int, len(boxes))}
	for n := range x.items {
		x.items[n] = n
	}
	by := func(axis int) func(a, b int) int {
		return func(a, b int) int {
			return cmp.Compare(boxes[a].Min[axis]+boxes[a].Max[axis], boxes[b].Min[axis]+boxes[b].Max[axis])
		}
	}
	slices.SortFunc(x.items, by(0))
	tiles := math.Ceil(float64(len(boxes)) / fan)
	strip := fan * max(1, int(math.Ceil(math.Sqrt(tiles))))
	for from := 0; from < len(x.items); from += strip {
		slices.SortFunc(x.items[from:min(from+strip, len(x.items))], by(1))
	}
	level := make([]orb.Bound, len(boxes))
	for n, item := range x.items {
		level[n] = boxes[item]
	}
	x.levels = append(x.levels, level)
	for len(level) > 1 {
		above := make([]orb.Bound, 0, len(level)/fan+1)
		for few := range slices.Chunk(level, fan) {
			b := few[0]
			for _, other := range few[1:] {
				b = b.Union(other)
			}
			above = append(above, b)
		}
		level = above
		x.levels = append(x.levels, level)
	}
	return x
}

// search finds the boxes that meet a box and may meet what is looked for; found answers false to end the search.
func (x *index) search(box orb.Bound, may func(*orb.Bound) bool, found func(item int) bool) {
	if len(x.items) > 0 {
		x.within(len(x.levels)-1, 0, 1, &box, may, found)
	}
}

func (x *index) within(level, from, to int, box *orb.Bound, may func(*orb.Bound) bool, found func(int) bool) bool {
	for n := from; n < to; n++ {
		b := &x.levels[level][n]
		if b.Min[0] > box.Max[0] || b.Max[0] < box.Min[0] || b.Min[1] > box.Max[1] || b.Max[1] < box.Min[1] || !may(b) {
			continue
		}
		if level == 0 {
			if !found(x.items[n]) {
				return false
			}
		} else if !x.within(level-1, n*fan, min((n+1)*fan, len(x.levels[level-1])), box, may, found) {
			return false
		}
	}
	return true
}
