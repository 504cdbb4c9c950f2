package geometry

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// steps is a polygon whose corners are given in steps of the grid, x and y by turns.
func steps(xy ...float64) orb.MultiPolygon {
	var ring orb.Ring
	for i := 0; i < len(xy); i += 2 {
		ring = append(ring, onGrid(orb.Point{500_000 + xy[i]*Grid, 2_500_000 + xy[i+1]*Grid}))
	}
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

// onGrid is the point of the grid next to a point, as the database rounds.
func onGrid(p orb.Point) orb.Point {
	return orb.Point{math.Round(p[0]/Grid) * Grid, math.Round(p[1]/Grid) * Grid}
}

func TestNode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		in, out []orb.MultiPolygon
		bent    int
	}{
		{
			//  9 +---+---+
			//    | 0 |   |   the corner of 0 stands on the side of 2 below it
			//  5 +---+---+
			//    |   2   |
			//  0 +-------+
			//    0   4   9
			name: "corners on a straight side",
			in:   []orb.MultiPolygon{steps(0, 50, 40, 50, 40, 90, 0, 90), steps(40, 50, 90, 50, 90, 90, 40, 90), steps(0, 0, 90, 0, 90, 50, 0, 50)},
			out:  []orb.MultiPolygon{steps(0, 50, 40, 50, 40, 90, 0, 90), steps(40, 50, 90, 50, 90, 90, 40, 90), steps(0, 0, 90, 0, 90, 50, 40, 50, 0, 50)},
		},
		{
			// The corner 40, 21 of 0 was rounded off the slope of 1, 0.7 steps away: the slope takes it.
			name: "corner rounded off a slope",
			in:   []orb.MultiPolygon{steps(40, 21, 60, 60, 20, 60), steps(0, 0, 100, 50, 100, 0)},
			out:  []orb.MultiPolygon{steps(40, 21, 60, 60, 20, 60), steps(0, 0, 40, 21, 100, 50, 100, 0)},
			bent: 1,
		},
		{
			name: "two steps away is apart",
			in:   []orb.MultiPolygon{steps(50, 2, 60, 60, 20, 60), steps(0, 0, 100, 0, 100, -50)},
			out:  []orb.MultiPolygon{steps(50, 2, 60, 60, 20, 60), steps(0, 0, 100, 0, 100, -50)},
		},
		{
			// 1 stays: only the first shape was drawn anew.
			name: "a corner moves onto its neighbour's",
			in:   []orb.MultiPolygon{steps(1, 0, 50, 0, 50, 50), steps(0, 0, -50, 0, -50, 50)},
			out:  []orb.MultiPolygon{steps(0, 0, 50, 0, 50, 50), steps(0, 0, -50, 0, -50, 50)},
		},
		{
			name: "a corner that is shared stays",
			in:   []orb.MultiPolygon{steps(1, 0, 50, 0, 50, 50), steps(0, 0, -50, 0, -50, 50), steps(1, 0, 1, -50, 50, -50)},
			out:  []orb.MultiPolygon{steps(1, 0, 50, 0, 50, 50), steps(0, 0, -50, 0, -50, 50), steps(1, 0, 1, -50, 50, -50)},
		},
		{
			//    2  .  1      from left to right along the side, whatever the order of the shapes
			//  0 +------+
			name: "several on one side",
			in:   []orb.MultiPolygon{steps(0, 0, 90, 0, 90, -50), steps(60, 0, 80, 50, 50, 50), steps(30, 1, 40, 50, 20, 50), steps(60, 0, 50, 50, 40, 50)},
			out:  []orb.MultiPolygon{steps(0, 0, 30, 1, 60, 0, 90, 0, 90, -50), steps(60, 0, 80, 50, 50, 50), steps(30, 1, 40, 50, 20, 50), steps(60, 0, 50, 50, 40, 50)},
		},
		{
			// 2 stands 1.3 steps under the slope of 1, out of reach, until 0 bends the slope by 0.9.
			name: "a bent side reaches further",
			in:   []orb.MultiPolygon{steps(500, 249, 480, 90, 520, 90), steps(0, 0, 1000, 500, 1000, 900), steps(497, 247, 400, 0, 450, 0)},
			out:  []orb.MultiPolygon{steps(500, 249, 480, 90, 520, 90), steps(0, 0, 497, 247, 500, 249, 1000, 500, 1000, 900), steps(497, 247, 400, 0, 450, 0)},
			bent: 1,
		},
		{
			// 50, 1 is on the other side of the neck already.
			name: "a ring takes no vertex twice",
			in:   []orb.MultiPolygon{steps(50, 1, 40, 50, 60, 50), steps(0, 0, 100, 0, 100, 90, 50, 1, 0, 90)},
			out:  []orb.MultiPolygon{steps(50, 1, 40, 50, 60, 50), steps(0, 0, 100, 0, 100, 90, 50, 1, 0, 90)},
		},
		{
			//     0  2,1    near the corner 0,0 of 1 both sides are in reach: the nearer takes it, else the corner were a spike
			name: "at a corner",
			in:   []orb.MultiPolygon{steps(1, 1, -9, 5, -9, 9), steps(0, 0, 90, 90, 0, 90), steps(-9, 5, -9, -9, -50, 0)},
			out:  []orb.MultiPolygon{steps(1, 1, -9, 5, -9, 9), steps(0, 0, 1, 1, 90, 90, 0, 90), steps(-9, 5, -9, -9, -50, 0)},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before := fmt.Sprint(tt.in)
			out, changed := Node(tt.in)
			for i := range tt.in {
				if fmt.Sprint(out[i]) != fmt.Sprint(tt.out[i]) {
					t.Errorf("shape %d:\n got %v\nwant %v", i, inSteps(out[i]), inSteps(tt.out[i]))
				}
				if want := fmt.Sprint(tt.in[i]) != fmt.Sprint(tt.out[i]); changed[i] != want {
					t.Errorf("shape %d: changed is %v", i, changed[i])
				}
			}
			if got := Bends(tt.in[0], tt.in[1:]); len(got) != tt.bent {
				t.Errorf("bends %v", got)
			}
			if fmt.Sprint(tt.in) != before {
				t.Error("the shapes that were handed in changed")
			}
			if again, _ := Node(out); fmt.Sprint(again) != fmt.Sprint(out) {
				t.Errorf("noding twice changes: %v", again)
			}
		})
	}
}

func inSteps(shape orb.MultiPolygon) (xy []int64) {
	for _, p := range shape[0][0] {
		k := node(p)
		xy = append(xy, k[0]-5_000_000_000, k[1]-25_000_000_000)
	}
	return xy
}

// Holes, parts, the way round and the first vertex stay.
func TestNodeKeepsRings(t *testing.T) {
	t.Parallel()
	//  9 +--------+
	//    | 6 +--+ |   the hole's island touches its side in the middle
	//    | 3 +--+ |
	//  0 +--------+
	hole := steps(30, 30, 60, 30, 60, 60, 30, 60)[0][0]
	shape := orb.MultiPolygon{{steps(90, 90, 0, 90, 0, 0, 90, 0)[0][0], hole}, steps(200, 0, 300, 0, 300, 50)[0]}
	island := steps(45, 60, 40, 40, 50, 40)
	out, changed := Node([]orb.MultiPolygon{island, shape})
	want := orb.MultiPolygon{shape[0], shape[1]}
	want[0] = orb.Polygon{shape[0][0], steps(30, 30, 60, 30, 60, 60, 45, 60, 30, 60)[0][0]}
	if changed[0] || !changed[1] || fmt.Sprint(out[1]) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", out[1], want)
	}
}

// What would make two parts run along each other is not put in.
func TestNodeKeepsShapesValid(t *testing.T) {
	t.Parallel()
	//  90 +---------+
	//   1 +---------+   the two parts of 1 lie one step apart,
	//   0 +----*-*--+   and the corners of 0 within reach of both
	// -90 +---------+
	parts := orb.MultiPolygon{steps(0, 1, 1000, 2, 1000, 90, 0, 90)[0], steps(0, -90, 1000, -90, 1000, 1, 0, 0)[0]}
	noded, changed := Node([]orb.MultiPolygon{steps(400, 1, 600, 1, 500, -90), parts})
	if changed[1] || !orb.Equal(noded[1], parts) {
		t.Errorf("noded to %v", noded[1])
	}
	if noded, changed = Node([]orb.MultiPolygon{steps(400, 1, 600, -20, 500, -90), parts}); !changed[1] || !Valid(noded[1]) {
		t.Errorf("the control, with one corner: noded to %v", noded[1])
	}
}

// FuzzNode draws shapes that nearly touch: valid ones stay valid, no point is made, areas stay within the reach, and twice is as once where no shape had to be left as it was.
func FuzzNode(f *testing.F) {
	f.Add([]byte{130, 0, 63}, []byte{130, 7, 56}, []byte{0, 7, 63}, byte(9), byte(1))
	f.Add([]byte{0, 7, 63, 56}, []byte{0, 28, 7, 200, 170, 1, 2, 10}, []byte{9, 18, 27, 36}, byte(0), byte(3))
	f.Fuzz(func(t *testing.T, a, b, c []byte, tilt, step byte) {
		var shapes []orb.MultiPolygon
		stood := map[[2]int64]bool{}
		for _, moves := range [][]byte{a, b, c} {
			if len(moves) > 100 {
				return
			}
			shape := Board(moves, 0, float64(1+step%40))
			for _, polygon := range shape {
				for _, ring := range polygon {
					for i, p := range ring {
						ring[i] = onGrid(orb.Point{500_000 + Grid*(p[0]*8+p[1]*float64(tilt%5)), 2_500_000 + Grid*(p[1]*8-p[0]*float64(tilt/5%5))})
						stood[node(ring[i])] = true
					}
				}
			}
			if len(shape) == 0 {
				return
			}
			shapes = append(shapes, shape)
		}
		for i := range shapes { // a step beside the others
			if i > 0 && tilt > 127 {
				for _, polygon := range shapes[i] {
					for _, ring := range polygon {
						for n := range ring {
							ring[n] = onGrid(orb.Point{ring[n][0] + Grid*float64(i), ring[n][1] - Grid})
							stood[node(ring[n])] = true
						}
					}
				}
			}
			if !Valid(shapes[i]) {
				return
			}
		}
		for name, way := range map[string]func([]orb.MultiPolygon) ([]orb.MultiPolygon, []bool){"Node": Node, "Fit": Fit} {
			n := newNet(shapes)
			n.fitting = name == "Fit"
			noded, changed := n.noded(shapes)
			kept := !slices.Equal(n.changed, changed) // a shape that would become invalid, as a needle thinner than the reach: it may take part of it later
			for i, shape := range noded {
				if !Valid(shape) {
					t.Errorf("%s: %v became %v", name, shapes[i], shape)
				}
				if same := orb.Equal(shape, shapes[i]); same == changed[i] {
					t.Errorf("%s: changed is %v: %v became %v", name, changed[i], shapes[i], shape)
				}
				long := 0.0
				for _, polygon := range shape {
					for _, ring := range polygon {
						for n, p := range ring {
							if !stood[node(p)] {
								t.Errorf("%s: %v was made", name, p)
							}
							if n > 0 {
								long += math.Hypot(p[0]-ring[n-1][0], p[1]-ring[n-1][1])
							}
						}
					}
				}
				if moved := math.Abs(planar.Area(shape) - planar.Area(shapes[i])); moved > 2*Grid*long+1e-9 {
					t.Errorf("%s: the area moved by %g: %v became %v", name, moved, shapes[i], shape)
				}
			}
			if again, _ := way(noded); !kept && !reflect.DeepEqual(again, noded) {
				t.Errorf("%s: twice is not as once: %v became %v and %v", name, shapes, noded, again)
			}
		}
	})
}

// split cuts a face from side to side at random; the ends of the cut are rounded to the grid.
func split(r *rand.Rand, face orb.Ring, least float64) (a, b orb.Ring, ok bool) {
	sides := len(face) - 1
	i, j := r.IntN(sides), r.IntN(sides)
	if i > j {
		i, j = j, i
	}
	if i == j {
		return nil, nil, false
	}
	on := func(n int) orb.Point {
		t := 0.2 + 0.6*r.Float64()
		return onGrid(orb.Point{face[n][0] + t*(face[n+1][0]-face[n][0]), face[n][1] + t*(face[n+1][1]-face[n][1])})
	}
	from, to := on(i), on(j)
	a = append(append(orb.Ring{from}, face[i+1:j+1]...), to, from)
	b = append(append(slices.Clone(face[:i+1]), from, to), face[j+1:]...)
	return a, b, twice(a) > least && twice(b) > least
}

// twice the area of a ring in steps of the grid, exactly.
func twice(ring orb.Ring) float64 {
	var sum int64
	first := node(ring[0])
	for i := 1; i < len(ring); i++ {
		a, b := node(ring[i-1]), node(ring[i])
		sum += (a[0]-first[0])*(b[1]-first[1]) - (a[1]-first[1])*(b[0]-first[0])
	}
	return float64(sum)
}

// unmatched counts the sides that no neighbour runs the other way exactly once, and the doubled area that faces lack or have twice.
func unmatched(faces []orb.MultiPolygon, whole orb.Ring) (sides int, area float64) {
	type way struct{ from, to [2]int64 }
	ways := map[way]int{}
	area = -twice(whole)
	for _, face := range faces {
		area += twice(face[0][0])
		for i := 1; i < len(face[0][0]); i++ {
			ways[way{node(face[0][0][i-1]), node(face[0][0][i])}]++
		}
	}
	low, high := node(whole.Bound().Min), node(whole.Bound().Max)
	for w, n := range ways {
		outer := w.from[0] == w.to[0] && (w.from[0] == low[0] || w.from[0] == high[0]) || w.from[1] == w.to[1] && (w.from[1] == low[1] || w.from[1] == high[1])
		if n != 1 || !outer && ways[way{w.to, w.from}] != 1 {
			sides++
		}
	}
	return sides, area
}

// 200 cuts of a square whose ends were rounded: with noding all sides are shared and the faces are the square exactly; without, they are not.
func TestNodeKeepsACoverage(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		for _, noding := range []bool{true, false} {
			r := rand.New(rand.NewPCG(seed, 4547))
			whole := steps(0, 0, 1e7, 0, 1e7, 1e7, 0, 1e7)[0][0] // 1 km
			faces := []orb.MultiPolygon{{{whole}}}
			var most float64
			for cuts := 0; cuts < 200; {
				n := r.IntN(len(faces))
				a, b, ok := split(r, faces[n][0][0], 2*100/Grid/Grid)
				if !ok {
					continue
				}
				cuts++
				faces[n] = orb.MultiPolygon{{b}}
				faces = slices.Insert(faces, 0, orb.MultiPolygon{{a}})
				if !noding {
					continue
				}
				noded, changed := Node(faces)
				for i := range faces {
					moved := math.Abs(twice(noded[i][0][0])-twice(faces[i][0][0])) / 2 * Grid * Grid
					most = max(most, moved)
					if changed[i] == (len(noded[i][0][0]) == len(faces[i][0][0])) {
						t.Errorf("face %d: changed is %v", i, changed[i])
					}
				}
				faces = noded
			}
			sides, area := unmatched(faces, whole)
			if noding && (sides > 0 || area != 0 || most > 0.05) {
				t.Errorf("seed %d: %d sides are not shared, %g steps of area too much, a face moved by %g m2", seed, sides, area, most)
			}
			if !noding && (sides == 0 || area == 0) {
				t.Errorf("seed %d: the control without noding shares all sides too", seed)
			}
		}
	}
}

// wheel is a polygon with n vertices about 100 m around a centre, in metres.
func wheel(n int, x, y float64) orb.MultiPolygon {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		far := 100 * (1 + 0.1*math.Sin(float64(i)))
		ring = append(ring, onGrid(orb.Point{500_000 + x + far*cos, 2_500_000 + y + far*sin}))
	}
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

func BenchmarkNode(b *testing.B) {
	for _, n := range []int{200, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			shapes := []orb.MultiPolygon{wheel(n, 0, 0)}
			for i := range 6 { // neighbours that overlap a little have more to compare than ones that touch
				sin, cos := math.Sincos(math.Pi / 3 * float64(i))
				shapes = append(shapes, wheel(n/6, 200*cos, 200*sin))
			}
			for b.Loop() {
				Node(shapes)
			}
		})
	}
}

// What the others have among themselves stays as it is where the first shape does not reach it.
func TestFit(t *testing.T) {
	t.Parallel()
	//  2 +-----+-----+
	//    |  b  |  c  |   c's corner lies on the side of d, and d has no vertex there: that is theirs
	//  1 +--+--+-----+
	//    |a |    d       a's corner lies on the side of b: b takes it
	//  0 +--+----------+
	//    0  1  2     4
	box := func(west, south, east, north float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}}
	}
	shapes := []orb.MultiPolygon{box(0, 0, 1, 1), box(0, 1, 2, 2), box(2, 1, 4, 2), box(1, 0, 5, 1)}
	noded, changed := Fit(shapes)
	if want := []bool{false, true, false, false}; !slices.Equal(changed, want) {
		t.Errorf("changed %v, want %v", changed, want)
	}
	if !slices.Contains(noded[1][0][0], orb.Point{1, 1}) {
		t.Errorf("b has no vertex where a has its corner: %v", noded[1])
	}
	// A corner of c that the fitted shape takes is the fitted shape's own, so that b takes it too.
	if again, _ := Fit(noded); !reflect.DeepEqual(again, noded) {
		t.Errorf("twice is not as once: %v", again)
	}
	if _, changed := Node(shapes); !changed[3] {
		t.Error("the control: noding all with all gives d the corners of b and c")
	}
}
