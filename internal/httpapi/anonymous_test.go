package httpapi

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"
)

// publicPaths are what a reader who is not signed in may ask for, where the operator allows it.
var publicPaths = []string{"/ogc", "/ogc/conformance", "/ogc/collections", "/ogc/collections/zones", "/ogc/collections/parcels", "/ogc/collections/zones/items", "/ogc/collections/parcels/items/P-02", "/api/v1/round", "/api/v1/progress"}

// Anonymous reading is off unless it is switched on; then it gives generalised outlines of zones and parcels, and totals, of today.
func TestAnonymousReading(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	closed := serve(t, d, nil).as("")
	last := land.DayOf(closed.api.now())
	officer := serve(t, d, func(a *api) { a.anonymous, a.day = true, &last })
	s := officer.as("")
	for _, path := range publicPaths {
		if r := closed.get(t, path); r.status != http.StatusUnauthorized || read[problem](t, r).Code != "session.none" {
			t.Errorf("%s while it is off: %d %.200s", path, r.status, r.body)
		}
		r := s.get(t, path)
		if r.status != http.StatusOK || r.header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: %d %q %.200s", path, r.status, r.header.Get("Cache-Control"), r.body)
		}
		if vary := strings.Join(r.header.Values("Vary"), ","); !strings.Contains(vary, "Authorization") || !strings.Contains(vary, "Cookie") {
			t.Errorf("%s varies by %q", path, vary)
		}
		for _, hidden := range []string{"updated_by", "updated_at", "reason", "document_no", "area_plane_m2", "fid", "stage_since"} {
			if strings.Contains(string(r.body), `"`+hidden+`"`) {
				t.Errorf("%s tells %s", path, hidden)
			}
		}
	}
	for path, status := range map[string]int{
		"/ogc/collections/plots": 404, "/ogc/collections/plots/items": 404, "/ogc/collections/released/items": 404, "/ogc/collections/context/items": 404, "/ogc/collections/plots/items/L-000001": 404,
		"/ogc/collections/parcels/items/P-99": 404, "/tiles.json": 401, "/tiles/9/417/222.mvt": 401, "/api/v1/events": 401, "/api/v1/search?q=P": 401, "/api/v1/features/zones/Z-01/versions": 401,
		"/api/v1/blocks": 401, "/api/v1/progress/series": 401, "/api/v1/holdings": 401, "/api/v1/exports/zones.geojson": 401, "/metrics?": 200, "/api/v1/command-posts": 401, "/api/v1/me": 401,
		"/ogc/collections/zones/items?bbox=114,22.6,114.1,22.7": 401, "/ogc/collections/zones/items?at=2022-01-01": 401, "/ogc/collections/zones/items?fid=1": 401, "/ogc/collections/zones/items?datetime=2022-01-01/..": 401,
		"/ogc/collections/zones/items/Z-01?known=2022-01-01T00:00:00Z": 401, "/api/v1/progress?at=2022-01-01": 401, "/api/v1/progress?use_class=industrial": 401, "/api/v1/round?known=2022-01-01T00:00:00Z": 401,
		"/ogc/collections/zones/items?at=" + last.String(): 200, "/api/v1/progress?at=" + last.String(): 200, "/ogc/collections/zones/items?colour=1": 400,
	} {
		if r := s.get(t, path); r.status != status {
			t.Errorf("%s: %d, not %d: %.200s", path, r.status, status, r.body)
		}
	}
	// A layer that is not for them is not told from one that there is not.
	hidden, none := s.get(t, "/ogc/collections/plots/items"), s.get(t, "/ogc/collections/plotz/items")
	if h, n := read[problem](t, hidden), read[problem](t, none); h.Code != n.Code || strings.ReplaceAll(h.Detail, "plots", "plotz") != n.Detail {
		t.Errorf("%s beside %s", hidden.body, none.body)
	}
	if got := read[struct{ Collections []struct{ ID string } }](t, s.get(t, "/ogc/collections")); len(got.Collections) != 2 {
		t.Errorf("%d layers", len(got.Collections))
	}

	psql := d.Psql(t)
	ordinate := regexp.MustCompile(`-?\d+\.?\d*`)
	for _, layer := range []string{"zones", "parcels"} {
		type page struct {
			Features []struct {
				ID         string
				Geometry   json.RawMessage
				Properties map[string]any
			}
			NumberMatched, NumberReturned int
		}
		rough, exact := read[page](t, s.get(t, "/ogc/collections/"+layer+"/items")), read[page](t, officer.get(t, "/ogc/collections/"+layer+"/items"))
		if len(rough.Features) != len(exact.Features) || rough.NumberMatched != exact.NumberMatched || len(rough.Features) < 6 {
			t.Fatalf("%s: %d and %d", layer, len(rough.Features), len(exact.Features))
		}
		for i, f := range rough.Features {
			if f.ID != exact.Features[i].ID || f.Properties["accuracy"] != "generalised" || string(f.Geometry) == string(exact.Features[i].Geometry) {
				t.Errorf("%s: %v", f.ID, f.Properties)
			}
			for _, n := range ordinate.FindAllString(string(f.Geometry), -1) {
				if _, decimals, _ := strings.Cut(n, "."); len(decimals) > 4 {
					t.Errorf("%s has the ordinate %s", f.ID, n)
				}
			}
			var valid bool
			var metres float64
			if err := psql.QueryRow(t.Context(), `SELECT ST_IsValid(g) AND NOT ST_IsEmpty(g), ST_HausdorffDistance(ST_Transform(g, 4547), ST_Transform(e, 4547))
				FROM (SELECT ST_SetSRID(ST_GeomFromGeoJSON($1), 4490) AS g, ST_SetSRID(ST_GeomFromGeoJSON($2), 4490) AS e) s`, string(f.Geometry), string(exact.Features[i].Geometry)).Scan(&valid, &metres); err != nil {
				t.Fatal(err)
			}
			if !valid || metres < 0.5 || metres > 100 {
				t.Errorf("%s lies up to %.1f m from where it is, valid %t", f.ID, metres, valid)
			}
		}
	}
	figures := read[struct {
		Parcels, Zones, CommandPosts []any
		Round                        struct{ Figures map[string]any }
	}](t, s.get(t, "/api/v1/progress"))
	if len(figures.Parcels)+len(figures.Zones)+len(figures.CommandPosts) > 0 || figures.Round.Figures["released_ha"] == nil {
		t.Errorf("got %v", figures)
	}

	// The same address answers exactly to one and generalised to another, and neither is taken for the other.
	for _, path := range publicPaths[5:] {
		rough, exact := s.get(t, path), officer.get(t, path)
		if path == "/api/v1/round" { // the same for all
			continue
		}
		if slices.Equal(rough.body, exact.body) || rough.etag() != "" && rough.etag() == exact.etag() {
			t.Errorf("%s: both get %s %.200s", path, rough.etag(), rough.body)
		}
		if tag := exact.etag(); tag != "" {
			if r := s.get(t, path, "If-None-Match", tag); r.status != http.StatusOK || !slices.Equal(r.body, rough.body) {
				t.Errorf("%s by the tag of the exact answer: %d", path, r.status)
			}
			if r := officer.get(t, path, "If-None-Match", rough.etag()); r.status != http.StatusOK || !slices.Equal(r.body, exact.body) {
				t.Errorf("%s by the tag of the generalised answer: %d", path, r.status)
			}
		}
	}
}
