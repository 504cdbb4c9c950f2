package httpapi

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/tile"
)

// scale is small in `make test` and long in `make test-long`.
func scale(small, long int) int {
	if testing.Short() {
		return small
	}
	return long
}

// statement is what somebody wrote into the history of one parcel, for the oracle to replay.
type statement struct {
	at      time.Time // when it was known
	kind    string    // correct, change or retire
	day     string
	version int32
}

// versionOn replays a history day by day: which version held on a day, as known at an instant; 0 for none.
// It shares nothing with the SQL: no ranges, no closing, only the order of what was said.
func versionOn(history []statement, day string, known time.Time) int32 {
	type piece struct {
		from    string
		version int32 // 0: retired
	}
	chain := []piece{{"2021-06-01", 1}}
	for _, w := range history {
		if w.at.After(known) {
			break
		}
		last := &chain[len(chain)-1]
		switch w.kind {
		case "correct":
			last.version = w.version
		case "change":
			chain = append(chain, piece{w.day, w.version})
		case "retire":
			chain = append(chain, piece{w.day, 0})
		}
	}
	var v int32
	for _, p := range chain {
		if p.from <= day {
			v = p.version
		}
	}
	return v
}

// Any day, as known at any instant, is what a replay of the writing says.
func TestTwoClocksAgainstReplay(t *testing.T) {
	t.Parallel()
	s := newService(t)
	psql := s.Psql(t)
	random := rand.New(rand.NewPCG(4547, 38)) //nolint:gosec // a fixed seed, so that a failure can be repeated
	codes := []string{"P-01", "P-02", "P-03", "P-04", "P-05"}
	histories := map[string][]statement{}
	instants := []time.Time{time.Now()}
	for _, code := range codes {
		day := time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC)
		version := int32(1)
		for range scale(6, 30) {
			w := statement{kind: []string{"correct", "change", "change", "retire"}[random.IntN(4)]}
			if w.kind == "retire" && random.IntN(3) > 0 {
				w.kind = "change"
			}
			switch w.kind {
			case "correct":
				correctLast(t, psql, code)
			default:
				day = day.AddDate(0, 0, 1+random.IntN(60))
				w.day = day.Format(time.DateOnly)
				endLast(t, psql, code, w.day, w.kind == "change")
			}
			if w.kind != "retire" {
				version++
				w.version = version
			}
			if err := psql.QueryRow(t.Context(), "SELECT clock_timestamp()").Scan(&w.at); err != nil {
				t.Fatal(err)
			}
			histories[code] = append(histories[code], w)
			instants = append(instants, w.at)
			if w.kind == "retire" {
				break
			}
		}
	}
	for range scale(150, 3000) {
		known := instants[random.IntN(len(instants))]
		day := time.Date(2021, 5, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, random.IntN(700)).Format(time.DateOnly)
		got := read[collectionAnswer](t, s.get(t, "/ogc/collections/parcels/items?at="+day+"&known="+url.QueryEscape(known.Format(time.RFC3339Nano))))
		held := map[string]int32{}
		for _, f := range got.Features {
			held[f.ID] = f.Properties.Version
		}
		for _, code := range codes {
			if want := versionOn(histories[code], day, known); held[code] != want {
				t.Fatalf("%s on %s as known at %s: version %d, a replay says %d\n%+v", code, day, known, held[code], want, histories[code])
			}
		}
	}
}

// However many write in psql and however many look, every tile in the cache ends as the database has it.
func TestTilesStayExact(t *testing.T) {
	t.Parallel()
	s := newService(t)
	var stop atomic.Bool
	var all sync.WaitGroup
	for w := range 4 {
		psql := s.Psql(t)
		all.Go(func() {
			for !stop.Load() {
				correct(t, psql, fmt.Sprintf("P-%02d", 1+w))
				time.Sleep(time.Duration(5+w*7) * time.Millisecond)
			}
		})
	}
	var paths []string
	for z := 9; z <= 16; z++ {
		for _, at := range [][2]float64{{114.058, 22.713}, {114.022, 22.692}, {114.029, 22.759}, {114.019, 22.745}, {114.095, 22.718}} {
			paths = append(paths, tileOver(at[0], at[1], z))
		}
	}
	for r := range 8 {
		all.Go(func() {
			for i := r; !stop.Load(); i++ {
				if reply := s.get(t, paths[i%len(paths)], "Accept-Encoding", "gzip"); reply.status != http.StatusOK {
					t.Errorf("%s: %d %s", paths[i%len(paths)], reply.status, reply.body)
					return
				}
			}
		})
	}
	time.Sleep(time.Duration(scale(2, 60)) * time.Second)
	stop.Store(true)
	all.Wait()
	time.Sleep(4 * within) // the promise, on a machine that is busy with this test
	clock := land.On(land.DayOf(time.Now()))
	for _, path := range paths {
		var id tile.ID
		if _, err := fmt.Sscanf(strings.TrimSuffix(path, ".mvt"), "/tiles/%d/%d/%d", &id.Z, &id.X, &id.Y); err != nil {
			t.Fatal(err)
		}
		want, err := s.db.Tile(t.Context(), id.Z, id.X, id.Y, clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.get(t, path); !bytes.Equal(got.body, want) {
			t.Errorf("%s is not what the database has", path)
		}
	}
	if hits, misses, _, _, _ := s.api.tiles.Stats(); hits == 0 || misses < int64(len(paths)) {
		t.Errorf("%d hits, %d misses: nothing was tried", hits, misses)
	}
}
