package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// sixteen is how many save at the same instant.
const sixteen = 16

// wide is an extent with room around everything that is mapped.
var wide = land.Box{113.5, 22.3, 114.7, 23.1}

// pair is two services on one database: sixteen writers find more connections there, and no lock of one process alone helps.
func pair(t testing.TB, d storetest.Database) [2]*service {
	t.Helper()
	set := func(a *api) { a.extent = &wide }
	return [2]*service{serve(t, d, set), serve(t, d, set)}
}

// together lets n do something at the same instant, and waits for all.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() { <-start; do(i) })
	}
	close(start)
	all.Wait()
}

// squares are n free squares of 20 m, 10 m apart, as GeoJSON: between the things of a layer as they lie today, or far outside all of them.
// Those of plots lie in a parcel.
func squares(t testing.TB, psql *pgx.Conn, collection land.Collection, parcel string, outside bool, n int) []string {
	t.Helper()
	rows, err := psql.Query(t.Context(), `
		WITH reach AS (
		    SELECT CASE WHEN $3 THEN ST_MakeEnvelope(525000, 2520000, 526500, 2521500, 4547) ELSE (
		               SELECT ST_SetSRID(ST_Extent(v.shape)::geometry, 4547) FROM feature_version v JOIN feature f USING (fid)
		               WHERE upper_inf(v.known) AND CASE WHEN $2 = '' THEN v.collection = $1 ELSE f.code = $2 END) END AS box)
		SELECT ST_AsGeoJSON(ST_Transform(s.square, 4490), 10, 0)
		FROM   reach
		CROSS  JOIN LATERAL generate_series(ceil(ST_XMin(box))::int, floor(ST_XMax(box))::int - 20, 30) x
		CROSS  JOIN LATERAL generate_series(ceil(ST_YMin(box))::int, floor(ST_YMax(box))::int - 20, 30) y
		CROSS  JOIN LATERAL (SELECT ST_MakeEnvelope(x, y, x + 20, y + 20, 4547) AS square) s
		WHERE  NOT EXISTS (SELECT FROM feature_version v WHERE v.collection = $1 AND upper_inf(v.known) AND ST_DWithin(v.shape, s.square, 5))
		AND   ($2 = '' OR EXISTS (SELECT FROM feature_version v JOIN feature f USING (fid) WHERE f.code = $2 AND upper_inf(v.known) AND ST_Contains(v.shape, ST_Buffer(s.square, 5))))
		LIMIT  $4`, string(collection), parcel, outside, n)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < n {
		t.Fatalf("only %d of %d free squares of %s, outside %v", len(found), n, collection, outside)
	}
	return found
}

// drawing is a feature as it is sent.
func drawing(collection land.Collection, parcel, shape string) string {
	properties := `"name":"试","accuracy":"surveyed","source":"测量","source_en":"survey","reason":"勘定"`
	switch collection {
	case land.Parcels:
		properties += `,"name_status":"placeholder"`
	case land.Plots:
		properties += fmt.Sprintf(`,"parcel":%q,"disposition":"storage","use_class":"industrial"`, parcel)
	case land.Zones, land.Context, land.Released:
	}
	return fmt.Sprintf(`{"type":"Feature","geometry":%s,"properties":{%s}}`, shape, properties)
}

func itemsOf(collection land.Collection) string {
	return "/ogc/collections/" + string(collection) + "/items"
}

// clash is a refusal with what it says of others.
type clash struct {
	problem
	Conflicts []struct {
		ID     string      `json:"id"`
		AreaM2 json.Number `json:"area_m2"`
	} `json:"conflicts"`
	Current *saved `json:"current"`
}

// field is a layer with free ground on it.
type field struct {
	collection land.Collection
	parcel     string // of plots
	outside    bool
}

func (f field) String() string {
	return fmt.Sprintf("%s, outside %v", f.collection, f.outside)
}

// ground makes the parcel that plots outside need, and answers all fields of the races.
func ground(t testing.TB, s *service) []field {
	t.Helper()
	var far string
	if err := s.Psql(t).QueryRow(t.Context(), `SELECT ST_AsGeoJSON(ST_Transform(ST_MakeEnvelope(524000, 2519000, 527000, 2522000, 4547), 4490), 10, 0)`).Scan(&far); err != nil {
		t.Fatal(err)
	}
	made := s.edit(t, post, itemsOf(land.Parcels), drawing(land.Parcels, "", far))
	if made.status != http.StatusCreated {
		t.Fatalf("%d %s", made.status, made.body)
	}
	return []field{
		{land.Zones, "", false},
		{land.Zones, "", true},
		{land.Parcels, "", false},
		{land.Plots, "P-02", false},
		{land.Plots, read[saved](t, made).ID, true},
	}
}

// Of sixteen who draw one free square at the same instant one has it, inside and outside of what is mapped; the others are told who.
func TestOneSquareOneWinner(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	both := pair(t, d)
	rounds := scale(2, 100) // of each of five fields
	for _, f := range ground(t, both[0]) {
		for round, shape := range squares(t, both[0].Psql(t), f.collection, f.parcel, f.outside, rounds) {
			var mu sync.Mutex
			var winners, named []string
			together(sixteen, func(i int) {
				r := both[i%2].edit(t, post, itemsOf(f.collection), drawing(f.collection, f.parcel, shape))
				mu.Lock()
				defer mu.Unlock()
				switch r.status {
				case http.StatusCreated:
					winners = append(winners, read[saved](t, r).ID)
				case http.StatusConflict:
					c := read[clash](t, r)
					if len(c.Conflicts) != 1 || c.Code != "feature.overlap" || c.Conflicts[0].AreaM2 != "400.0000" {
						t.Errorf("%v, round %d: %s", f, round, r.body)
						return
					}
					named = append(named, c.Conflicts[0].ID)
				default:
					t.Errorf("%v, round %d: %d %s", f, round, r.status, r.body)
				}
			})
			if len(winners) != 1 || len(named) != sixteen-1 {
				t.Fatalf("%v, round %d: %d won, %d lost", f, round, len(winners), len(named))
			}
			for _, who := range named {
				if who != winners[0] {
					t.Errorf("%v, round %d: %s won, and a loser is told %s", f, round, winners[0], who)
				}
			}
		}
	}
	apart(t, both[0].Psql(t))
}

// apart fails where two things of a layer overlap on some day, as known now: by plain SQL, with nothing of the service's own.
func apart(t testing.TB, psql *pgx.Conn) {
	t.Helper()
	rows, err := psql.Query(t.Context(), `
		SELECT format('%s and %s overlap by %s m2', f.code, g.code, round(ST_Area(ST_Intersection(a.shape, b.shape))::numeric, 4))
		FROM   feature_version a
		JOIN   feature_version b ON b.collection = a.collection AND a.fid < b.fid AND a.shape && b.shape AND a.valid && b.valid AND upper_inf(b.known)
		JOIN   feature f ON f.fid = a.fid
		JOIN   feature g ON g.fid = b.fid
		WHERE  a.collection <> 'context' AND upper_inf(a.known) AND ST_Area(ST_Intersection(a.shape, b.shape)) > 0.01
		ORDER  BY f.code, g.code LIMIT 20`)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range found {
		t.Error(one)
	}
}

// The control: without the locks of cells and parents two have one square, by the same requests on the same service.
func TestOneSquareWithoutLocks(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	both := pair(t, d)
	psql := d.Psql(t)
	must(t, psql, "CREATE OR REPLACE FUNCTION edit_lock_cells(cells bigint[]) RETURNS bigint[] LANGUAGE sql AS 'SELECT cells'")
	must(t, psql, "CREATE OR REPLACE FUNCTION edit_lock_parents(layer text, parcels int[]) RETURNS void LANGUAGE sql AS ''")
	for round, shape := range squares(t, psql, land.Parcels, "", true, 300) {
		var mu sync.Mutex
		won := 0
		together(sixteen, func(i int) {
			if r := both[i%2].edit(t, post, itemsOf(land.Parcels), drawing(land.Parcels, "", shape)); r.status == http.StatusCreated {
				mu.Lock()
				defer mu.Unlock()
				won++
			}
		})
		if won > 1 {
			t.Logf("%d have one square in round %d", won, round+1)
			return
		}
	}
	t.Error("without locks no two had one square: the race cannot fail")
}

// Two L-shapes that interlock share an edge and no land, though their boxes overlap: both are drawn, at the same instant.
func TestInterlockingShapes(t *testing.T) {
	t.Parallel()
	//  3 +-----+--+   the left one goes round two sides of the right one, and touches it along both
	//    |     |  |
	//  2 |  +--+  |
	//    |  |     |
	//  0 +--+-----+
	//    0  1  2  3
	left := [][2]int{{0, 0}, {1, 0}, {1, 2}, {2, 2}, {2, 3}, {0, 3}, {0, 0}}
	right := [][2]int{{1, 0}, {3, 0}, {3, 3}, {2, 3}, {2, 2}, {1, 2}, {1, 0}}
	d := newDatabase(t)
	both := pair(t, d)
	psql := d.Psql(t)
	for round := range scale(4, 60) {
		for _, collection := range []land.Collection{land.Zones, land.Parcels} {
			shape := func(corners [][2]int) string {
				var text strings.Builder
				for i, c := range corners {
					if i > 0 {
						text.WriteString(", ")
					}
					fmt.Fprintf(&text, "%d %d", 525_000+100*round+20*c[0], 2_520_000+20*c[1])
				}
				var made string
				if err := psql.QueryRow(t.Context(), `SELECT ST_AsGeoJSON(ST_Transform(ST_GeomFromText('POLYGON((`+text.String()+`))', 4547), 4490), 10, 0)`).Scan(&made); err != nil {
					t.Fatal(err)
				}
				return made
			}
			shapes := []string{shape(left), shape(right)}
			together(2, func(i int) {
				if r := both[i].edit(t, post, itemsOf(collection), drawing(collection, "", shapes[i])); r.status != http.StatusCreated {
					t.Errorf("%s, round %d: %d %s", collection, round, r.status, r.body)
				}
			})
		}
	}
	apart(t, psql)
}

// Of sixteen who change one version at the same instant one is answered 200; fifteen are told what stands now, which is the winner's.
func TestOneVersionOneWinner(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	both := pair(t, d)
	shapes := squares(t, d.Psql(t), land.Zones, "", true, 2)
	made := both[0].edit(t, post, itemsOf(land.Zones), drawing(land.Zones, "", shapes[0]))
	at, tag := made.header.Get("Location"), made.etag()
	for round := range scale(4, 100) {
		var mu sync.Mutex
		var won []saved
		var told []int32
		next := ""
		together(sixteen, func(i int) {
			body := strings.Replace(drawing(land.Zones, "", shapes[round%2]), `"name":"试"`, fmt.Sprintf(`"name":"第%d轮第%d人"`, round, i), 1)
			r := both[i%2].edit(t, put, at, body, "If-Match", tag)
			mu.Lock()
			defer mu.Unlock()
			switch r.status {
			case http.StatusOK:
				won, next = append(won, read[saved](t, r)), r.etag()
			case http.StatusPreconditionFailed:
				c := read[clash](t, r)
				if c.Current == nil || c.Current.Properties.Name == nil || c.Code != "feature.stale" {
					t.Errorf("round %d: %s", round, r.body)
					return
				}
				told = append(told, c.Current.Properties.Version)
			default:
				t.Errorf("round %d: %d %s", round, r.status, r.body)
			}
		})
		if len(won) != 1 || len(told) != sixteen-1 {
			t.Fatalf("round %d: %d won, %d are told", round, len(won), len(told))
		}
		for _, version := range told {
			if version != won[0].Properties.Version || version != int32(round)+2 {
				t.Errorf("round %d: version %d won, and somebody is told of %d", round, won[0].Properties.Version, version)
			}
		}
		tag = next
	}
}

// Neighbours that are drawn against a square while it is renamed: all are saved, in whichever order they come,
// since versions that only took a vertex are no reason to ask.
func TestNodedWhileItIsSaved(t *testing.T) {
	t.Parallel()
	//      +--+
	//    +-+--+-+    each side of the square has a neighbour that touches a part of it:
	//   ++      ++   its corners become vertices of the square
	//   ||      ||
	//   ++      ++
	//    +-+--+-+
	//      +--+
	d := newDatabase(t)
	both := pair(t, d)
	psql := d.Psql(t)
	at := func(x, y, dx, dy int) (made string) {
		if err := psql.QueryRow(t.Context(), `SELECT ST_AsGeoJSON(ST_Transform(ST_MakeEnvelope($1, $2, $3, $4, 4547), 4490), 10, 0)`, x, y, x+dx, y+dy).Scan(&made); err != nil {
			t.Fatal(err)
		}
		return made
	}
	for round := range scale(4, 60) {
		x, y := 525_000+200*round, 2_520_000
		middle := at(x, y, 90, 90)
		first := both[0].edit(t, post, itemsOf(land.Zones), drawing(land.Zones, "", middle))
		if first.status != http.StatusCreated {
			t.Fatalf("%d %s", first.status, first.body)
		}
		around := []string{at(x+30, y-30, 30, 30), at(x+30, y+90, 30, 30), at(x-30, y+30, 30, 30), at(x+90, y+30, 30, 30)}
		together(len(around)+1, func(i int) {
			if i < len(around) {
				if r := both[i%2].edit(t, post, itemsOf(land.Zones), drawing(land.Zones, "", around[i])); r.status != http.StatusCreated {
					t.Errorf("round %d: %d %s", round, r.status, r.body)
				}
				return
			}
			renamed := strings.Replace(drawing(land.Zones, "", middle), `"name":"试"`, `"name":"改名"`, 1)
			if r := both[0].edit(t, put, first.header.Get("Location"), renamed, "If-Match", first.etag()); r.status != http.StatusOK {
				t.Errorf("round %d: %d %s", round, r.status, r.body)
			}
		})
		now := read[saved](t, both[1].get(t, first.header.Get("Location")))
		var ring struct {
			Coordinates [][][2]float64 `json:"coordinates"`
		}
		if err := json.Unmarshal(now.Geometry, &ring); err != nil || len(ring.Coordinates) != 1 || len(ring.Coordinates[0]) != 4+8+1 || *now.Properties.Name != "改名" {
			t.Errorf("round %d: %s is %v with %s", round, now.ID, *now.Properties.Name, now.Geometry)
		}
	}
	apart(t, psql)
}
