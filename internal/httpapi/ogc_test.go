package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/ogc"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

type collectionAnswer struct {
	Features       []ogc.Item
	NumberMatched  int
	NumberReturned int
	At             string
	Known          time.Time
	Settled        bool
	Links          []ogc.Link
}

func (a collectionAnswer) codes() string {
	var codes []string
	for _, f := range a.Features {
		codes = append(codes, f.ID)
	}
	return strings.Join(codes, " ")
}

func (a collectionAnswer) link(rel string) string {
	for _, l := range a.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

func TestLandingLeadsEverywhere(t *testing.T) {
	t.Parallel()
	s := newService(t)
	landing := read[ogc.Landing](t, s.get(t, "/ogc"))
	for _, rel := range []string{"self", "service-desc", "service-doc", "conformance", "data"} {
		found := false
		for _, l := range landing.Links {
			if l.Rel == rel {
				found = true
				path, ok := strings.CutPrefix(l.Href, s.url)
				if !ok {
					t.Errorf("%s is not absolute: %s", rel, l.Href)
				} else if r := s.get(t, path); r.status != http.StatusOK {
					t.Errorf("%s answers %d", l.Href, r.status)
				}
			}
		}
		if !found {
			t.Errorf("the landing page has no %s", rel)
		}
	}
	if en := read[ogc.Landing](t, s.get(t, "/ogc", "Accept-Language", "en-GB,en;q=0.9")); en.Title == landing.Title {
		t.Error("the landing page has no English")
	}
	all := read[ogc.Collections](t, s.get(t, "/ogc/collections"))
	if len(all.Collections) != 5 || all.Collections[1].ID != "parcels" || all.Collections[1].Extent == nil {
		t.Errorf("got %+v", all)
	}
}

// Whoever opens the landing page with a day and an instant is led to the items of that day, as known then.
func TestLandingHandsTheClocksOn(t *testing.T) {
	t.Parallel()
	s := newService(t)
	href := func(links []ogc.Link, rel string) string {
		for _, l := range links {
			if l.Rel == rel {
				return strings.TrimPrefix(l.Href, s.url)
			}
		}
		t.Fatalf("no %s in %v", rel, links)
		return ""
	}
	for query, matched := range map[string]int64{"?at=2021-05-31": 0, "?at=2021-06-01&f=json": 6, "?datetime=2020-01-01/2021-05-31": 0, "?known=2021-12-31": 0, "": 6} {
		data := href(read[ogc.Landing](t, s.get(t, "/ogc"+query)).Links, "data")
		all := read[ogc.Collections](t, s.get(t, data))
		one := read[ogc.Collection](t, s.get(t, href(all.Collections[1].Links, "self")))
		for _, links := range [][]ogc.Link{all.Collections[1].Links, one.Links} {
			if got := read[collectionAnswer](t, s.get(t, href(links, "items"))).NumberMatched; int64(got) != matched {
				t.Errorf("%s leads to %d parcels", query, got)
			}
			if r := s.get(t, href(links, "enclosure")); r.status != http.StatusOK {
				t.Errorf("%s leads to a download that answers %d", query, r.status)
			}
		}
	}
	for _, path := range []string{"/ogc", "/ogc/api", "/ogc/conformance", "/ogc/collections", "/ogc/collections/parcels"} {
		if p := read[problem](t, s.get(t, path+"?at=tomorrow")); p.Code != "date.malformed" {
			t.Errorf("%s of no day: %+v", path, p)
		}
		if r := s.get(t, path+"?at=2022-06-30&known=2022-07-01"); r.status != http.StatusOK {
			t.Errorf("%s answers %d", path, r.status)
		}
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	s := newService(t)
	today := "P-01 P-02 P-03 P-04 P-05 P-06"
	tests := []struct{ name, path, codes string }{
		{"all", "parcels/items", today},
		{"zones", "zones/items", "Z-01 Z-02 Z-03 Z-04 Z-05 Z-06"},
		{"plots are none yet", "plots/items", ""},
		{"a box", "parcels/items?bbox=114.017,22.687,114.028,22.697", "P-02"},
		{"a point inside", "parcels/items?bbox=114.022,22.692,114.022,22.692", "P-02"},
		{"a point in the box, not in the shape", "parcels/items?bbox=114.0174,22.6964,114.0174,22.6964", ""},
		{"with heights", "parcels/items?bbox=114.022,22.692,0,114.022,22.692,9", "P-02"},
		{"the whole world", "parcels/items?bbox=-180,-90,180,90", today},
		{"first day", "parcels/items?at=2021-06-01", today},
		{"the day before", "parcels/items?at=2021-05-31", ""},
		{"context holds on any day", "context/items?at=2021-05-31&bbox=114.0293,22.6086,114.0294,22.6092", "440309"},
		{"an instant is its day in Shanghai", "parcels/items?datetime=2021-05-31T16:00:00Z", today},
		{"an instant before", "parcels/items?datetime=2021-05-31T15:59:59Z", ""},
		{"an interval that reaches the start", "parcels/items?datetime=../2021-06-01", today},
		{"an interval before", "parcels/items?datetime=2020-01-01/2021-05-31", ""},
		{"known before all", "parcels/items?known=2021-12-31", ""},
		{"fid", "parcels/items?fid=%d", "P-02"},
	}
	fid := read[ogc.Item](t, s.get(t, "/ogc/collections/parcels/items/P-02")).Properties.FID
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := "/ogc/collections/" + tt.path
			if strings.Contains(path, "%d") {
				path = fmt.Sprintf(path, fid)
			}
			got := read[collectionAnswer](t, s.get(t, path))
			if got.codes() != tt.codes || got.NumberMatched != len(got.Features) || got.NumberReturned != len(got.Features) {
				t.Errorf("got %q, matched %d, returned %d", got.codes(), got.NumberMatched, got.NumberReturned)
			}
			if got.Settled != strings.Contains(path, "known") {
				t.Errorf("settled %v", got.Settled)
			}
		})
	}
}

// Pages of any size bring every thing once, whichever it is.
func TestPaging(t *testing.T) {
	t.Parallel()
	s := newService(t)
	whole := read[collectionAnswer](t, s.get(t, "/ogc/collections/context/items?limit=10000"))
	for _, limit := range []int{1, 5, 27, 28, 29} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			var codes []string
			path := fmt.Sprintf("/ogc/collections/context/items?limit=%d&at=2022-01-01", limit)
			for pages := 0; path != ""; pages++ {
				page := read[collectionAnswer](t, s.get(t, path))
				if page.NumberMatched != 28 || len(page.Features) > limit || pages > 28 {
					t.Fatalf("page %d: matched %d, %d features", pages, page.NumberMatched, len(page.Features))
				}
				codes = append(codes, page.codes())
				path = strings.TrimPrefix(page.link("next"), s.url)
			}
			if got := strings.Join(codes, " "); got != whole.codes() {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestItem(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const path = "/ogc/collections/parcels/items/P-02"
	first := s.get(t, path)
	item := read[ogc.Item](t, first)
	if p := item.Properties; p.Code != "P-02" || *p.Name != "福城南产业片区" || p.Zone != nil || p.Version != 1 || p.Accuracy != "approximate" ||
		p.AreaOfficialM2.String() != "770000.0000" || p.ValidFrom.String() != "2021-06-01" || p.ValidTo != nil || !strings.Contains(p.Source, "77 公顷") {
		t.Errorf("got %+v", p)
	}
	if zone := read[ogc.Item](t, s.get(t, "/ogc/collections/parcels/items/P-01")).Properties.Zone; zone == nil || *zone != "Z-04" {
		t.Errorf("观湖北 lies in 鹭湖中心城, not in %v", zone)
	}
	if !strings.HasPrefix(first.etag(), `"1.0.`) || first.header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("tag %s, cache %s", first.etag(), first.header.Get("Cache-Control"))
	}
	for name, asked := range map[string]string{"same": first.etag(), "weak": "W/" + first.etag(), "in a list": `"x", ` + first.etag(), "any": "*"} {
		if r := s.get(t, path, "If-None-Match", asked); r.status != http.StatusNotModified || len(r.body) > 0 {
			t.Errorf("%s: %d with %d bytes", name, r.status, len(r.body))
		}
	}
	if r := s.get(t, path, "If-None-Match", `"1.0.other"`); r.status != http.StatusOK {
		t.Errorf("another tag: %d", r.status)
	}
	head := s.do(t, http.MethodHead, path)
	if head.status != http.StatusOK || len(head.body) > 0 || head.etag() != first.etag() {
		t.Errorf("HEAD: %d, %d bytes, %s", head.status, len(head.body), head.etag())
	}
	if r := s.do(t, http.MethodOptions, path); r.status != http.StatusNoContent || r.header.Get("Allow") != "GET, HEAD, PUT, PATCH, DELETE, OPTIONS" {
		t.Errorf("OPTIONS: %d %q", r.status, r.header.Get("Allow"))
	}
}

// The coding is part of the representation: gzip has a tag of its own, and both are recognised.
func TestCodings(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const path = "/ogc/collections/parcels/items/P-02"
	plain, packed := s.do(t, http.MethodHead, path), s.get(t, path, "Accept-Encoding", "gzip")
	if packed.header.Get("Content-Encoding") != "gzip" || packed.etag() == plain.etag() || !strings.Contains(strings.Join(packed.header.Values("Vary"), ","), "Accept-Encoding") {
		t.Errorf("plain %s, packed %s, %v", plain.etag(), packed.etag(), packed.header)
	}
	if r := s.get(t, path, "Accept-Encoding", "gzip", "If-None-Match", packed.etag()); r.status != http.StatusNotModified || r.etag() != packed.etag() {
		t.Errorf("got %d %s", r.status, r.etag())
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	s := newService(t)
	r := s.get(t, "/api/v1/exports/context.geojson?at=2022-12-30")
	if r.header.Get("Content-Disposition") != `attachment; filename="context-2022-12-30.geojson"` {
		t.Errorf("got %q", r.header.Get("Content-Disposition"))
	}
	fc, err := geojson.UnmarshalFeatureCollection(r.body)
	if err != nil || len(fc.Features) != 28 {
		t.Fatalf("%v: %d features", err, len(fc.Features))
	}
}

// Boundaries as they were known: a correction in psql leaves what was known before as it was.
func TestKnown(t *testing.T) {
	t.Parallel()
	s := newService(t)
	before := time.Now().UTC()
	psql := s.Psql(t)
	correct(t, psql, "P-02")
	const path = "/ogc/collections/parcels/items/P-02"
	now := read[ogc.Item](t, s.get(t, path))
	then := read[ogc.Item](t, s.get(t, path+"?known="+url.QueryEscape(before.Format(time.RFC3339Nano))))
	if now.Properties.Version != 2 || then.Properties.Version != 1 || string(now.Geometry) == string(then.Geometry) {
		t.Errorf("now version %d, then %d", now.Properties.Version, then.Properties.Version)
	}
	history := read[list[ogc.Version]](t, s.get(t, "/api/v1/features/parcels/P-02/versions"))
	if history.Matched != 2 || history.Items[0].Version != 2 || history.Items[0].Change != "corrected" || history.Items[1].KnownTo == nil {
		t.Errorf("got %+v", history)
	}
	if first := read[ogc.Item](t, s.get(t, "/api/v1/features/parcels/P-02/versions/1")); string(first.Geometry) != string(then.Geometry) {
		t.Error("version 1 is not what it was")
	}
	if r := s.get(t, path+"?known=2099-01-01"); r.status != http.StatusBadRequest {
		t.Errorf("the future answers %d", r.status)
	}
}

// A thing that changed on a day: each day has its version, an interval the last of them once.
func TestDays(t *testing.T) {
	t.Parallel()
	s := newService(t)
	change(t, s.Psql(t), "P-03", "2022-03-15", 25)
	for path, version := range map[string]int32{"at=2022-03-14": 1, "at=2022-03-15": 2, "datetime=2022-01-01/2022-03-14": 1, "datetime=2022-01-01/..": 2} {
		got := read[collectionAnswer](t, s.get(t, "/ogc/collections/parcels/items?"+path))
		if got.NumberMatched != 6 || got.Features[2].Properties.Version != version {
			t.Errorf("%s: %d features, version %d", path, got.NumberMatched, got.Features[2].Properties.Version)
		}
	}
	if p := read[ogc.Item](t, s.get(t, "/ogc/collections/parcels/items/P-03?at=2022-03-14")).Properties; p.ValidTo == nil || p.ValidTo.String() != "2022-03-15" {
		t.Errorf("it ends on %v", p.ValidTo)
	}
}

func TestAbsent(t *testing.T) {
	t.Parallel()
	s := newService(t)
	psql := s.Psql(t)
	retire(t, psql, "P-06", "2022-06-01")
	if _, err := psql.Exec(t.Context(), `INSERT INTO lineage SELECT a.fid, d.fid, '2022-06-01', now() FROM feature a, feature d WHERE a.code = 'P-06' AND d.code = 'P-05'`); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path, code string
		status     int
	}{
		{"P-06", "feature.retired", 410},
		{"P-06?at=2022-05-31", "", 200},
		{"P-06?at=2021-01-01", "feature.not_on_day", 404},
		{"P-99", "feature.unknown", 404},
		{"%00", "request.not_text", 400},
		{strings.Repeat("P", 5000), "feature.unknown", 404},
	}
	for _, tt := range tests {
		r := s.get(t, "/ogc/collections/parcels/items/"+tt.path)
		if r.status != tt.status {
			t.Errorf("%.30s: %d %s", tt.path, r.status, r.body)
		} else if tt.code != "" {
			if p := read[problem](t, r); p.Code != tt.code {
				t.Errorf("%.30s: %s", tt.path, p.Code)
			} else if tt.status == 410 && (len(p.Links) != 1 || p.Links[0].Href != s.url+"/ogc/collections/parcels/items/P-05") {
				t.Errorf("a retired parcel leads to %v", p.Links)
			}
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for q, first := range map[string]string{"福城南": "P-02", "p-03": "P-03", "Fucheng S": "P-02", "鹭湖": "Z-04", "清湖": "station-qinghu", "黎光": "P-03", "%": "", "_": "", "\\": ""} {
		got := read[list[foundView]](t, s.get(t, "/api/v1/search?q="+url.QueryEscape(q)))
		if first == "" {
			if len(got.Items) > 0 {
				t.Errorf("%s found %d things", q, len(got.Items))
			}
			continue
		}
		if len(got.Items) == 0 || got.Items[0].ID != first {
			t.Errorf("%s found %+v", q, got.Items)
		}
	}
}

func TestRound(t *testing.T) {
	t.Parallel()
	s := newService(t)
	got := read[map[string]json.RawMessage](t, s.get(t, "/api/v1/round"))
	if string(got["target_ha"]) != "500.0000" || string(got["deadline"]) != "null" || string(got["starts_on"]) != `"2021-06-01"` {
		t.Errorf("got %s", got)
	}
	var box [4]float64
	if err := json.Unmarshal(got["extent"], &box); err != nil || !(orb.Bound{Min: orb.Point{box[0], box[1]}, Max: orb.Point{box[2], box[3]}}).Contains(orb.Point{114.02, 22.69}) {
		t.Errorf("extent %v, %v", box, err)
	}
}
