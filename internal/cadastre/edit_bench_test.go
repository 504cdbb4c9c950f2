package cadastre_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/cadastre"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// editors is how many save at the same time.
const editors = 16

// office is a database in which many edit, with a connection for each of them.
func office(b *testing.B) (*store.DB, *pgx.Conn) {
	b.Helper()
	d := storetest.Seeded(b)
	db, err := store.Open(b.Context(), store.Settings{URL: d.Service() + fmt.Sprintf("&pool_max_conns=%d", editors), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	return db, d.Psql(b)
}

// degrees are rings of metres in EPSG:4547 as an editor sends them.
func degrees(b *testing.B, psql *pgx.Conn, rings ...[][2]float64) []orb.Polygon {
	b.Helper()
	all := make([]orb.Polygon, len(rings))
	for i, ring := range rings {
		var x, y []float64
		for _, p := range append(ring, ring[0]) {
			x, y = append(x, p[0]), append(y, p[1])
		}
		rows, err := psql.Query(b.Context(), `SELECT ST_X(p), ST_Y(p) FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY m(x, y, n)
			CROSS JOIN LATERAL (SELECT ST_Transform(ST_SetSRID(ST_Point(m.x, m.y), 4547), 4490) AS p) t ORDER BY n`, x, y)
		if err != nil {
			b.Fatal(err)
		}
		points, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p orb.Point, err error) { return p, row.Scan(&p[0], &p[1]) })
		if err != nil {
			b.Fatal(err)
		}
		points[len(points)-1] = points[0]
		all[i] = orb.Polygon{orb.Ring(points)}
	}
	return all
}

func rectangle(west, south, east, north float64) [][2]float64 {
	return [][2]float64{{west, south}, {east, south}, {east, north}, {west, north}}
}

// today is the day of all edits.
func today() land.Day { return land.DayOf(time.Now()) }

// draft is a feature as it is to be drawn.
func draft(collection land.Collection, code string, parcel *string, shape orb.Geometry) land.Draft {
	name, status, storage, industrial := "试", "placeholder", "storage", "industrial"
	d := land.Draft{Collection: collection, Code: code, Kind: string(collection[:len(collection)-1]), Name: &name, Parcel: parcel, Accuracy: "surveyed", Source: "测量", SourceEn: "survey", Geometry: shape}
	if collection == land.Plots {
		d.Disposition, d.UseClass = &storage, &industrial
	} else {
		d.NameStatus = &status
	}
	return d
}

// save draws a new thing, where version is 0, or changes one, and answers its code.
func save(ctx context.Context, db *store.DB, d land.Draft, version int32) (code string, err error) {
	s := cadastre.Save{Draft: d, New: version == 0, From: today(), Reason: "测"}
	if version > 0 {
		s.Base, s.Seen, s.Same = land.Base{Versions: []int32{version}, Exact: true}, version, true
	}
	err = s.Apply(ctx, db, land.Operator, func(_ *store.Tx, done cadastre.Saved) error { code = done.Code; return nil })
	return code, err
}

// BenchmarkEdits lets sixteen save plots that lie far apart; beside it the same with one lock for all, taken in the place of the cells.
// edits/s is the figure to read.
func BenchmarkEdits(b *testing.B) {
	const each = 12 // plots of an editor, 1 km from those of the next
	for _, lock := range []struct{ name, instead string }{
		{"cells", ""},
		{"one table", `CREATE OR REPLACE FUNCTION edit_lock_cells(cells bigint[]) RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
			$$ BEGIN LOCK TABLE lineage IN EXCLUSIVE MODE; RETURN cells; END $$`},
	} {
		b.Run(lock.name, func(b *testing.B) {
			db, psql := office(b)
			if _, err := psql.Exec(b.Context(), lock.instead); err != nil {
				b.Fatal(err)
			}
			type plot struct {
				code    string
				shapes  []orb.Polygon
				version int32
			}
			type desk struct {
				parcel string
				plots  []*plot
			}
			desks := make([]desk, editors)
			for i := range desks {
				west := 520_000 + 1000*float64(i)
				parcel, err := save(b.Context(), db, draft(land.Parcels, "", nil, degrees(b, psql, rectangle(west, 2_530_000, west+450, 2_530_450))[0]), 0)
				if err != nil {
					b.Fatal(err)
				}
				desks[i].parcel = parcel
				for n := range each {
					x, y := west+20+100*float64(n%4), 2_530_020+100*float64(n/4)
					p := &plot{shapes: degrees(b, psql, rectangle(x, y, x+60, y+60), rectangle(x, y, x+61, y+60)), version: 1}
					if p.code, err = save(b.Context(), db, draft(land.Plots, "", &parcel, p.shapes[0]), 0); err != nil {
						b.Fatal(err)
					}
					desks[i].plots = append(desks[i].plots, p)
				}
			}
			if _, err := psql.Exec(b.Context(), "ANALYZE"); err != nil {
				b.Fatal(err)
			}
			var left atomic.Int64
			left.Store(int64(b.N))
			b.ResetTimer()
			var all sync.WaitGroup
			for _, at := range desks {
				all.Go(func() {
					for n := 0; left.Add(-1) >= 0; n++ {
						p := at.plots[n%each]
						_, err := save(b.Context(), db, draft(land.Plots, p.code, &at.parcel, p.shapes[p.version%2]), p.version)
						for fault.Is(err, "db.slow") || fault.Is(err, "db.busy") { // who waits for one lock behind fifteen others is told to come again
							_, err = save(b.Context(), db, draft(land.Plots, p.code, &at.parcel, p.shapes[p.version%2]), p.version)
						}
						if err != nil {
							b.Error(err)
							return
						}
						p.version++
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "edits/s")
		})
	}
}

// BenchmarkSaveParcel moves a corner of a parcel of 200 vertices in and out again, among six neighbours that share its whole boundary.
func BenchmarkSaveParcel(b *testing.B) {
	const vertices, neighbours = 200, 6
	db, psql := office(b)
	at := func(i int, radius float64) [2]float64 {
		angle := 2 * math.Pi * float64(i%vertices) / vertices
		return [2]float64{525_250 + radius*math.Cos(angle), 2_530_250 + radius*math.Sin(angle)}
	}
	middle, dented := make([][2]float64, vertices), make([][2]float64, vertices)
	for i := range vertices {
		middle[i], dented[i] = at(i, 200), at(i, 200)
	}
	dented[10] = at(10, 199)
	rings := [][][2]float64{middle, dented}
	for n := range neighbours {
		first, last := n*vertices/neighbours, (n+1)*vertices/neighbours
		var ring [][2]float64
		for i := first; i <= last; i++ {
			ring = append(ring, at(i, 200))
		}
		ring = append(ring, at(last, 300), at((first+last)/2, 330), at(first, 300))
		rings = append(rings, ring)
	}
	shapes := degrees(b, psql, rings...)
	code, err := save(b.Context(), db, draft(land.Parcels, "", nil, shapes[0]), 0)
	if err != nil {
		b.Fatal(err)
	}
	for _, shape := range shapes[2:] {
		if _, err := save(b.Context(), db, draft(land.Parcels, "", nil, shape), 0); err != nil {
			b.Fatal(err)
		}
	}
	var version int32
	if err := psql.QueryRow(b.Context(), `SELECT max(version) FROM feature_version v JOIN feature f ON f.fid = v.fid WHERE f.code = $1`, code).Scan(&version); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	b.ResetTimer()
	for n := range b.N {
		begun := time.Now()
		if _, err := save(b.Context(), db, draft(land.Parcels, code, nil, shapes[1-n%2]), version); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begun))
		version++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
