package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// form is a file as a browser sends it: the fields may stand behind it.
func form(t testing.TB, name, text string, fields ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("zhengbei-test"); err != nil { // the same bytes each time
		t.Fatal(err)
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, text); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// bring sends a file and holds the answer against the OpenAPI document.
func (s *service) bring(t testing.TB, body, contentType string, headers ...string) reply {
	t.Helper()
	return s.asked(t, http.MethodPost, "/api/v1/imports", body, append([]string{"Content-Type", contentType}, headers...)...)
}

// asked sends a request of somebody who reads English.
func (s *service) asked(t testing.TB, method, path, body string, headers ...string) reply {
	t.Helper()
	return s.send(t, method, path, strings.NewReader(body), append([]string{"Accept-Language", "en"}, headers...)...)
}

func zoneFile(west int, id, name string) string {
	return fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","id":%s,"properties":{"name":%q},"geometry":%s}]}`, id, name, rectangle(west, 0, west+100, 100))
}

func TestImportOverHTTP(t *testing.T) {
	t.Parallel()
	s := newService(t)
	before := s.versions(t)
	body, kind := form(t, "片区.geojson", zoneFile(0, "null", "甲"), "collection", "zones")
	r := s.bring(t, body, kind, "Idempotency-Key", "look-1")
	look := read[lookView](t, r)
	place := strings.TrimPrefix(r.header.Get("Location"), s.url)
	if r.status != http.StatusCreated || look.Counts.New != 1 || look.Counts.Errors != 0 || place != fmt.Sprint("/api/v1/imports/", look.ID) || look.File != "片区.geojson" {
		t.Fatalf("%d %s %s", r.status, place, r.body)
	}
	again := s.bring(t, body, kind, "Idempotency-Key", "look-1")
	if again.header.Get("Idempotency-Replayed") != "true" || read[lookView](t, again).ID != look.ID {
		t.Errorf("the same file under the same key: %d %s", again.status, again.body)
	}
	if shown := s.get(t, place, "Accept-Language", "en"); read[lookView](t, shown).Hash != look.Hash {
		t.Errorf("%d %s", shown.status, shown.body)
	}
	if s.versions(t) != before {
		t.Error("a look wrote something")
	}
	apply := func(more string, headers ...string) reply {
		return s.asked(t, http.MethodPost, place+"/apply", fmt.Sprintf(`{"hash":%q%s}`, look.Hash, more), append([]string{"Content-Type", "application/json"}, headers...)...)
	}
	if r := apply(""); r.status != http.StatusUnprocessableEntity || read[problem](t, r).Code != "change.no_reason" {
		t.Errorf("without a reason: %d %s", r.status, r.body)
	}
	if r := apply(`,"reason":"x","valid_from":"2199-01-01"`); read[problem](t, r).Code != "change.in_future" {
		t.Errorf("tomorrow: %d %s", r.status, r.body)
	}
	if r := s.asked(t, http.MethodPost, place+"/apply?dry_run=true", fmt.Sprintf(`{"hash":%q,"reason":"试"}`, look.Hash), "Content-Type", "application/json"); r.status != http.StatusOK || s.versions(t) != before {
		t.Errorf("only tried: %d %s", r.status, r.body)
	}
	r = apply(`,"reason":"勘定","document_no":"深府〔2026〕1 号","valid_from":"2025-01-01"`, "Idempotency-Key", "apply-1")
	if v := read[appliedView](t, r); r.status != http.StatusOK || v.New != 1 || v.ValidFrom.String() != "2025-01-01" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	once := s.versions(t)
	if r := apply(`,"reason":"勘定","document_no":"深府〔2026〕1 号","valid_from":"2025-01-01"`, "Idempotency-Key", "apply-1"); r.status != http.StatusOK || r.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the same under the same key: %d %s", r.status, r.body)
	}
	if r := apply(`,"reason":"勘定"`); r.status != http.StatusConflict || read[problem](t, r).Code != "import.applied" {
		t.Errorf("once more: %d %s", r.status, r.body)
	}
	if s.versions(t) != once || once == before {
		t.Errorf("%d, %d, %d rows", before, once, s.versions(t))
	}
	if shown := read[lookView](t, s.get(t, place)); shown.Applied == nil || shown.Applied.New != 1 {
		t.Errorf("what was written is shown: %+v", shown)
	}

	// Somebody draws beside it between look and apply: 412 names it.
	body, kind = form(t, "more.geojson", zoneFile(200, "null", "乙"), "collection", "zones")
	look = read[lookView](t, s.bring(t, body, kind))
	place = fmt.Sprint("/api/v1/imports/", look.ID)
	if r := s.edit(t, http.MethodPost, "/ogc/collections/zones/items", zone(rectangle(300, 0, 400, 100), "")); r.status != http.StatusCreated {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := apply(`,"reason":"勘定"`); r.status != http.StatusPreconditionFailed || read[problem](t, r).Code != "import.moved" || !strings.Contains(string(r.body), "Z-") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := s.asked(t, http.MethodDelete, place, ""); r.status != http.StatusNoContent {
		t.Errorf("%d %s", r.status, r.body)
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		if r := s.asked(t, method, place, ""); r.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", method, r.status, r.body)
		}
	}
}

// What cannot be read is refused with what, where and how to mend it, and nothing is kept of it.
func TestImportsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	psql := s.Psql(t)
	before := contents(t, psql)
	file := zoneFile(0, "null", "甲")
	for name, tt := range map[string]struct {
		file, text string
		fields     []string
		status     int
		code       string
	}{
		"no file":                 {"", "", []string{"collection", "zones"}, 400, "import.no_file"},
		"no layer":                {"a.geojson", file, nil, 422, "import.collection"},
		"a layer of nobody":       {"a.geojson", file, []string{"collection", "context"}, 422, "import.collection"},
		"a field that is unknown": {"a.geojson", file, []string{"collection", "zones", "srs", "x"}, 400, "import.field"},
		"a field twice":           {"a.geojson", file, []string{"collection", "zones", "collection", "plots"}, 400, "body.twice"},
		"a format not yet read":   {"a.shp", file, []string{"collection", "zones"}, 415, "file.format"},
		"another system":          {"a.geojson", file, []string{"collection", "zones", "crs", "EPSG:4547"}, 415, "file.crs"},
		"another encoding":        {"a.geojson", file, []string{"collection", "zones", "encoding", "GBK"}, 415, "file.encoding"},
		"a layer of the file":     {"a.geojson", file, []string{"collection", "zones", "layer", "x"}, 415, "file.no_layers"},
		"cut off":                 {"a.geojson", file[:len(file)-5], []string{"collection", "zones"}, 400, "file.cut_off"},
		"no JSON":                 {"a.geojson", "PK\x03\x04", []string{"collection", "zones"}, 400, "file.not_geojson"},
		"empty":                   {"a.geojson", `{"type":"FeatureCollection","features":[]}`, []string{"collection", "zones"}, 422, "import.empty"},
		"a long field":            {"a.geojson", file, []string{"collection", strings.Repeat("z", 300)}, 400, "request.not_text"},
	} {
		body, kind := form(t, tt.file, tt.text, tt.fields...)
		r := s.bring(t, body, kind)
		p := read[problem](t, r)
		if r.status != tt.status || p.Code != tt.code || len(p.Errors) == 0 || p.Errors[0].Mend == "" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := s.bring(t, file, "application/geo+json"); r.status != http.StatusUnsupportedMediaType {
		t.Errorf("no form: %d %s", r.status, r.body)
	}
	body, kind := form(t, "a.geojson", file, "collection", "zones")
	if r := s.bring(t, body[:len(body)/2], kind); r.status != http.StatusBadRequest {
		t.Errorf("a form that is cut off: %d %s", r.status, r.body)
	}
	if after := contents(t, psql); after != before {
		t.Error("something was kept")
	}
	for path, code := range map[string]string{"/api/v1/imports/0": "import.unknown", "/api/v1/imports/x": "import.unknown", "/api/v1/imports/99999999999": "import.unknown"} {
		if r := s.get(t, path); r.status != http.StatusNotFound || read[problem](t, r).Code != code {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

// A file with faults is looked at, each fault said in the reader's language; applied, it is refused as a whole.
func TestImportWithFaults(t *testing.T) {
	t.Parallel()
	s := newService(t)
	before := s.versions(t)
	text := fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"甲","nmae":1},"geometry":%s},{"type":"Feature","properties":{"name":"乙"},"geometry":%s},{"type":"Feature","properties":{"name":"丙"},"geometry":%s}]}`,
		rectangle(0, 0, 10, 10), rectangle(100, 0, 200, 100), rectangle(150, 0, 250, 100))
	body, kind := form(t, "a.json", text, "collection", "zones")
	look := read[lookView](t, s.bring(t, body, kind))
	if look.Counts.Errors != 2 || len(look.Problems) != 2 || look.Problems[0].Pointer != "/features/0/properties/nmae" || *look.Problems[1].Feature != 2 || look.Problems[1].Point == nil || look.Problems[1].Mend == "" {
		t.Fatalf("%+v", look.Problems)
	}
	if zh := read[lookView](t, s.get(t, fmt.Sprint("/api/v1/imports/", look.ID), "Accept-Language", "zh")); !strings.Contains(zh.Problems[1].Reason, "重叠") {
		t.Errorf("in Chinese: %+v", zh.Problems)
	}
	raw, _ := json.Marshal(map[string]string{"hash": look.Hash, "reason": "x"})
	r := s.asked(t, http.MethodPost, fmt.Sprint("/api/v1/imports/", look.ID, "/apply"), string(raw), "Content-Type", "application/json")
	if p := read[problem](t, r); r.status != http.StatusUnprocessableEntity || p.Code != "import.refused" || len(p.Errors) != 3 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if s.versions(t) != before {
		t.Error("something was written")
	}
}

// A file under one key is read and kept once; what its look found is answered again.
func TestImportUnderOneKey(t *testing.T) {
	t.Parallel()
	s := newService(t)
	body, kind := form(t, "片区.geojson", zoneFile(0, "null", "甲"), "collection", "zones")
	kept := func() string {
		return scalar[string](t, s, "SELECT (SELECT count(*) FROM import) || ' ' || (SELECT count(*) FROM import_row) || ' ' || (SELECT count(*) FROM import_plan)")
	}
	first := s.bring(t, body, kind, "Idempotency-Key", "one")
	once := kept()
	for range 3 {
		r := s.bring(t, body, kind, "Idempotency-Key", "one")
		if r.status != http.StatusCreated || r.header.Get("Idempotency-Replayed") != "true" || string(r.body) != string(first.body) || kept() != once {
			t.Errorf("%d %s; kept %s, before %s", r.status, r.body, kept(), once)
		}
	}
	other, kind := form(t, "片区.geojson", zoneFile(200, "null", "乙"), "collection", "zones")
	if r := s.bring(t, other, kind, "Idempotency-Key", "one"); r.status != http.StatusUnprocessableEntity || read[problem](t, r).Code != "key.reused" || kept() != once {
		t.Errorf("%d %s; kept %s, before %s", r.status, r.body, kept(), once)
	}
}

// A code that was drawn and retired since the look is named, and nothing is written.
func TestImportOfACodeTakenSince(t *testing.T) {
	t.Parallel()
	s := newService(t)
	body, kind := form(t, "a.geojson", zoneFile(0, `"Z-55"`, "甲"), "collection", "zones")
	look := read[lookView](t, s.bring(t, body, kind))
	drawn := s.edit(t, http.MethodPost, "/ogc/collections/zones/items", strings.Replace(zone(rectangle(2000, 0, 2100, 100), ""), `"geometry"`, `"id":"Z-55","geometry"`, 1))
	gone := s.edit(t, http.MethodDelete, "/ogc/collections/zones/items/Z-55?version=1&reason=x", "")
	if look.Counts.Errors != 0 || drawn.status != http.StatusCreated || gone.status != http.StatusNoContent {
		t.Fatalf("%+v %s %s", look, drawn.body, gone.body)
	}
	before := s.versions(t)
	r := s.asked(t, http.MethodPost, fmt.Sprintf("/api/v1/imports/%d/apply", look.ID), fmt.Sprintf(`{"hash":%q,"reason":"x"}`, look.Hash), "Content-Type", "application/json")
	if p := read[problem](t, r); r.status != http.StatusPreconditionFailed || p.Code != "import.moved" || !strings.Contains(p.Detail, "Z-55") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if s.versions(t) != before {
		t.Error("something was written")
	}
}

// A file does not take accepted land out of the figures with a word.
func TestImportOfAcceptedPlots(t *testing.T) {
	t.Parallel()
	s := demo(t)
	_, item, _ := s.plotIn(t, "s.stage = 'stored'")
	file := fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","id":%q,"properties":{"disposition":"kept"},"geometry":%s}]}`, item.ID, item.Geometry)
	body, kind := form(t, "a.geojson", file, "collection", "plots")
	look := read[lookView](t, s.bring(t, body, kind))
	before := s.versions(t)
	r := s.asked(t, http.MethodPost, fmt.Sprintf("/api/v1/imports/%d/apply", look.ID), fmt.Sprintf(`{"hash":%q,"reason":"x"}`, look.Hash))
	if p := read[problem](t, r); r.status != http.StatusConflict || p.Code != "plot.accepted_so" || s.versions(t) != before {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// A file does not take a plot out of its parcel from under its holdings; each is named.
func TestImportOfHeldPlots(t *testing.T) {
	t.Parallel()
	s := demo(t)
	_, item, _ := s.plotIn(t, "s.stage = 'partly_signed' AND EXISTS (SELECT FROM holding_land l WHERE l.plot = f.fid)")
	made := s.edit(t, http.MethodPost, "/ogc/collections/parcels/items", zone(rectangle(0, 0, 200, 200), `,"name_status":"placeholder"`))
	file := fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","id":%q,"properties":{"parcel":%q},"geometry":%s}]}`, item.ID, read[saved](t, made).ID, rectangle(50, 50, 100, 100))
	body, kind := form(t, "a.geojson", file, "collection", "plots")
	look := read[lookView](t, s.bring(t, body, kind))
	before := s.versions(t)
	r := s.asked(t, http.MethodPost, fmt.Sprintf("/api/v1/imports/%d/apply", look.ID), fmt.Sprintf(`{"hash":%q,"reason":"x"}`, look.Hash))
	if p := read[problem](t, r); look.Counts.Errors != 0 || r.status != http.StatusConflict || p.Code != "plot.held_here" || s.versions(t) != before {
		t.Errorf("%+v, then %d %s", look, r.status, r.body)
	}
}

// What no database holds is a problem of its feature, told in either language, and never an error of the service.
func TestImportOfWhatCannotBeKept(t *testing.T) {
	t.Parallel()
	s := newService(t)
	before := s.versions(t)
	for properties, code := range map[string]string{
		`"published":{"a":"\ud800"}`: "request.not_text", `"published":{"a":"\u0000"}`: "request.not_text", `"published":{"a":1e999999}`: "request.not_text",
		`"locality":"\udc00"`: "request.not_text", `"code":"Z-\u0000"`: "request.not_text", `"a\u0000b":"\u0000"`: "file.property",
		`"area_official_m2":9999999999.99999`: "file.area", `"source":""`: "property.missing", `"accuracy":""`: "property.missing_word",
		`"name_en":"` + strings.Repeat("x", 201) + `"`: "property.too_long",
	} {
		text := strings.Replace(zoneFile(0, "null", "甲"), `"name":`, properties+`,"name":`, 1)
		body, kind := form(t, "a.geojson", text, "collection", "zones")
		r := s.bring(t, body, kind)
		look := read[lookView](t, r)
		if r.status != http.StatusCreated || look.Counts.Errors != 1 || look.Problems[0].Code != code || look.Problems[0].Mend == "" || !strings.HasPrefix(look.Problems[0].Pointer, "/features/0/properties/") {
			t.Errorf("%s: %d %s", properties, r.status, r.body)
		}
		if r := s.asked(t, http.MethodPost, fmt.Sprintf("/api/v1/imports/%d/apply", look.ID), fmt.Sprintf(`{"hash":%q,"reason":"x"}`, look.Hash), "Content-Type", "application/json"); r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", properties, r.status, r.body)
		}
	}
	if s.versions(t) != before {
		t.Error("something was written")
	}
}
