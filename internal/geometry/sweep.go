package geometry

import (
	"slices"
	"sort"

	"github.com/paulmach/orb"
)

// sweep compares only edges that come to lie side by side on a line that moves from west to east (Shamos and Hoey 1976):
// the time follows the number of edges, however many of their boxes meet. Of edges that cross one is left out from there on,
// so that the others keep their order: each crossing edge shows a flaw, not each crossing.
func (v *validity) sweep() {
	w := sweeping{v: v, from: make([]orb.Point, len(v.edges)), to: make([]orb.Point, len(v.edges))}
	begins := make([]int, len(v.edges))
	places := make([]orb.Point, 0, len(v.edges))
	for n, e := range v.edges {
		a, b := v.ends(e)
		w.from[n], w.to[n], begins[n] = sooner(a, b), later(a, b), n
		places = append(places, a) // b is where the next edge begins
	}
	slices.SortFunc(begins, func(a, b int) int { return order(w.from[a], w.from[b]) })
	slices.SortFunc(places, order)
	for _, p := range slices.Compact(places) {
		first := sort.Search(len(begins), func(n int) bool { return w.from[begins[n]] != p })
		if w.pass(p, begins[:first]); v.full() {
			return
		}
		begins = begins[first:]
	}
}

type sweeping struct {
	v        *validity
	from, to []orb.Point // of each edge, in the way of the line
	line     []int       // the edges that the line meets, from south to north
}

// pass moves the line over a point.
func (w *sweeping) pass(p orb.Point, begin []int) {
	side := func(n int) int { return turn(w.from[w.line[n]], w.to[w.line[n]], p) }
	low := sort.Search(len(w.line), func(n int) bool { return side(n) <= 0 })
	high := low + sort.Search(len(w.line)-low, func(n int) bool { return side(low+n) < 0 })
	here := append(slices.Clone(w.line[low:high]), begin...)
	out := map[int]bool{}
	for n, e := range here[:min(len(here), 2*len(w.v.rings)+1)] { // of more edges some are of one ring, which touches itself
		for _, f := range here[:n] {
			if !out[e] && !out[f] && w.v.compare(min(e, f), max(e, f)) {
				out[max(e, f)] = true
			}
		}
	}
	here = slices.DeleteFunc(here, func(e int) bool { return out[e] || w.to[e] == p })
	slices.SortFunc(here, func(e, f int) int { return -turn(p, w.to[e], w.to[f]) })
	w.line = slices.Replace(w.line, low, high, here...)
	w.beside(low + len(here) - 1)
	if len(here) > 0 {
		w.beside(low - 1)
	}
}

// beside compares an edge on the line with the next one.
func (w *sweeping) beside(n int) {
	for n >= 0 && n+1 < len(w.line) {
		e, f := w.line[n], w.line[n+1]
		switch {
		case !w.v.compare(min(e, f), max(e, f)):
			return
		case e > f:
			w.line = slices.Delete(w.line, n, n+1)
			n--
		default:
			w.line = slices.Delete(w.line, n+1, n+2)
		}
	}
}
