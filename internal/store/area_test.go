package store_test

import (
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/geojson"
)

// planimeter is GeographicLib's own program, on the ellipsoid of CGCS2000; it answers the area of one ring in m2.
func planimeter(t *testing.T, ring orb.Ring) float64 {
	t.Helper()
	var points strings.Builder
	for _, p := range ring[:len(ring)-1] {
		fmt.Fprintf(&points, "%.10f %.10f\n", p[1], p[0])
	}
	cmd := exec.CommandContext(t.Context(), "Planimeter", "-e", "6378137", "1/298.257222101", "-p", "10")
	cmd.Stdin = strings.NewReader(points.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("GeographicLib's Planimeter (Debian: geographiclib-tools): %v", err)
	}
	fields := strings.Fields(string(out))
	area, err := strconv.ParseFloat(fields[len(fields)-1], 64)
	if err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	return math.Abs(area)
}

// The area that is counted is GeographicLib's ellipsoidal one to 0.01 m2; orb's geo.Area is not, and would fail here.
func TestAreasAreEllipsoidal(t *testing.T) {
	t.Parallel()
	const allowed = 0.01 // m2
	db := storetest.Seeded(t).Open(t)
	n := 0
	for _, collection := range []land.Collection{land.Parcels, land.Zones} {
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.EachFeature(t.Context(), store.Page{Collection: collection, Clock: land.On(land.DayOf(time.Now()))}, func(f land.Feature) error {
				n++
				g, err := geojson.UnmarshalGeometry(f.Geometry)
				if err != nil {
					return err
				}
				polygon := g.Geometry().(orb.Polygon)
				got, err := f.AreaM2.Float64()
				if err != nil {
					return err
				}
				want := planimeter(t, polygon[0])
				if math.Abs(got-want) > allowed {
					t.Errorf("%s: %.4f m2 stored, %.4f by GeographicLib", f.Code, got, want)
				}
				if orbs := geo.Area(polygon); math.Abs(orbs-want) <= allowed {
					t.Errorf("%s: orb's geo.Area passes as well: this test cannot fail", f.Code)
				}
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n != 12 {
		t.Errorf("%d outlines were measured", n)
	}
}

// What is read and handed in again is stored as it was, to the bit.
func TestTenDecimalsKeepTheGrid(t *testing.T) {
	t.Parallel()
	psql := storetest.Seeded(t).Psql(t)
	var moved int
	if err := psql.QueryRow(t.Context(), `SELECT count(*) FROM feature_version
		WHERE NOT shape = ST_SnapToGrid(ST_Transform(ST_SetSRID(ST_GeomFromGeoJSON(ST_AsGeoJSON(ST_Transform(shape, 4490), 10, 0)), 4490), 4547), 0.0001)`).Scan(&moved); err != nil {
		t.Fatal(err)
	}
	if moved > 0 {
		t.Errorf("%d shapes moved", moved)
	}
}
