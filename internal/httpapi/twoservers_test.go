package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/land"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// tileOf is the path of the tile over the middle of a feature.
func tileOf(t testing.TB, f saved) string {
	t.Helper()
	g, err := geojson.UnmarshalGeometry(f.Geometry)
	if err != nil {
		t.Fatal(err)
	}
	centre := g.Geometry().Bound().Center()
	return tileOver(centre[0], centre[1], 17)
}

// since waits until something holds, and answers how long that took.
func since(t testing.TB, begun time.Time, what string, holds func() bool) time.Duration {
	t.Helper()
	for !holds() {
		if time.Since(begun) > 10*time.Second {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(begun)
}

// What is written through one server is in the other's list, tile and event stream, in 250 ms by promise.
// The figure is of a machine that does nothing else: `make test-long` holds the median to it, the worst to four times as much.
func TestWritesReachTheOtherServer(t *testing.T) {
	if testing.Short() {
		t.Parallel()
	}
	d := newDatabase(t)
	both := pair(t, d)
	here, there := both[0], both[1]
	stream := there.events(t, "")
	stream.next(t) // ready
	told := make(chan event, 1000)
	go func() {
		for e, ok := stream.maybe(); ok; e, ok = stream.maybe() {
			told <- e
		}
		close(told)
	}()
	took := map[string][]time.Duration{}
	measure := func(what string, d time.Duration) { took[what] = append(took[what], d) }
	for i, shape := range squares(t, d.Psql(t), land.Zones, "", true, scale(5, 30)) {
		// Its tile is asked for before, so that it is in the other server's cache.
		var bound orb.Geometry
		if g, err := geojson.UnmarshalGeometry([]byte(shape)); err == nil {
			bound = g.Geometry()
		}
		centre := bound.Bound().Center()
		path := tileOver(centre[0], centre[1], 17)
		old := there.get(t, path).etag()
		r := here.edit(t, post, itemsOf(land.Zones), drawing(land.Zones, "", shape))
		answered := time.Now()
		if r.status != http.StatusCreated {
			t.Fatalf("write %d: %d %s", i, r.status, r.body)
		}
		code := read[saved](t, r).ID
		measure("list", since(t, answered, "the list of the other server", func() bool {
			return strings.Contains(string(there.get(t, itemsOf(land.Zones)+"?limit=10000").body), `"id":"`+code+`"`)
		}))
		measure("tile", since(t, answered, "the tile of the other server", func() bool { return there.get(t, path).etag() != old }))
		for e := range told {
			if strings.Contains(e.data, `"`+code+`"`) {
				measure("event", time.Since(answered))
				break
			}
			if time.Since(answered) > 10*time.Second {
				t.Fatalf("the stream of the other server is not told of %s", code)
			}
		}
	}
	for what, all := range took {
		slices.Sort(all)
		t.Logf("%s of the other server: %v in the median, %v at worst of %d", what, all[len(all)/2].Round(time.Millisecond), all[len(all)-1].Round(time.Millisecond), len(all))
		if median, worst := all[len(all)/2], all[len(all)-1]; !testing.Short() && (median > within || worst > 4*within) {
			t.Errorf("%s of the other server: %v in the median, %v at worst", what, median, worst)
		}
	}
}

// A server whose listener is killed again and again misses nothing: it goes on from its place in the stream of changes, and tells its readers.
func TestLostListenerCatchesUp(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	both := pair(t, d)
	here, there := both[0], both[1]
	psql := d.Psql(t)
	stream := there.events(t, "")
	stream.next(t)                 // ready
	missing := map[string]string{} // what was written, with the path of its tile
	away, seen := 0, 0
	for i, shape := range squares(t, psql, land.Zones, "", true, scale(6, 30)) {
		if i%2 == 0 {
			must(t, psql, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zhengbei feed' AND datname = current_database()`)
		}
		r := here.edit(t, post, itemsOf(land.Zones), drawing(land.Zones, "", shape))
		if r.status != http.StatusCreated {
			t.Fatalf("%d %s", r.status, r.body)
		}
		f := read[saved](t, r)
		missing[f.ID] = tileOf(t, f)
	}
	fresh := map[string]string{}
	for len(missing) > 0 {
		e := stream.next(t)
		if e.name == "away" {
			away++
		}
		for code, path := range missing {
			if strings.Contains(e.data, `"`+code+`"`) {
				seen++
				fresh[code] = path
				delete(missing, code)
			}
		}
	}
	if away == 0 || seen == 0 {
		t.Errorf("the listener was lost %d times: nothing was tried", away)
	}
	for code, path := range fresh {
		since(t, time.Now(), fmt.Sprintf("%s in the tile of the other server", code), func() bool { return len(there.get(t, path).body) > 0 })
	}
}
