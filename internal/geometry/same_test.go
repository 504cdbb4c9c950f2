package geometry

import (
	"testing"

	"github.com/paulmach/orb"
)

func TestSame(t *testing.T) {
	t.Parallel()
	//  3 +-----+
	//    | +-+ |   a square with a hole, and a square beside it
	//    | +-+ |
	//  0 +-----+
	shell := orb.Ring{{0, 0}, {3, 0}, {3, 3}, {0, 3}, {0, 0}}
	hole := orb.Ring{{1, 1}, {1, 2}, {2, 2}, {2, 1}, {1, 1}}
	beside := orb.Ring{{5, 0}, {6, 0}, {6, 1}, {5, 1}, {5, 0}}
	stands := orb.MultiPolygon{{shell, hole}, {beside}}
	for name, c := range map[string]struct {
		shape orb.MultiPolygon
		same  bool
	}{
		"itself":          {stands, true},
		"begun elsewhere": {orb.MultiPolygon{{{{3, 3}, {0, 3}, {0, 0}, {3, 0}, {3, 3}}, hole}, {beside}}, true},
		"turned round":    {orb.MultiPolygon{{{{0, 0}, {0, 3}, {3, 3}, {3, 0}, {0, 0}}, {{1, 1}, {2, 1}, {2, 2}, {1, 2}, {1, 1}}}, {beside}}, true},
		"in other order":  {orb.MultiPolygon{{beside}, {shell, hole}}, true},
		"without a hole":  {orb.MultiPolygon{{shell}, {beside}}, false},
		"one vertex more": {orb.MultiPolygon{{{{0, 0}, {1.5, 0}, {3, 0}, {3, 3}, {0, 3}, {0, 0}}, hole}, {beside}}, false},
		"moved":           {orb.MultiPolygon{{{{0, 0}, {3, 0}, {3, 3.0001}, {0, 3}, {0, 0}}, hole}, {beside}}, false},
	} {
		if Same(stands, c.shape) != c.same {
			t.Errorf("%s: not %v", name, c.same)
		}
	}
}
