package geometry

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"zhengbei/internal/fault"

	"github.com/paulmach/orb"
)

// wrong is a way in which rings are not land.
type wrong int

const (
	flat          wrong = iota // no area
	spike                      // an edge runs back over the one before
	crossesSelf                // a ring crosses itself
	touchesSelf                // a ring comes back to a point
	runsOnSelf                 // a ring runs along itself
	ringsCross                 // two rings of a polygon
	ringsShare                 // two rings of a polygon run along each other
	partsCross                 // two parts
	partsShare                 // two parts run along each other
	partsNested                // a part lies in another
	holeOutside                // a hole lies outside its polygon
	holesNested                // a hole lies in another
	interiorSplit              // rings meet so that the inside falls apart
)

// flaw is a fault of rings: where on the ground, and at which positions.
type flaw struct {
	wrong    wrong
	at, with position
	point    orb.Point
}

// position is where an edge or a ring begins in the geometry as it was handed in.
type position struct{ part, ring, n int }

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.part, q.part), cmp.Compare(p.ring, q.ring), cmp.Compare(p.n, q.n))
}

// judge says of each flaw which edge shows it, and what it meets.
func (p *parser) judge(g orb.Geometry, at string) {
	_, many := g.(orb.MultiPolygon)
	ring := func(q position) string {
		if many {
			return fmt.Sprintf("%s/%d/%d", at, q.part, q.ring)
		}
		return fmt.Sprintf("%s/%d", at, q.ring)
	}
	edge := func(q position) string { return ring(q) + "/" + strconv.Itoa(q.n) }
	for _, f := range flaws(parts(g), mostFaults) {
		var e *fault.Error
		whole := false // it is the ring that is at fault, not one of its edges
		switch f.wrong {
		case flat:
			e, whole = fault.New(fault.Invalid, "geometry.flat"), true
		case spike:
			e = fault.New(fault.Invalid, "geometry.spike")
		case crossesSelf:
			e = fault.New(fault.Invalid, "geometry.crosses_itself")
		case touchesSelf:
			e = fault.New(fault.Invalid, "geometry.touches_itself")
		case runsOnSelf:
			e = fault.New(fault.Invalid, "geometry.runs_on_itself")
		case ringsCross:
			e = fault.New(fault.Invalid, "geometry.rings_cross")
		case ringsShare:
			e = fault.New(fault.Invalid, "geometry.rings_share_line")
		case partsCross:
			e = fault.New(fault.Invalid, "geometry.parts_cross")
		case partsShare:
			e = fault.New(fault.Invalid, "geometry.parts_share_line")
		case holeOutside:
			e, whole = fault.New(fault.Invalid, "geometry.hole_outside"), true
		case holesNested:
			e, whole = fault.New(fault.Invalid, "geometry.holes_nested"), true
		case partsNested:
			e, whole = fault.New(fault.Invalid, "geometry.parts_nested"), true
		case interiorSplit:
			e, whole = fault.New(fault.Invalid, "geometry.interior_split"), true
		}
		pointer := edge
		if whole {
			pointer = ring
		}
		e.Params = map[string]any{"lon": degrees(f.point[0]), "lat": degrees(f.point[1]), "other": pointer(f.with)}
		p.fail(e.At(f.point[0], f.point[1]), pointer(f.at))
	}
}

// Valid says whether Parse would find no fault with the rings of a polygon or its parts, in degrees or metres; they are closed.
func Valid(g orb.Geometry) bool { return len(flaws(parts(g), 1)) == 0 }

// parts are the polygons of a geometry; points and lines have none.
func parts(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

// flaws judges closed rings of at least four finite positions as PostGIS does (OGC Simple Features), and names up to most flaws.
// Whether parts lie in each other is judged only where no edges cross: it could not be told.
func flaws(shape orb.MultiPolygon, most int) []flaw {
	v := validity{most: most}
	for part, polygon := range shape {
		v.parts = append(v.parts, nil)
		for n, ring := range polygon {
			v.add(part, n, ring)
		}
	}
	v.cross()
	v.found = slices.DeleteFunc(v.found, v.told)
	if len(v.found) == 0 {
		v.nest()
		v.connect()
	}
	slices.SortStableFunc(v.found, func(a, b flaw) int { return cmp.Or(a.at.compare(b.at), a.with.compare(b.with)) })
	return v.found
}

type validity struct {
	most    int
	found   []flaw
	seen    map[meetingOf]bool // a touch of two corners is four touches of edges
	runs    map[place]bool     // ends of lines that a ring runs twice
	rings   []sound
	parts   [][]int // the rings of each part, its shell first
	edges   []edge
	touches []meeting
}

// sound is a ring without its repeated positions, open.
type sound struct {
	part, ring int
	points     []orb.Point
	from       []int // the positions as they were handed in
	bound      orb.Bound
}

type meetingOf struct {
	wrong       wrong
	ring, other int
	point       orb.Point
}

type place struct {
	part, ring int
	point      orb.Point
}

// meeting is a point that two rings of one polygon share.
type meeting struct {
	rings [2]int
	point orb.Point
}

// edge n of a ring runs from its point n to the one after.
type edge struct{ ring, n int }

func (v *validity) add(part, number int, ring orb.Ring) {
	if len(ring) < 4 {
		v.report(flaw{wrong: flat, at: position{part, number, 0}, with: position{part, number, 0}})
		return
	}
	s := sound{part: part, ring: number, points: make([]orb.Point, 0, len(ring)), from: make([]int, 0, len(ring)), bound: ring.Bound()}
	v.edges = slices.Grow(v.edges, len(ring))
	for n, p := range ring[:len(ring)-1] {
		if len(s.points) == 0 || s.points[len(s.points)-1] != p {
			s.points, s.from = append(s.points, p), append(s.from, n)
		}
	}
	for last := len(s.points) - 1; last > 0 && s.points[last] == s.points[0]; last-- {
		s.points, s.from = s.points[:last], s.from[:last]
	}
	straight := true
	for n := 2; n < len(s.points) && straight; n++ {
		straight = turn(s.points[0], s.points[1], s.points[n]) == 0
	}
	if straight {
		v.report(flaw{wrong: flat, at: position{part, number, 0}, with: position{part, number, 0}, point: ring[0]})
		return // each of its edges would be a flaw again
	}
	v.parts[part] = append(v.parts[part], len(v.rings))
	for n := range s.points {
		v.edges = append(v.edges, edge{len(v.rings), n})
	}
	v.rings = append(v.rings, s)
}

func (s *sound) point(n int) orb.Point {
	switch many := len(s.points); {
	case n < 0:
		n += many
	case n >= many:
		n -= many
	}
	return s.points[n]
}

func (v *validity) ends(e edge) (a, b orb.Point) {
	s := &v.rings[e.ring]
	return s.point(e.n), s.point(e.n + 1)
}

func (v *validity) position(e edge) position {
	s := &v.rings[e.ring]
	return position{s.part, s.ring, s.from[e.n]}
}

func (v *validity) full() bool { return len(v.found) >= v.most }

func (v *validity) report(f flaw) {
	if !v.full() {
		v.found = append(v.found, f)
	}
}

// told says whether a touch is the end of a spike or of a line that a ring runs twice: that is named already.
func (v *validity) told(f flaw) bool {
	return f.wrong == touchesSelf && v.runs[place{f.at.part, f.at.ring, f.point}]
}

func (v *validity) fresh(w wrong, e, f edge, point orb.Point) bool {
	key := meetingOf{w, e.ring, f.ring, point}
	if v.seen[key] {
		return false
	}
	if v.seen == nil {
		v.seen = map[meetingOf]bool{}
	}
	v.seen[key] = true
	return true
}

// once reports a flaw between two edges that several pairs of edges may show.
func (v *validity) once(w wrong, e, f edge, point orb.Point) {
	if v.fresh(w, e, f, point) {
		v.report(flaw{w, v.position(e), v.position(f), point})
	}
}

// mostPairs are looked at before edges are swept in order.
const mostPairs = 2_000_000

// cross compares edges that may meet.
func (v *validity) cross() {
	before := len(v.found)
	if v.pairs(mostPairs) {
		return
	}
	v.found, v.seen, v.runs, v.touches = v.found[:before], nil, nil, nil
	v.sweep() // as of 20,000 rays of one sun: the boxes of all meet, few of their edges do
}

// pairs compares all edges whose boxes meet, or says that these are too many to look at.
// The boxes lie along the way that most of the length runs and are gone through across it, so that the edges of a slanting comb are told apart.
func (v *validity) pairs(most int) (all bool) {
	if len(v.edges) == 0 {
		return true
	}
	boxes := v.boxes()
	across := make([]int, len(v.edges))
	for n := range across {
		across[n] = n
	}
	slices.SortFunc(across, func(a, b int) int { return cmp.Or(cmp.Compare(boxes[a].Min[1], boxes[b].Min[1]), cmp.Compare(a, b)) })
	for i, e := range across {
		box := &boxes[e]
		for _, f := range across[i+1:] {
			other := &boxes[f]
			if other.Min[1] > box.Max[1] {
				break
			}
			if most--; most < 0 {
				return false
			}
			if other.Min[0] > box.Max[0] || other.Max[0] < box.Min[0] {
				continue
			}
			if v.compare(min(e, f), max(e, f)); v.full() {
				return true
			}
		}
	}
	return true
}

func (v *validity) boxes() []orb.Bound {
	centre, along, aside := v.rings[0].points[0], 0.0, 0.0
	for _, e := range v.edges {
		a, b := v.ends(e)
		x, y := b[0]-a[0], b[1]-a[1]
		if long := math.Hypot(x, y); long > 0 {
			along, aside = along+(x*x-y*y)/long, aside+2*x*y/long // the doubled angle: the way back is the same way
		}
	}
	sin, cos := math.Sincos(math.Atan2(aside, along) / 2)
	widest := 0.0
	turned := func(p orb.Point) orb.Point {
		x, y := p[0]-centre[0], p[1]-centre[1]
		widest = max(widest, math.Abs(x)+math.Abs(y))
		return orb.Point{x*cos + y*sin, y*cos - x*sin}
	}
	boxes := make([]orb.Bound, len(v.edges))
	for n, e := range v.edges {
		a, b := v.ends(e)
		a, b = turned(a), turned(b)
		boxes[n] = orb.Bound{
			Min: orb.Point{min(a[0], b[0]), min(a[1], b[1])},
			Max: orb.Point{max(a[0], b[0]), max(a[1], b[1])},
		}
	}
	for n := range boxes {
		boxes[n] = boxes[n].Pad(widest * 1e-15) // turning rounds
	}
	return boxes
}

// compare judges two edges by their numbers, the lower first, and says whether they cross or run along each other.
func (v *validity) compare(lower, higher int) bool {
	e, f := v.edges[lower], v.edges[higher]
	a, b := v.ends(e)
	c, d := v.ends(f)
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) || max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	abc, abd := turn(a, b, c), turn(a, b, d)
	if abc*abd > 0 {
		return false
	}
	cda, cdb := turn(c, d, a), turn(c, d, b)
	if cda*cdb > 0 {
		return false
	}
	var at orb.Point
	switch {
	case abc == 0 && abd == 0: // on one line
		from, to := later(sooner(a, b), sooner(c, d)), sooner(later(a, b), later(c, d))
		if order(from, to) < 0 {
			v.shared(e, f, from, to)
			return true
		}
		if from != to {
			return false
		}
		at = from
	case abc*abd < 0 && cda*cdb < 0:
		v.report(flaw{v.meets(e, f, crossesSelf, ringsCross, partsCross), v.position(e), v.position(f), crossing(a, b, c, d)})
		return true
	case abc == 0:
		at = c
	case abd == 0:
		at = d
	case cda == 0:
		at = a
	default:
		at = b
	}
	v.touch(e, f, at)
	return false
}

func order(p, q orb.Point) int { return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1])) }

func sooner(p, q orb.Point) orb.Point {
	if order(p, q) <= 0 {
		return p
	}
	return q
}

func later(p, q orb.Point) orb.Point {
	if order(p, q) <= 0 {
		return q
	}
	return p
}

// crossing is where two edges that cross meet, rounded.
func crossing(a, b, c, d orb.Point) orb.Point {
	x, y, u, w := b[0]-a[0], b[1]-a[1], d[0]-c[0], d[1]-c[1]
	t := ((c[0]-a[0])*w - (c[1]-a[1])*u) / (x*w - y*u)
	if !(t >= 0 && t <= 1) {
		t = 0.5 // so flat a crossing that it cannot be told where
	}
	return orb.Point{a[0] + t*x, a[1] + t*y}
}

func (v *validity) adjacent(e, f edge) bool {
	last := len(v.rings[e.ring].points) - 1
	return e.ring == f.ring && (f.n-e.n == 1 || e.n == 0 && f.n == last)
}

// meets says of two edges that run into each other whose they are.
func (v *validity) meets(e, f edge, self, rings, parts wrong) wrong {
	switch {
	case e.ring == f.ring:
		return self
	case v.rings[e.ring].part == v.rings[f.ring].part:
		return rings
	}
	return parts
}

func (v *validity) shared(e, f edge, from, to orb.Point) {
	if v.full() {
		return
	}
	if p := v.position(e); e.ring == f.ring {
		if v.runs == nil {
			v.runs = map[place]bool{}
		}
		v.runs[place{p.part, p.ring, from}], v.runs[place{p.part, p.ring, to}] = true, true
	}
	if !v.adjacent(e, f) {
		v.report(flaw{v.meets(e, f, runsOnSelf, ringsShare, partsShare), v.position(e), v.position(f), from})
		return
	}
	if f.n-e.n != 1 {
		e, f = f, e
	}
	_, tip := v.ends(e)
	v.report(flaw{spike, v.position(f), v.position(e), tip}) // the later edge begins at the tip
}

func (v *validity) touch(e, f edge, at orb.Point) {
	switch {
	case v.adjacent(e, f):
	case e.ring == f.ring:
		v.once(touchesSelf, e, f, at)
	case v.through(e, f, at):
		v.once(v.meets(e, f, crossesSelf, ringsCross, partsCross), e, f, at)
	case v.rings[e.ring].part == v.rings[f.ring].part:
		if v.fresh(interiorSplit, e, f, at) {
			v.touches = append(v.touches, meeting{[2]int{e.ring, f.ring}, at})
		}
	}
}

// around are the points before and after a point on an edge.
func (v *validity) around(e edge, at orb.Point) (before, after orb.Point) {
	s := &v.rings[e.ring]
	switch at {
	case s.point(e.n):
		return s.point(e.n - 1), s.point(e.n + 1)
	case s.point(e.n + 1):
		return s.point(e.n), s.point(e.n + 2)
	}
	return v.ends(e)
}

// through says whether two rings that meet in a point cross there. Edges that run along each other are another flaw.
func (v *validity) through(e, f edge, at orb.Point) bool {
	a, b := v.around(e, at)
	c, d := v.around(f, at)
	for _, p := range []orb.Point{a, b} {
		for _, q := range []orb.Point{c, d} {
			if turn(at, p, q) == 0 && ahead(at, p, q) {
				return false
			}
		}
	}
	return between(at, a, b, c) != between(at, a, b, d)
}

// ahead says whether two points on one line with a third lie on one side of it.
func ahead(at, p, q orb.Point) bool { return order(at, p) == order(at, q) }

// between says whether the way from a point to q lies to the left of the way to a, before that to b is reached.
func between(at, a, b, q orb.Point) bool {
	switch turn(at, a, b) {
	case 1:
		return turn(at, a, q) > 0 && turn(at, q, b) > 0
	case -1:
		return turn(at, b, q) < 0 || turn(at, q, a) < 0
	}
	return turn(at, a, q) > 0
}

// nest finds holes outside their shell or in each other, and parts in each other; no edges cross.
func (v *validity) nest() {
	for _, part := range v.parts {
		for n, hole := range part[min(1, len(part)):] {
			if !v.in(hole, part[0]) {
				v.pair(holeOutside, hole, part[0])
			}
			for m, other := range part[1:] {
				if m != n && v.in(hole, other) {
					v.pair(holesNested, hole, other)
				}
			}
		}
	}
	for i, part := range v.parts {
		for j, other := range v.parts {
			if i == j || len(part) == 0 || len(other) == 0 || !v.in(part[0], other[0]) {
				continue
			}
			if !slices.ContainsFunc(other[1:], func(hole int) bool { return v.in(part[0], hole) }) {
				v.pair(partsNested, part[0], other[0])
			}
		}
	}
}

func (v *validity) pair(w wrong, ring, other int) {
	v.report(flaw{wrong: w, at: v.position(edge{ring, 0}), with: v.position(edge{other, 0}), point: v.rings[ring].points[0]})
}

// in says whether a ring lies inside another; they may touch and do not cross.
func (v *validity) in(ring, outer int) bool {
	s, o := &v.rings[ring], &v.rings[outer]
	if !o.bound.Contains(s.bound.Min) || !o.bound.Contains(s.bound.Max) {
		return false
	}
	p := s.points[0]
	inside, on := o.holds(p)
	if on < 0 {
		return inside
	}
	from, to := v.around(edge{outer, on}, p)
	if o.turnsLeft() {
		from, to = to, from
	}
	return between(p, from, to, s.points[1])
}

// holds says whether a point lies inside, or on which edge.
func (s *sound) holds(p orb.Point) (inside bool, on int) {
	for n := range s.points {
		a, b := s.points[n], s.point(n+1)
		if a == p {
			return false, n
		}
		if a[1] > p[1] == (b[1] > p[1]) {
			if a[1] == p[1] && b[1] == p[1] && (a[0] < p[0]) == (p[0] < b[0]) && b != p {
				return false, n
			}
			continue
		}
		switch side := turn(a, b, p); {
		case side == 0:
			return false, n
		case side > 0 == (b[1] > a[1]):
			inside = !inside
		}
	}
	return inside, -1
}

// turnsLeft says whether a ring runs counterclockwise.
func (s *sound) turnsLeft() bool {
	least := 0
	for n, p := range s.points {
		if order(p, s.points[least]) < 0 {
			least = n
		}
	}
	return turn(s.point(least-1), s.points[least], s.point(least+1)) > 0
}

// connect finds where rings of a polygon meet so that its inside falls apart: where ring, point, ring, point … comes back to where it began.
func (v *validity) connect() {
	if len(v.touches) < 2 {
		return
	}
	type knot struct {
		ring  int
		point orb.Point
	}
	root := map[knot]knot{}
	find := func(k knot) knot {
		for {
			up, ok := root[k]
			if !ok {
				return k
			}
			k = up
		}
	}
	met := map[knot]bool{}
	for _, m := range v.touches {
		for _, ring := range m.rings {
			if met[knot{ring, m.point}] {
				continue
			}
			met[knot{ring, m.point}] = true
			a, b := find(knot{ring: ring}), find(knot{-1 - v.rings[ring].part, m.point})
			if a == b {
				v.report(flaw{interiorSplit, v.position(edge{m.rings[1], 0}), v.position(edge{m.rings[0], 0}), m.point})
			} else {
				root[a] = b
			}
		}
	}
}
