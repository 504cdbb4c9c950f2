package progress

import (
	"encoding/json"
	"fmt"
	"testing"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// Outlines are those of an overlay, whether the plots share their corners or stand on each other's straight sides.
func TestOutlines(t *testing.T) {
	database := storetest.Empty(t)
	db := database.Open(t)
	target := json.Number("5")
	if err := db.Write(t.Context(), land.Seeder, func(tx *store.Tx) error {
		return tx.CreateRound(t.Context(), land.Round{Code: "R-2021", Name: "x", NameEn: "x", StartsOn: drawnFrom, TargetHa: &target, Source: "x", SourceEn: "x"}, "test")
	}); err != nil {
		t.Fatal(err)
	}
	conn := database.Psql(t)
	var parcel int32
	if err := conn.QueryRow(t.Context(), `WITH f AS (INSERT INTO feature (collection, code, round_id) SELECT 'parcels', 'P-01', round_id FROM round RETURNING fid)
		INSERT INTO parcel_version (collection, fid, version, change, kind, name, name_status, accuracy, source, source_en, shape, valid, recorded_by, reason)
		SELECT 'parcels', fid, 1, 'created', 'parcel', 'x', 'placeholder', 'approximate', 'x', 'x', ST_MakeEnvelope(500000, 2500000, 502000, 2502000, 4547), '[2021-06-01,)', 'x', 'x' FROM f RETURNING fid`).Scan(&parcel); err != nil {
		t.Fatal(err)
	}
	count := 0
	for name, boxes := range map[string][][4]int{
		"shared corners":            {{0, 0, 100, 100}, {100, 0, 200, 100}, {100, 100, 200, 200}},
		"a ring":                    {{0, 1000, 100, 1100}, {100, 1000, 200, 1100}, {200, 1000, 300, 1100}, {0, 1100, 100, 1200}, {200, 1100, 300, 1200}, {0, 1200, 100, 1300}, {100, 1200, 200, 1300}, {200, 1200, 300, 1300}},
		"on a straight side":        {{1000, 0, 1200, 200}, {1200, 0, 1300, 100}, {1200, 100, 1300, 200}},
		"on a straight side, apart": {{1000, 1000, 1200, 1200}, {1200, 1050, 1300, 1100}},
		"two that do not touch":     {{0, 500, 100, 600}, {300, 500, 400, 600}},
	} {
		t.Run(name, func(t *testing.T) {
			block := OutlinedBlock{}
			for _, b := range boxes {
				count++
				var plot int32
				if err := conn.QueryRow(t.Context(), `WITH f AS (INSERT INTO feature (collection, code, round_id) SELECT 'plots', $1, round_id FROM round RETURNING fid)
					INSERT INTO plot_version (collection, fid, version, change, kind, parcel, disposition, use_class, accuracy, source, source_en, shape, valid, recorded_by, reason)
					SELECT 'plots', f.fid, 1, 'created', 'plot', $2, 'storage', 'industrial', 'approximate', 'x', 'x',
					       ST_MakeEnvelope(500000 + $3::int, 2500000 + $4::int, 500000 + $5::int, 2500000 + $6::int, 4547), '[2021-06-01,)', 'x', 'x' FROM f RETURNING fid`,
					fmt.Sprintf("L-%06d", count), parcel, b[0], b[1], b[2], b[3]).Scan(&plot); err != nil {
					t.Fatal(err)
				}
				block.Plots = append(block.Plots, land.PlotArea{Plot: plot, Parcel: parcel})
			}
			blocks := []OutlinedBlock{block}
			if err := NewReader(db).read(t.Context(), land.On(drawnAt), func(v view) error { return v.outline(t.Context(), blocks) }); err != nil {
				t.Fatal(err)
			}
			ids := make([]int32, len(block.Plots))
			for i, p := range block.Plots {
				ids[i] = p.Plot
			}
			var valid, inside bool
			var off float64
			if err := conn.QueryRow(t.Context(), `SELECT ST_IsValid(o.shape), ST_Area(ST_SymDifference(o.shape, (SELECT ST_Union(shape) FROM plot_version WHERE fid = ANY($2)))),
				       ST_Contains(o.shape, ST_Transform(ST_SetSRID(ST_MakePoint($3, $4), 4490), 4547))
				FROM  (SELECT ST_Transform(ST_SetSRID(ST_GeomFromGeoJSON($1), 4490), 4547) AS shape) o`,
				string(blocks[0].Outline.Geometry), ids, blocks[0].Outline.Centre[0], blocks[0].Outline.Centre[1]).Scan(&valid, &off, &inside); err != nil {
				t.Fatal(err)
			}
			if !valid || off > 0.01 || !inside || len(blocks[0].Codes) != len(boxes) {
				t.Errorf("valid %v, %f m2 off, centre inside %v, plots %v: %s", valid, off, inside, blocks[0].Codes, blocks[0].Outline.Geometry)
			}
		})
	}
}
