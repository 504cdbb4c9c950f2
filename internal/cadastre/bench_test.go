package cadastre_test

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"zhengbei/internal/cadastre"
	"zhengbei/internal/exchange"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// blocks are parcels of 800 m x 625 m, and in each of them 40 x 25 plots, whose corners lie a little off the lines of a grid.
const blocks = `
CREATE FUNCTION corner(i int, j int) RETURNS geometry LANGUAGE sql IMMUTABLE AS $$
    SELECT ST_SetSRID(ST_SnapToGrid(ST_Point(490000 + i * 20 + CASE WHEN mod(i, 40) = 0 OR mod(j, 25) = 0 THEN 0 ELSE mod(i * 7919 + j * 104729, 1000) / 250.0 - 2 END,
                                             2500000 + j * 25 + CASE WHEN mod(i, 40) = 0 OR mod(j, 25) = 0 THEN 0 ELSE mod(i * 31337 + j * 7, 1000) / 250.0 - 2 END), 0.0001), 4547)
$$;
CREATE TABLE sown AS
SELECT i, j, 'P-' || (1000 + (i / 40) * 16 + j / 25) AS parcel, ST_MakePolygon(ST_MakeLine(array[corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1), corner(i, j)])) AS shape
FROM   generate_series(0, 499) i CROSS JOIN generate_series(0, %d) j`

// sow writes files of parcels and of plots, 500 in a row of plots.
func sow(tb testing.TB, psql *pgx.Conn, rows int) (parcels, plots string) {
	tb.Helper()
	if _, err := psql.Exec(tb.Context(), fmt.Sprintf(blocks, rows-1)); err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	write := func(name, sql string) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			tb.Fatal(err)
		}
		out := bufio.NewWriter(f)
		head := `{"type":"FeatureCollection","features":[` + "\n"
		rows, err := psql.Query(tb.Context(), sql)
		if err != nil {
			tb.Fatal(err)
		}
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				tb.Fatal(err)
			}
			_, _ = io.WriteString(out, head+text)
			head = ",\n"
		}
		_, _ = io.WriteString(out, "\n]}\n")
		if err := rows.Err(); err != nil {
			tb.Fatal(err)
		}
		if err := out.Flush(); err != nil {
			tb.Fatal(err)
		}
		if err := f.Close(); err != nil {
			tb.Fatal(err)
		}
		return path
	}
	parcels = write("parcels.geojson", `
		SELECT json_build_object('type', 'Feature', 'id', parcel, 'properties', json_build_object('name', '片区 ' || parcel, 'name_status', 'placeholder', 'accuracy', 'surveyed', 'source', '测绘成果', 'source_en', 'survey'),
		       'geometry', ST_AsGeoJSON(ST_Transform(ST_SetSRID(ST_Extent(shape)::geometry, 4547), 4490), 10, 0)::json)::text FROM sown GROUP BY parcel ORDER BY parcel`)
	plots = write("plots.geojson", `
		SELECT json_build_object('type', 'Feature', 'id', 'L-' || 500000 + i * 400 + j, 'properties', json_build_object('kind', 'plot', 'parcel', parcel, 'disposition', 'storage', 'use_class', 'industrial',
		       'accuracy', 'surveyed', 'source', '测绘成果', 'source_en', 'survey'), 'geometry', ST_AsGeoJSON(ST_Transform(shape, 4490), 10, 0)::json)::text FROM sown ORDER BY i, j`)
	return parcels, plots
}

// BenchmarkImport reads, judges and applies plots, 500 for each iteration of ZHENGBEI_ROWS (40: 20,000 plots; 400: 200,000), and reads the same file with ogr2ogr into a table
// with an index, where PostGIS looks at whether each is valid. How long each part took is reported; run it with -benchtime=1x.
func BenchmarkImport(b *testing.B) {
	rows := 40
	if asked := os.Getenv("ZHENGBEI_ROWS"); asked != "" {
		if _, err := fmt.Sscan(asked, &rows); err != nil {
			b.Fatal(err)
		}
	}
	d := storetest.Seeded(b)
	db, psql := d.Open(b), d.Psql(b)
	parcels, plots := sow(b, psql, rows)
	for b.Loop() {
		var at time.Time
		var stage string
		took := map[string]time.Duration{}
		next := func(name string) {
			if stage != "" {
				took[stage] += time.Since(at)
			}
			stage, at = name, time.Now()
		}
		bring := func(collection land.Collection, path string) {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			sum := sha256.New()
			r, err := exchange.Formats[0].Read(io.TeeReader(f, sum), exchange.Reading{Collection: collection, Rules: geometry.Rules{Extent: exchange.China}})
			if err != nil {
				b.Fatal(err)
			}
			look, err := cadastre.File{Name: filepath.Base(path), Collection: collection, Features: r.Features(), Says: r.Says, Hash: func() []byte { return sum.Sum(nil) }}.
				Look(b.Context(), db, land.Operator, next, func(*store.Tx, land.Look) error { return nil })
			if err != nil || look.Errors > 0 {
				b.Fatalf("%v, %+v", err, look.Problems)
			}
			next("")
			if os.Getenv("ZHENGBEI_LOOK_ONLY") != "" && collection == land.Plots {
				return
			}
			if err := (cadastre.Applying{ID: look.ID, Hash: look.Hash, Reason: "bench", From: day("2026-01-01")}).Apply(b.Context(), db, land.Operator, next, func(*store.Tx, land.ApplyDone) error { return nil }); err != nil {
				b.Fatal(err)
			}
			next("")
		}
		bring(land.Parcels, parcels)
		clear(took)
		bring(land.Plots, plots)
		for name, t := range took {
			b.ReportMetric(t.Seconds(), name+"-s")
		}
		n := float64(500 * rows)
		b.ReportMetric(n/(took["read"]+took["valid"]).Seconds(), "staged-rows/s") // as ogr2ogr: read, indexed, found valid
		gdal, err := exec.LookPath("ogr2ogr")
		if err != nil {
			continue
		}
		c := psql.Config()
		target := fmt.Sprintf("PG:host=%s port=%d user=%s dbname=%s", c.Host, c.Port, c.User, c.Database)
		began := time.Now()
		if says, err := exec.CommandContext(b.Context(), gdal, "-f", "PostgreSQL", target, plots, "-nln", "ogr", "-nlt", "GEOMETRY", "-overwrite").CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, says)
		}
		var valid int64
		if err := psql.QueryRow(b.Context(), "SELECT count(*) FILTER (WHERE ST_IsValid(wkb_geometry)) FROM ogr").Scan(&valid); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(n/time.Since(began).Seconds(), "ogr2ogr-rows/s")
	}
}
