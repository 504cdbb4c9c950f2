package geometry

import (
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Same reports whether two shapes are the same ground with the same vertices, wherever their rings begin, whichever way they run, in whatever order they stand:
// programs that save a shape unchanged write it in their own way.
func Same(a, b orb.MultiPolygon) bool {
	x, y := plain(a), plain(b)
	return slices.EqualFunc(x, y, func(p, q orb.Ring) bool { return slices.Equal(p, q) })
}

// plain lists the rings of a shape in one way: shells run to the left, holes to the right, each begins with its least vertex.
func plain(shape orb.MultiPolygon) []orb.Ring {
	var rings []orb.Ring
	for _, polygon := range shape {
		for n, ring := range polygon {
			if len(ring) < 2 {
				continue
			}
			r := slices.Clone(ring[:len(ring)-1])
			if (planar.Area(ring) > 0) == (n > 0) {
				slices.Reverse(r)
			}
			first := 0
			for i := range r {
				if comparePoints(r[i], r[first]) < 0 {
					first = i
				}
			}
			rings = append(rings, slices.Concat(r[first:], r[:first]))
		}
	}
	slices.SortFunc(rings, func(p, q orb.Ring) int { return slices.CompareFunc(p, q, comparePoints) })
	return rings
}

func comparePoints(a, b orb.Point) int {
	return slices.Compare(a[:], b[:])
}
