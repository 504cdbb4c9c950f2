package cadastre

import (
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/paulmach/orb"
)

func TestStale(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	me, other := land.Actor{Account: "me", Role: land.RoleConsole}, land.Actor{Account: "other", Role: land.RoleConsole}
	edition := func(version int32, change string, by land.Actor, ago time.Duration) land.Edition {
		return land.Edition{Version: version, Change: change, By: by.Account, At: now.Add(-ago)}
	}
	tests := []struct {
		name    string
		base    land.Base
		history []land.Edition // the newest first
		stale   bool
	}{
		{"the present version", land.Base{Versions: []int32{2}, Exact: true}, []land.Edition{edition(2, "changed", other, 0), edition(1, "created", other, 0)}, false},
		{"one of several", land.Base{Versions: []int32{7, 2}, Exact: true}, []land.Edition{edition(2, "changed", other, 0)}, false},
		{"only noded since", land.Base{Versions: []int32{1}, Exact: true}, []land.Edition{edition(3, "noded", other, 0), edition(2, "noded", other, 0), edition(1, "created", other, 0)}, false},
		{"changed since", land.Base{Versions: []int32{1}, Exact: true}, []land.Edition{edition(3, "noded", other, 0), edition(2, "changed", other, 0), edition(1, "created", other, 0)}, true},
		{"never there", land.Base{Versions: []int32{9}, Exact: true}, []land.Edition{edition(1, "created", other, 0)}, true},
		{"tags of others only", land.Base{Exact: true}, []land.Edition{edition(1, "created", other, 0)}, true},
		{"my own, just made, by number", land.Base{Versions: []int32{1}}, []land.Edition{edition(2, "changed", me, time.Second), edition(1, "created", other, time.Hour)}, false},
		{"my own, just made, by tag", land.Base{Versions: []int32{1}, Exact: true}, []land.Edition{edition(2, "changed", me, time.Second), edition(1, "created", other, time.Hour)}, true},
		{"my own, noded since", land.Base{Versions: []int32{1}}, []land.Edition{edition(3, "noded", other, 0), edition(2, "changed", me, time.Second), edition(1, "created", other, time.Hour)}, false},
		{"my own, long ago", land.Base{Versions: []int32{1}}, []land.Edition{edition(2, "changed", me, 61*time.Second), edition(1, "created", other, time.Hour)}, true},
		{"two of my own", land.Base{Versions: []int32{1}}, []land.Edition{edition(3, "changed", me, time.Second), edition(2, "changed", me, time.Second), edition(1, "created", other, time.Hour)}, true},
		{"another's, just made", land.Base{Versions: []int32{1}}, []land.Edition{edition(2, "changed", other, time.Second), edition(1, "created", me, time.Hour)}, true},
		{"retired by me", land.Base{Versions: []int32{1}}, []land.Edition{edition(2, "retired", me, time.Second), edition(1, "created", me, time.Hour)}, true},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := stale("Z-01", c.base, c.history, me, now); (err != nil) != c.stale || err != nil && !fault.Is(err, "feature.stale") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// box is a rectangle in metres.
func box(west, south, east, north float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}}
}

func TestPlanOfASave(t *testing.T) {
	t.Parallel()
	day := func(n int) land.Day { return land.Day{Time: time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC)} }
	since := func(n int) *land.Day { d := day(n); return &d }
	//  10 +----+----+
	//     | a  | n  |     a is drawn anew; n stands beside it, and takes the corner at half its side
	//   0 +----+----+
	//     0   10   20
	target := land.Standing{FID: 1, Code: "Z-01", Version: 3, Since: since(10), Shape: box(0, 0, 10, 10)}
	beside := land.Standing{FID: 2, Code: "Z-02", Version: 1, Since: since(1), Shape: box(10, 0, 20, 10)}
	set := func() land.EditSet {
		return land.EditSet{
			Target: []land.Standing{target}, Around: []land.Standing{beside}, Last: map[int32]int32{1: 3, 2: 4},
			History: []land.Edition{{Version: 3, Change: "changed", By: "x"}},
		}
	}
	drawn := func(s land.EditSet, shape orb.MultiPolygon) land.EditSet {
		s.Drawn = &land.Drawing{Shape: shape, One: true, Hash: "h"}
		return s
	}
	save := Save{Draft: land.Draft{Collection: land.Zones, Code: "Z-01"}, Base: land.Base{Versions: []int32{3}, Exact: true}, Seen: 3, Same: true, From: day(20), Reason: "why"}

	if _, changes, err := save.plan(drawn(set(), box(0, 0, 10, 10)), land.Operator, day(20).Time); err != nil || changes {
		t.Errorf("what stands is no change: %v %v", changes, err)
	}
	r, changes, err := save.plan(drawn(set(), box(0, 0, 10, 5)), land.Operator, day(20).Time)
	if err != nil || !changes || r.Change != "changed" || r.Number != 4 || len(r.Closes) != 2 || len(r.Nodes) != 1 || r.Nodes[0].Number != 5 || r.Nodes[0].FID != 2 {
		t.Errorf("a smaller one: %+v %v %v", r, changes, err)
	}
	behind := save
	behind.Seen = 2
	if _, _, err := behind.plan(drawn(set(), box(0, 0, 10, 5)), land.Operator, day(20).Time); !fault.Is(err, "feature.stale") {
		t.Errorf("a draft made from an earlier version: %v", err)
	}
	back := save
	back.From = day(10)
	if r, _, err := back.plan(drawn(set(), box(0, 0, 9, 9)), land.Operator, day(20).Time); err != nil || r.Change != "corrected" || len(r.Nodes) != 0 {
		t.Errorf("on its first day: %+v %v", r, err)
	}
	back.From = day(5)
	if r, changes, err := back.plan(set(), land.Operator, day(20).Time); err != nil || !changes || r.Change != "corrected" || len(r.Pieces) != 1 || r.Pieces[0].From != day(5) || !r.Pieces[0].Shape.Equal(target.Shape) {
		t.Errorf("only from an earlier day: %+v %v %v", r, changes, err)
	}
	// an attribute that is set right from an earlier day on leaves each day its boundary
	earlier := land.Standing{FID: 1, Code: "Z-01", Version: 2, Since: since(1), Until: since(10), Shape: box(0, 0, 10, 4)}
	two := set()
	two.Target = []land.Standing{earlier, target}
	named := save
	named.Same, named.From = false, day(5)
	if r, changes, err := named.plan(two, land.Operator, day(20).Time); err != nil || !changes || len(r.Closes) != 2 || len(r.Pieces) != 2 ||
		r.Pieces[0].From != day(5) || *r.Pieces[0].Until != day(10) || !r.Pieces[0].Shape.Equal(earlier.Shape) || r.Pieces[1].From != day(10) || r.Pieces[1].Until != nil {
		t.Errorf("over two boundaries: %+v %v %v", r, changes, err)
	}
	// a boundary that a program wrote in its own way is the same
	turned := orb.MultiPolygon{{{{10, 10}, {10, 0}, {0, 0}, {0, 10}, {10, 10}}}}
	if _, changes, err := save.plan(drawn(set(), turned), land.Operator, day(20).Time); err != nil || changes {
		t.Errorf("turned round: %v %v", changes, err)
	}
	fresh := Save{Draft: land.Draft{Collection: land.Zones}, New: true, From: day(20), Reason: "why"}
	s := drawn(set(), box(10, 10, 20, 20))
	s.Target, s.History = nil, nil
	if r, changes, err := fresh.plan(s, land.Operator, day(20).Time); err != nil || !changes || r.Change != "created" || r.Number != 1 || r.FID != 0 || len(r.Nodes) != 0 {
		t.Errorf("a new one: %+v %v %v", r, changes, err)
	}
}
