package geometry

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// drawn are the squares of a drawing, 10 m each, as polygons.
func drawn(rows ...string) (polygons []orb.Polygon) {
	for y, row := range rows {
		for x, c := range row {
			if c == '#' {
				polygons = append(polygons, square(float64(x)*10, float64(-y)*10))
			}
		}
	}
	return polygons
}

func square(x, y float64) orb.Polygon {
	x, y = x+500_000, y+2_500_000
	return orb.Polygon{{{x, y}, {x + 10, y}, {x + 10, y + 10}, {x, y + 10}, {x, y}}}
}

func TestDissolve(t *testing.T) {
	for name, c := range map[string]struct {
		rows          []string
		shells, holes int
	}{
		"one":                     {[]string{"#"}, 1, 0},
		"row":                     {[]string{"###"}, 1, 0},
		"ring":                    {[]string{"###", "#.#", "###"}, 1, 1},
		"corner":                  {[]string{"#.", ".#"}, 2, 0},
		"holes meet in a corner":  {[]string{"####", "#.##", "##.#", "####"}, 1, 2},
		"hole meets the outside":  {[]string{"###", "#.#", "##."}, 1, 1},
		"island in the hole":      {[]string{"#####", "#...#", "#.#.#", "#...#", "#####"}, 2, 1},
		"apart":                   {[]string{"#.#"}, 2, 0},
		"checkers":                {[]string{"#.#", ".#.", "#.#"}, 5, 0},
		"island touches its ring": {[]string{"####", "#..#", "#.##", "####"}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			polygons := drawn(c.rows...)
			outline, ok := Dissolve(polygons)
			if !ok {
				t.Fatal("no coverage")
			}
			holes := 0
			for _, p := range outline {
				holes += len(p) - 1
			}
			if len(outline) != c.shells || holes != c.holes {
				t.Errorf("%d shells and %d holes: %v", len(outline), holes, outline)
			}
			if got, want := planar.Area(outline), float64(len(polygons))*100; math.Abs(got-want) > 1e-6 {
				t.Errorf("area %f, want %f", got, want)
			}
		})
	}
}

// Polygons turn either way in the database: it makes no difference.
func TestDissolveTurned(t *testing.T) {
	polygons := drawn("###", "#.#", "###")
	for n := range polygons {
		if n%2 == 0 {
			polygons[n][0].Reverse()
		}
	}
	outline, ok := Dissolve(polygons)
	if !ok || len(outline) != 1 || len(outline[0]) != 2 || math.Abs(planar.Area(outline)-800) > 1e-6 {
		t.Errorf("%v %v", outline, ok)
	}
}

// Sides that are shared and not their corners give parts that share a side, which the database calls invalid; overlaps are seen here.
func TestDissolveRefuses(t *testing.T) {
	for name, polygons := range map[string][]orb.Polygon{
		"the same twice":            {square(0, 0), square(0, 0)},
		"one upon the other's side": {square(0, 0), square(0, 0), square(10, 0)},
	} {
		if outline, ok := Dissolve(polygons); ok {
			t.Errorf("%s: %v", name, outline)
		}
	}
}

// Whatever squares are left of a board, the area stays and every ring is simple.
func TestDissolveRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(4547, 4490))
	for range 500 {
		var rows []string
		squares := 0
		for range 8 {
			row := make([]byte, 8)
			for x := range row {
				if row[x] = '.'; r.IntN(10) < 6 {
					row[x] = '#'
					squares++
				}
			}
			rows = append(rows, string(row))
		}
		outline, ok := Dissolve(drawn(rows...))
		if !ok || math.Abs(planar.Area(outline)-float64(squares)*100) > 1e-6 {
			t.Fatalf("%v: %v\n%v", ok, rows, outline)
		}
		for _, polygon := range outline {
			for _, ring := range polygon {
				seen := map[orb.Point]bool{}
				for _, p := range ring[1:] {
					if seen[p] {
						t.Fatalf("%v touches itself: %v", rows, ring)
					}
					seen[p] = true
				}
			}
		}
	}
}
