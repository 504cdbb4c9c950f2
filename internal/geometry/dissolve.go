package geometry

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// leastRing is the area in m2 under which a ring is a seam between sides that do not share their vertices, and no ring.
const leastRing = 1e-6

// Dissolve joins polygons of a coverage, planar coordinates: sides that two of them share run both ways and fall out, what is left is the outline.
// ok is false where the polygons overlap, or share a side but not its vertices: then only an overlay can tell the outline.
func Dissolve(polygons []orb.Polygon) (outline orb.MultiPolygon, ok bool) {
	sides, ok := outerSides(polygons)
	if !ok {
		return nil, false
	}
	var shells, holes []orb.Ring
	for _, ring := range trace(sides) {
		switch area := planar.Area(ring); { // in the way of the ring: a hole's is below zero
		case math.Abs(area) < leastRing:
			return nil, false
		case area > 0:
			shells = append(shells, ring)
		default:
			holes = append(holes, ring)
		}
	}
	slices.SortStableFunc(shells, func(a, b orb.Ring) int { return cmp.Compare(planar.Area(a), planar.Area(b)) }) // a hole lies in the smallest shell around it
	outline = make(orb.MultiPolygon, len(shells))
	for n, shell := range shells {
		outline[n] = orb.Polygon{shell}
	}
	for _, hole := range holes {
		within := orb.Point{(hole[0][0] + hole[1][0]) / 2, (hole[0][1] + hole[1][1]) / 2} // a corner may touch the shell, a side does not
		n := slices.IndexFunc(outline, func(p orb.Polygon) bool { return p[0].Bound().Contains(within) && planar.RingContains(p[0], within) })
		if n < 0 {
			return nil, false
		}
		outline[n] = append(outline[n], hole)
	}
	return outline, true
}

type side struct{ from, to orb.Point }

// outerSides are the sides that no neighbour runs the other way, land on their left, in the order of the polygons.
func outerSides(polygons []orb.Polygon) (outer []side, ok bool) {
	var all []side
	for _, polygon := range polygons {
		for n, ring := range polygon {
			reversed := (planar.Area(ring) > 0) == (n > 0) // outer rings run to the left, holes to the right
			for i := 1; i < len(ring); i++ {
				s := side{ring[i-1], ring[i]}
				if reversed {
					s = side{s.to, s.from}
				}
				if s.from != s.to {
					all = append(all, s)
				}
			}
		}
	}
	runs := make(map[side]bool, len(all))
	for _, s := range all {
		if runs[s] {
			return nil, false // twice the same way: they overlap
		}
		runs[s] = true
	}
	for _, s := range all {
		if !runs[side{s.to, s.from}] {
			outer = append(outer, s)
		}
	}
	return outer, true
}

// trace joins sides to rings. Where several rings meet in a point each goes on as far to the left as it can;
// one that comes back to a point that it had passed is cut there, so that no ring touches itself.
func trace(sides []side) (rings []orb.Ring) {
	next := make(map[orb.Point][]orb.Point, len(sides))
	for _, s := range sides {
		next[s.from] = append(next[s.from], s.to)
	}
	take := func(from orb.Point, n int) orb.Point {
		to := next[from][n]
		next[from] = slices.Delete(next[from], n, n+1)
		return to
	}
	for _, s := range sides {
		n := slices.Index(next[s.from], s.to)
		if n < 0 {
			continue // already part of a ring
		}
		path := []orb.Point{s.from, take(s.from, n)}
		passed := map[orb.Point]int{s.from: 0}
		for {
			end := len(path) - 1
			here := path[end]
			if at, again := passed[here]; again {
				rings = append(rings, slices.Clone(path[at:]))
				if at == 0 {
					break // what else begins here is a ring of its own
				}
				for _, p := range path[at+1 : end] {
					delete(passed, p)
				}
				path, end = path[:at+1], at
			}
			passed[here] = end
			path = append(path, take(here, leftmost(path[end-1], here, next[here]))) // as many sides leave a point as come to it
		}
	}
	return rings
}

// leftmost is the way out of a point that turns most to the left, coming from another point.
func leftmost(from, here orb.Point, ways []orb.Point) int {
	if len(ways) == 1 {
		return 0
	}
	best, most := 0, math.Inf(-1)
	x, y := here[0]-from[0], here[1]-from[1]
	for n, to := range ways {
		u, v := to[0]-here[0], to[1]-here[1]
		if turn := math.Atan2(x*v-y*u, x*u+y*v); turn > most {
			best, most = n, turn
		}
	}
	return best
}
