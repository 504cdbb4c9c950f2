package geometry

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// Points of a line whose coordinates were rounded, a last place beside it: the sign of plain arithmetic is wrong for some, that of turn for none.
func TestTurn(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(53, 106))
	beside := func(x float64) float64 {
		for range r.IntN(4) {
			x = math.Nextafter(x, float64(r.IntN(2))*1000-500)
		}
		return x
	}
	wrongly := 0
	for range 20_000 {
		corner := []orb.Point{{114, 22.65}, {0.5, 0.5}, {-0.1, 0.3}, {5e5, 2.5e6}}[r.IntN(4)]
		far := math.Pow(10, float64(r.IntN(12)-9))
		at := func(u float64) orb.Point { return orb.Point{beside(corner[0] + far*u), beside(corner[1] + far*u*0.75)} }
		a, b, c := at(r.Float64()), at(12*r.Float64()), at(24)
		want := slowTurn(a, b, c)
		for n, got := range []int{turn(a, b, c), turn(b, c, a), -turn(b, a, c), -turn(c, b, a)} {
			if got != want {
				t.Fatalf("%v %v %v: %d in order %d, want %d", a, b, c, got, n, want)
			}
		}
		if sign((a[0]-c[0])*(b[1]-c[1])-(a[1]-c[1])*(b[0]-c[0])) != want {
			wrongly++
		}
	}
	if wrongly == 0 {
		t.Error("the control, plain arithmetic, is never wrong: nothing was tried")
	}
	tiny := math.SmallestNonzeroFloat64
	for _, c := range []struct {
		a, b, c orb.Point
		want    int
	}{
		{orb.Point{0, 0}, orb.Point{tiny, tiny}, orb.Point{tiny, 2 * tiny}, 1},
		{orb.Point{0, 0}, orb.Point{1e-200, 1e-200}, orb.Point{2e-200, 2e-200}, 0},
		{orb.Point{0, 0}, orb.Point{1e-200, 1e-200}, orb.Point{2e-200, 1e-200}, -1},
		{orb.Point{0, 0}, orb.Point{1e150, 1e150}, orb.Point{0, 1e150}, 1},
		{orb.Point{0, 0}, orb.Point{1e200, 1e200}, orb.Point{2e200, 2e200}, 0},
		{orb.Point{0, 0}, orb.Point{1e200, 1e200}, orb.Point{2e200, 1e200}, -1},
		{orb.Point{0, 0}, orb.Point{0, 1}, orb.Point{0, 2}, 0},
	} {
		if got := turn(c.a, c.b, c.c); got != c.want {
			t.Errorf("%v: %d", c, got)
		}
	}
}
