package geometry

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Grid is the grid in metres that land is kept on (EPSG:4547), and the reach within which a vertex touches.
const Grid = 0.0001

// Node makes features that touch share their vertices, in plane metres on the grid:
//
//  1. a vertex of shapes[0] within reach of another's vertex moves onto it, where it is not shared already; nothing else moves
//  2. every vertex that lies within reach of another's edge, between its ends, becomes a vertex of that edge, in order along it
//  3. so on until nothing changes: a new vertex bends an edge by up to 0.07 mm, and may bring it to a vertex that it did not reach before
//
// No point is made: each point of the result stood in one of the shapes before. Rings keep their way round and their first vertex.
// A ring takes no vertex that it has already, which would make it touch itself, and a shape that noding would make invalid,
// as one with a neck no wider than the reach, is left as it was: the overlap that may remain is for the caller to measure.
// The shapes come back in their order, those that did not change as they were.
func Node(shapes []orb.MultiPolygon) (noded []orb.MultiPolygon, changed []bool) {
	return newNet(shapes).noded(shapes)
}

// Fit is Node where only the first shape is new: the others keep what they have among themselves,
// but for edges that a vertex of the first bends.
func Fit(shapes []orb.MultiPolygon) (noded []orb.MultiPolygon, changed []bool) {
	n := newNet(shapes)
	n.fitting = true
	return n.noded(shapes)
}

func (n *net) noded(shapes []orb.MultiPolygon) (noded []orb.MultiPolygon, changed []bool) {
	n.move()
	n.insert()
	noded, changed = slices.Clone(shapes), make([]bool, len(shapes))
	for i := range shapes {
		if !n.changed[i] {
			continue
		}
		if after := n.shape(i, shapes[i]); Valid(after) || !Valid(shapes[i]) {
			noded[i], changed[i] = after, true
		}
	}
	return noded, changed
}

// Bends are the edges of others that fitting the first shape would bend, whole as they are before: what lies along them has to be noded too.
func Bends(shape orb.MultiPolygon, others []orb.MultiPolygon) []orb.LineString {
	n := newNet(append([]orb.MultiPolygon{shape}, others...))
	n.fitting = true
	n.move()
	whole := make(map[int]orb.LineString, len(n.edges))
	for _, e := range n.edges {
		whole[e.root] = orb.LineString{n.points[e.point].at, n.points[n.edges[e.next].point].at}
	}
	n.insert()
	var bent []orb.LineString
	for root := range n.edges[:len(whole)] {
		if n.bent[root] && n.rings[n.edges[root].ring].shape > 0 {
			bent = append(bent, whole[root])
		}
	}
	return bent
}

// net is the shapes as rings of edges between numbered points, so that a shared vertex is one number.
type net struct {
	points  []netPoint
	rings   []netRing
	edges   []netEdge
	number  map[[2]int64]int // of the point at a node of the grid
	corner  [2]int64         // of the grid, from which x and y count
	bent    map[int]bool     // roots that left their line
	changed []bool           // by shape
	fitting bool             // only the first shape is new
}

type netPoint struct {
	at    orb.Point // as it stands in the shape that brought it
	x, y  float64   // whole numbers of Grid from the corner
	rings []int     // that have it as a vertex
}

type netRing struct {
	shape, part, place int
	first              int // the edge that it begins with
}

// netEdge runs from its point to that of the next edge.
type netEdge struct {
	point, before, next int
	ring                int
	root                int // the edge of the shape as it came that this is a part of
}

func node(p orb.Point) [2]int64 {
	return [2]int64{int64(math.Round(p[0] / Grid)), int64(math.Round(p[1] / Grid))}
}

func newNet(shapes []orb.MultiPolygon) *net {
	vertices := 0
	for _, parts := range shapes {
		for _, polygon := range parts {
			for _, ring := range polygon {
				vertices += len(ring)
			}
		}
	}
	n := &net{
		points: make([]netPoint, 0, vertices), edges: make([]netEdge, 0, vertices), number: make(map[[2]int64]int, vertices),
		bent: map[int]bool{}, changed: make([]bool, len(shapes)),
	}
	for shape, parts := range shapes {
		for part, polygon := range parts {
			for place, ring := range polygon {
				n.add(netRing{shape: shape, part: part, place: place}, ring)
			}
		}
	}
	return n
}

func (n *net) add(r netRing, ring orb.Ring) {
	r.first = len(n.edges)
	number := len(n.rings)
	for _, at := range ring {
		point := n.point(at)
		if last := len(n.edges) - 1; last >= r.first && n.edges[last].point == point {
			continue
		}
		n.edges = append(n.edges, netEdge{point: point, before: len(n.edges) - 1, next: len(n.edges) + 1, ring: number, root: len(n.edges)})
	}
	if last := len(n.edges) - 1; last > r.first && n.edges[last].point == n.edges[r.first].point {
		n.edges = n.edges[:last] // the closing position
	}
	if len(n.edges) == r.first {
		return
	}
	n.edges[len(n.edges)-1].next, n.edges[r.first].before = r.first, len(n.edges)-1
	n.rings = append(n.rings, r)
	for _, e := range n.edges[r.first:] {
		n.points[e.point].rings = append(n.points[e.point].rings, number)
	}
}

func (n *net) point(at orb.Point) int {
	k := node(at)
	if len(n.points) == 0 {
		n.corner = k
	}
	number, ok := n.number[k]
	if !ok {
		number = len(n.points)
		n.number[k] = number
		n.points = append(n.points, netPoint{at: at, x: float64(k[0] - n.corner[0]), y: float64(k[1] - n.corner[1])})
	}
	return number
}

// elsewhere says whether a shape other than this one has the point.
func (n *net) elsewhere(point, shape int) bool {
	return slices.ContainsFunc(n.points[point].rings, func(r int) bool { return n.rings[r].shape != shape })
}

// ofFirst says whether the first shape has the point.
func (n *net) ofFirst(point int) bool {
	return slices.ContainsFunc(n.points[point].rings, func(r int) bool { return n.rings[r].shape == 0 })
}

// move brings each vertex of the first shape onto the vertex of another that lies one step of the grid away.
func (n *net) move() {
	for r, ring := range n.rings {
		if ring.shape > 0 {
			break
		}
		for e, again := ring.first, false; !again; again = e == ring.first {
			if to, ok := n.beside(n.edges[e].point); ok && !slices.Contains(n.points[to].rings, r) {
				from := n.edges[e].point
				n.edges[e].point = to
				n.points[to].rings = append(n.points[to].rings, r)
				n.points[from].rings = slices.DeleteFunc(n.points[from].rings, func(other int) bool { return other == r })
				n.changed[0] = true
			}
			e = n.edges[e].next
		}
	}
}

// beside is the point of another shape next to one that the first shape has alone.
func (n *net) beside(point int) (int, bool) {
	if n.elsewhere(point, 0) {
		return 0, false
	}
	k := node(n.points[point].at)
	for _, step := range [][2]int64{{-1, 0}, {0, -1}, {0, 1}, {1, 0}} {
		if to, ok := n.number[[2]int64{k[0] + step[0], k[1] + step[1]}]; ok && n.elsewhere(to, 0) {
			return to, true
		}
	}
	return 0, false
}

// insert puts vertices into the edges that they lie on, until none is left.
func (n *net) insert() {
	boxes := make([]orb.Bound, len(n.points))
	for i, p := range n.points {
		boxes[i] = orb.Bound{Min: orb.Point{p.x, p.y}, Max: orb.Point{p.x, p.y}}
	}
	points := newIndex(boxes)
	for again := true; again; { // a shape that took a vertex may bring it near another's edge as its own
		again = false
		todo := make([]int, len(n.edges))
		for e := range n.edges {
			todo[e] = e
		}
		for len(todo) > 0 {
			first := len(n.edges)
			var next []int
			for _, e := range todo {
				if n.divide(e, n.along(points, e)) {
					next, again = append(next, e), true
				}
			}
			for e := first; e < len(n.edges); e++ {
				next = append(next, e)
			}
			todo = next
		}
	}
}

// touch is a point on an edge: how far along it, and how far to its left, times the edge's length.
type touch struct {
	point     int
	far, left float64
}

// along finds the points of other shapes within reach of an edge that its ring does not have, in order along it.
func (n *net) along(points *index, e int) (touches []touch) {
	edge, s := n.edges[e], n.segment(e)
	before, after := n.segment(edge.before), n.segment(edge.next)
	box := orb.Bound{Min: orb.Point{min(s.ax, s.bx) - 1, min(s.ay, s.by) - 1}, Max: orb.Point{max(s.ax, s.bx) + 1, max(s.ay, s.by) + 1}}
	points.search(box, s.reaches, func(point int) bool {
		p := &n.points[point]
		far, left := s.place(p.x, p.y)
		if far <= 0 || far >= s.square() || left*left > s.square() ||
			slices.Contains(p.rings, edge.ring) || !n.elsewhere(point, n.rings[edge.ring].shape) {
			return true
		}
		if n.fitting && n.rings[edge.ring].shape > 0 && !n.bent[edge.root] && !n.ofFirst(point) {
			return true
		}
		if square := left * left / s.square(); before.nearer(p.x, p.y, square) || after.nearer(p.x, p.y, square) {
			return true // it lies on that edge rather: here it would leave a spike
		}
		touches = append(touches, touch{point, far, left})
		return true
	})
	slices.SortFunc(touches, func(a, b touch) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.left, b.left))
	})
	return touches
}

func (n *net) segment(e int) segment {
	a, b := n.points[n.edges[e].point], n.points[n.edges[n.edges[e].next].point]
	return segment{a.x, a.y, b.x, b.y}
}

func (n *net) divide(e int, touches []touch) bool {
	if len(touches) == 0 {
		return false
	}
	edge, end := n.edges[e], n.edges[e].next
	last := e
	for _, t := range touches {
		n.edges = append(n.edges, netEdge{point: t.point, before: last, ring: edge.ring, root: edge.root})
		n.edges[last].next = len(n.edges) - 1
		last = len(n.edges) - 1
		n.points[t.point].rings = append(n.points[t.point].rings, edge.ring)
		if t.left != 0 {
			n.bent[edge.root] = true
		}
	}
	n.edges[last].next, n.edges[end].before = end, last
	n.changed[n.rings[edge.ring].shape] = true
	return true
}

// shape writes a shape anew.
func (n *net) shape(number int, before orb.MultiPolygon) orb.MultiPolygon {
	after := make(orb.MultiPolygon, len(before))
	for part, polygon := range before {
		after[part] = slices.Clone(polygon)
	}
	for _, r := range n.rings {
		if r.shape != number {
			continue
		}
		var ring orb.Ring
		for e, again := r.first, false; !again; again = e == r.first {
			ring = append(ring, n.points[n.edges[e].point].at)
			e = n.edges[e].next
		}
		after[r.part][r.place] = append(ring, ring[0])
	}
	return after
}

// segment is an edge in steps of the grid.
type segment struct{ ax, ay, bx, by float64 }

func (s segment) square() float64 {
	dx, dy := s.bx-s.ax, s.by-s.ay
	return dx*dx + dy*dy
}

// place of a point: how far along and how far to the left, both times the length.
func (s segment) place(x, y float64) (far, left float64) {
	dx, dy := s.bx-s.ax, s.by-s.ay
	return (x-s.ax)*dx + (y-s.ay)*dy, dx*(y-s.ay) - dy*(x-s.ax)
}

// nearer says whether a point lies nearer to the inside of the segment than a distance, given squared.
func (s segment) nearer(x, y, square float64) bool {
	far, left := s.place(x, y)
	return far > 0 && far < s.square() && left*left < square*s.square()
}

// reaches says whether a box that meets the segment's may hold points within one step of the segment.
func (s segment) reaches(b *orb.Bound) bool {
	_, left := s.place((b.Min[0]+b.Max[0])/2, (b.Min[1]+b.Max[1])/2)
	wide, high := (b.Max[0]-b.Min[0])/2+1, (b.Max[1]-b.Min[1])/2+1
	return math.Abs(left) <= wide*math.Abs(s.by-s.ay)+high*math.Abs(s.bx-s.ax)
}
