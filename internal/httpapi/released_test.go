package httpapi

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"zhengbei/internal/ogc"
	"zhengbei/internal/store/storetest"
)

type releasedAnswer struct {
	Features       []releasedItem
	NumberMatched  int
	NumberReturned int
	Links          []ogc.Link
}

const releasedItems = "/ogc/collections/released/items"

// The blocks of OGC are those of the domain API: 128.40 ha in all on the demonstration's last day.
func TestReleased(t *testing.T) {
	t.Parallel()
	s := demo(t)
	all := read[releasedAnswer](t, s.get(t, releasedItems+"?limit=10000"))
	blocks := read[blocksView](t, s.get(t, "/api/v1/blocks"))
	if len(all.Features) != len(blocks.Items) || all.NumberMatched != len(all.Features) {
		t.Fatalf("%d features, %d matched, %d blocks", len(all.Features), all.NumberMatched, len(blocks.Items))
	}
	sum := new(big.Rat)
	byCode := map[string]blockView{}
	for _, b := range blocks.Items {
		byCode[b.Plots[0]] = b
	}
	for _, f := range all.Features {
		sum.Add(sum, rat(t, f.Properties.AreaM2.String()))
		b := byCode[f.ID]
		if f.Properties.Code != f.ID || f.Properties.AreaHa != b.AreaHa || !slices.Equal(f.Properties.Plots, b.Plots) || string(f.Geometry) != string(b.Geometry) || !f.Properties.Demo {
			t.Errorf("%+v is not the block %+v", f.Properties, b)
		}
	}
	if ha := sum.Quo(sum, big.NewRat(10_000, 1)).FloatString(2); ha != "128.40" {
		t.Errorf("%s ha released", ha)
	}
	if !slices.IsSortedFunc(all.Features, func(a, b releasedItem) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("not by code")
	}

	var paged []string
	for path := releasedItems + "?limit=7"; path != ""; {
		page := read[releasedAnswer](t, s.get(t, path))
		path = ""
		for _, f := range page.Features {
			paged = append(paged, f.ID)
		}
		for _, l := range page.Links {
			if l.Rel == "next" {
				path = strings.TrimPrefix(l.Href, s.url)
			}
		}
	}
	if len(paged) != len(all.Features) || len(slices.Compact(paged)) != len(paged) {
		t.Errorf("pages bring %d of %d", len(paged), len(all.Features))
	}

	first := all.Features[0]
	one := s.get(t, releasedItems+"/"+first.ID)
	if item := read[releasedItem](t, one); item.ID != first.ID || item.Properties.AreaM2 != first.Properties.AreaM2 || len(item.Links) != 2 {
		t.Errorf("one item: %s", one.body)
	}
	if r := s.get(t, releasedItems+"/"+first.ID, "If-None-Match", one.etag()); r.status != 304 {
		t.Errorf("unchanged: %d", r.status)
	}
	if fid := read[releasedAnswer](t, s.get(t, fmt.Sprintf("%s?fid=%d", releasedItems, first.Properties.FID))); len(fid.Features) != 1 || fid.Features[0].ID != first.ID {
		t.Errorf("by fid: %+v", fid.Features)
	}
	if r := s.get(t, "/api/v1/exports/released.geojson"); r.status != 200 || len(read[releasedAnswer](t, r).Features) != len(all.Features) {
		t.Errorf("the download: %d", r.status)
	}
	if p := read[problem](t, s.get(t, releasedItems+"/L-999999")); p.Status != 404 || p.Code != "released.unknown" {
		t.Errorf("an unknown block: %+v", p)
	}
	if r := s.get(t, "/api/v1/features/released/"+first.ID+"/versions"); r.status != 404 {
		t.Errorf("what is derived has a history: %d", r.status)
	}
}

// The released layer keeps the days and boxes that the others keep.
func TestReleasedDaysAndBoxes(t *testing.T) {
	t.Parallel()
	s := demo(t)
	count := func(query string) int {
		t.Helper()
		return read[releasedAnswer](t, s.get(t, releasedItems+"?limit=10000"+query)).NumberMatched
	}
	all, then := count(""), count("&at=2022-06-30")
	if all == 0 || then == 0 || all == then {
		t.Fatalf("%d blocks on the last day, %d half a year before: nothing to tell apart", all, then)
	}
	for query, want := range map[string]int{
		"&at=2021-05-31": 0, "&datetime=../2021-05-31": 0, "&known=2021-05-31": 0, "&datetime=2022-06-30": then, "&datetime=2022-01-01/2022-06-30": then,
		"&datetime=2022-01-01/..": all, "&datetime=../..": all, "&datetime=2023-06-01/..": all, "&at=2022-12-30": all,
		"&bbox=-180,-90,180,90": all, "&bbox=0,0,1,1": 0,
	} {
		if got := count(query); got != want {
			t.Errorf("%s: %d, not %d", query, got, want)
		}
	}
	psql := s.Psql(t)
	for _, box := range []string{"114.0,22.68,114.03,22.70", "114.02,22.69,114.021,22.691", "114.05,22.7,114.06,22.72", "114.03,22.75,114.0301,22.7501"} {
		want := 0
		for _, b := range read[blocksView](t, s.get(t, "/api/v1/blocks")).Items {
			var meets bool
			if err := psql.QueryRow(t.Context(), "SELECT ST_Intersects(ST_GeomFromGeoJSON($1), ST_SetSRID(ST_Extent(p), 4326)) FROM (SELECT ST_Point(x[1], x[2], 4326) AS p FROM (VALUES (string_to_array($2, ',')::float8[]), ((string_to_array($2, ',')::float8[])[3:4])) v(x)) c", string(b.Geometry), box).Scan(&meets); err != nil {
				t.Fatal(err)
			}
			if meets {
				want++
			}
		}
		if got := count("&bbox=" + box); got != want {
			t.Errorf("%s: %d, PostGIS says %d", box, got, want)
		}
	}
	centre := read[blocksView](t, s.get(t, "/api/v1/blocks")).Items[0].Centre
	if got := count(fmt.Sprintf("&bbox=%[1]v,%[2]v,%[1]v,%[2]v", centre[0], centre[1])); got != 1 {
		t.Errorf("a point inside the largest block meets %d", got)
	}
}

// Real clients open the released layer: GDAL counts its blocks and sums what the table says.
func TestReleasedInGDAL(t *testing.T) {
	t.Parallel()
	s := demo(t)
	ogr := func(program string, args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Env = append(cmd.Environ(), "GDAL_HTTP_AUTH=BASIC", "GDAL_HTTP_USERPWD=planner:"+storetest.Token("planner"))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	out := ogr("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", "-oo", "PAGE_SIZE=10", "OAPIF:"+s.url+"/ogc", "released")
	var copied struct {
		Features []struct {
			Properties struct {
				AreaHa json.Number `json:"area_ha"`
				Plots  []string    `json:"plots"`
			}
		}
	}
	if err := json.Unmarshal(out, &copied); err != nil {
		t.Fatalf("%v: %.300s", err, out)
	}
	matched := read[releasedAnswer](t, s.get(t, releasedItems+"?limit=1")).NumberMatched
	sum := new(big.Rat)
	for _, f := range copied.Features {
		sum.Add(sum, rat(t, f.Properties.AreaHa.String()))
	}
	if off, _ := new(big.Rat).Sub(sum, big.NewRat(1284, 10)).Float64(); len(copied.Features) != matched || off > 0.01 || off < -0.01 {
		t.Errorf("%d of %d blocks, %s ha", len(copied.Features), matched, sum.FloatString(4))
	}
	// the query of the landing page goes with every request, so that it names another day
	then := ogr("ogrinfo", "-so", "OAPIF:"+s.url+"/ogc?at=2022-06-30", "released")
	if want := read[releasedAnswer](t, s.get(t, releasedItems+"?limit=1&at=2022-06-30")).NumberMatched; want == matched || !strings.Contains(string(then), fmt.Sprintf("Feature Count: %d\n", want)) {
		t.Errorf("%d blocks then, %d at last: %s", want, matched, then)
	}
}
