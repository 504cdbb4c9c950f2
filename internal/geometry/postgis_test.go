package geometry_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"zhengbei/internal/geometry"
	"zhengbei/internal/store/storetest"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// scales lay the board where its lines are exact, and where rounding bends them.
var scales = [][2]float64{{0, 1}, {100.1, 0.1}, {22.7, 0.0001}, {-1, 1. / 3}}

var world = geometry.Rules{Extent: orb.Bound{Min: orb.Point{-180, -180}, Max: orb.Point{180, 180}}}

func drawing(t testing.TB, scale byte, moves []byte) (raw []byte) {
	s := scales[int(scale)%len(scales)]
	shape := geometry.Board(moves, s[0], s[1])
	if shape == nil {
		return nil
	}
	raw, err := json.Marshal(geojson.NewGeometry(shape))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// What Parse accepts is valid by ST_IsValid, and what it refuses is not.
func TestValidAsPostGIS(t *testing.T) {
	t.Parallel()
	conn := storetest.Empty(t).Psql(t)
	r := rand.New(rand.NewPCG(4547, 3))
	var drawings []string
	for len(drawings) < 3_000 {
		moves := make([]byte, 2+r.IntN(20))
		for i := range moves {
			moves[i] = byte(r.IntN(256))
		}
		switch r.IntN(3) {
		case 0: // holes in the whole board
			moves = append([]byte{130, 0, 63}, moves...)
		case 1: // triangles in it: three of them may close a ring
			moves = append([]byte{130, 0, 63}, moves...)
			for i := 3; i < len(moves); i += 4 {
				moves[i] = 160
			}
		}
		if raw := drawing(t, byte(len(drawings)), moves); raw != nil {
			drawings = append(drawings, string(raw))
		}
	}
	rows, err := conn.Query(t.Context(), "SELECT ST_IsValid(g), ST_IsValidReason(g) FROM unnest($1::text[]) WITH ORDINALITY d(raw, n), ST_GeomFromGeoJSON(raw) g ORDER BY n", drawings)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	accepted := 0
	for _, raw := range drawings {
		var valid bool
		var why string
		if !rows.Next() {
			t.Fatal(rows.Err())
		}
		if err := rows.Scan(&valid, &why); err != nil {
			t.Fatal(err)
		}
		_, refused := geometry.Parse([]byte(raw), "", world)
		if valid != (refused == nil) {
			t.Errorf("PostGIS says %s, Parse %v: %s", why, refused, raw)
		}
		if valid {
			accepted++
		}
	}
	if accepted < len(drawings)/10 || accepted > len(drawings)*9/10 {
		t.Errorf("%d of %d drawings are valid: one way is hardly tried", accepted, len(drawings))
	}
}

// FuzzValidAsPostGIS holds that what Parse accepts is valid by ST_IsValid, and what it refuses is not.
func FuzzValidAsPostGIS(f *testing.F) {
	f.Add(byte(0), []byte{130, 0, 63, 130, 9, 18})                                // a hole
	f.Add(byte(1), []byte{130, 0, 63, 130, 9, 18, 130, 18, 27})                   // two that touch
	f.Add(byte(2), []byte{130, 0, 63, 170, 0, 17, 10, 170, 17, 63, 31})           // a chain through the polygon
	f.Add(byte(3), []byte{130, 0, 27, 255, 130, 27, 63, 255, 130, 1, 9})          // parts
	f.Add(byte(0), []byte{130, 0, 63, 130, 9, 54, 255, 130, 18, 45, 255, 0, 9})   // a part in a hole
	f.Add(byte(1), []byte{0, 7, 63, 56, 27, 200, 170, 1, 2, 10, 170, 10, 11, 19}) // a corner in the middle
	conn := storetest.Empty(f).Psql(f)
	f.Fuzz(func(t *testing.T, scale byte, moves []byte) {
		if len(moves) > 200 {
			return
		}
		raw := drawing(t, scale, moves)
		if raw == nil {
			return
		}
		_, refused := geometry.Parse(raw, "", world)
		var valid bool
		var why string
		if err := conn.QueryRow(t.Context(), "SELECT ST_IsValid(g), ST_IsValidReason(g) FROM ST_GeomFromGeoJSON($1) g", string(raw)).Scan(&valid, &why); err != nil {
			t.Fatal(err)
		}
		if valid != (refused == nil) {
			t.Errorf("PostGIS says %s, Parse %v: %s", why, refused, raw)
		}
	})
}
