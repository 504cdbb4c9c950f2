package geometry

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

// crossings judges the edges of a drawing in one way.
func crossings(shape orb.MultiPolygon, way func(v *validity)) *validity {
	v := &validity{most: mostFaults}
	for part, polygon := range shape {
		v.parts = append(v.parts, nil)
		for n, ring := range polygon {
			v.add(part, n, ring)
		}
	}
	if v.found == nil && len(v.edges) > 0 {
		way(v)
	}
	slices.SortFunc(v.touches, func(a, b meeting) int {
		return cmp.Or(slices.Compare(a.rings[:], b.rings[:]), order(a.point, b.point))
	})
	return v
}

// sameBothWays holds that the sweep finds a flaw where comparing all pairs does, and the same touches where there is none.
func sameBothWays(t *testing.T, shape orb.MultiPolygon) (flawed, touching bool) {
	t.Helper()
	a := crossings(shape, func(v *validity) { v.pairs(1 << 40) })
	b := crossings(shape, func(v *validity) { v.sweep() })
	if (len(a.found) > 0) != (len(b.found) > 0) || len(a.found) == 0 && fmt.Sprint(a.touches) != fmt.Sprint(b.touches) {
		t.Errorf("pairs find %v and touches %v, the sweep %v and %v: %v", a.found, a.touches, b.found, b.touches, shape)
	}
	for _, f := range b.found {
		if len(a.found) < mostFaults && !slices.Contains(a.found, f) && f.wrong != touchesSelf && f.wrong != crossesSelf && f.wrong != ringsCross && f.wrong != partsCross {
			t.Errorf("only the sweep finds %v: %v", f, shape)
		}
	}
	return len(a.found) > 0, len(a.touches) > 0
}

func TestSweep(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1976, 2))
	flawed, touching := 0, 0
	for n := range 5_000 {
		moves := make([]byte, 2+r.IntN(30))
		for i := range moves {
			moves[i] = byte(r.IntN(256))
		}
		if n%2 > 0 {
			moves = append([]byte{130, 0, 63}, moves...)
		}
		f, touch := sameBothWays(t, Board(moves, 0.1, []float64{1, 0.1}[n/2%2]))
		if f {
			flawed++
		} else if touch {
			touching++
		}
	}
	if flawed < 1_000 || touching < 100 {
		t.Errorf("%d drawings are flawed and %d only touch: that is hardly tried", flawed, touching)
	}
}

// FuzzSweep draws shapes of many edges: both ways of comparing them agree.
func FuzzSweep(f *testing.F) {
	f.Add([]byte{130, 0, 63, 130, 9, 18, 130, 18, 27}, byte(0))
	f.Add([]byte{130, 0, 63, 170, 0, 17, 10, 170, 17, 63, 31}, byte(1))
	f.Add([]byte{0, 36, 7, 63, 28, 56, 200, 9, 18, 27}, byte(2))
	f.Fuzz(func(t *testing.T, moves []byte, step byte) {
		if len(moves) < 300 {
			sameBothWays(t, Board(moves, float64(step%3)/10, []float64{1, 0.1, 1. / 3, 1e-7}[step%4]))
		}
	})
}
