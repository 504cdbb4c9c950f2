package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// ring is a rectangle on the grid of metres from a corner of free ground, as GeoJSON in degrees: about a metre is 1e-5 degrees.
func rectangle(west, south, east, north int) string {
	at := func(x, y int) string {
		return fmt.Sprintf("[%.10f,%.10f]", 113.98+float64(x)*1e-5, 22.66+float64(y)*1e-5)
	}
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[%s,%s,%s,%s,%s]]}`, at(west, south), at(east, south), at(east, north), at(west, north), at(west, south))
}

// zone is a zone as it is sent.
func zone(geometry, more string) string {
	return fmt.Sprintf(`{"type":"Feature","geometry":%s,"properties":{"name":"试","accuracy":"surveyed","source":"测量","reason":"勘定"%s}}`, geometry, more)
}

// versions are all rows of all layers, which a refused write leaves as they are.
func (s *service) versions(t testing.TB) (n int64) {
	t.Helper()
	if err := s.Psql(t).QueryRow(t.Context(), "SELECT count(*) + coalesce(sum(extract(epoch FROM upper(known)))::bigint, 0) FROM feature_version").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDrawChangeRetire(t *testing.T) {
	t.Parallel()
	s := newService(t)
	before := s.versions(t)
	tried := s.edit(t, "POST", "/ogc/collections/zones/items?dry_run=true", zone(rectangle(0, 0, 100, 100), ""))
	if tried.status != http.StatusOK || s.versions(t) != before || tried.header.Get("ETag") != "" {
		t.Fatalf("only tried: %d %s", tried.status, tried.body)
	}
	r := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), ""))
	if r.status != http.StatusCreated || r.header.Get("Location") == "" || r.etag() == "" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	at := r.header.Get("Location")
	item := s.get(t, at)
	if item.status != http.StatusOK || strings.SplitN(item.etag(), ".", 2)[0] != strings.SplitN(r.etag(), ".", 2)[0] {
		t.Fatalf("the item: %d %s, tags %s and %s", item.status, item.body, item.etag(), r.etag())
	}
	same := s.edit(t, "PUT", at, string(item.body), "If-Match", item.etag())
	if same.status != http.StatusOK || read[saved](t, same).Properties.Version != 1 {
		t.Errorf("read and written back unchanged: %d %s", same.status, same.body)
	}
	moved := s.edit(t, "PUT", at, zone(rectangle(0, 0, 120, 100), ""), "If-Match", item.etag())
	if v := read[saved](t, moved); moved.status != http.StatusOK || v.Properties.Version != 2 || *v.Properties.Reason != "勘定" {
		t.Fatalf("%d %s", moved.status, moved.body)
	}
	stale := s.edit(t, "PUT", at, zone(rectangle(0, 0, 130, 100), ""), "If-Match", item.etag())
	if shown := read[struct {
		problem
		Current saved `json:"current"`
	}](t, stale); stale.status != http.StatusPreconditionFailed || shown.Current.Properties.Version != 2 || shown.Current.Properties.UpdatedBy != "officer" {
		t.Errorf("stale: %d %s", stale.status, stale.body)
	}
	named := s.edit(t, "PATCH", at, `{"properties":{"name":"改名","version":2,"reason":"更名"}}`)
	if v := read[saved](t, named); named.status != http.StatusOK || *v.Properties.Name != "改名" || v.Properties.Version != 3 {
		t.Errorf("%d %s", named.status, named.body)
	}
	gone := s.edit(t, "DELETE", at+"?version=3&reason=%E9%87%8D%E5%A4%8D", "")
	if gone.status != http.StatusNoContent {
		t.Errorf("retired: %d %s", gone.status, gone.body)
	}
	if after := s.get(t, at); after.status != http.StatusGone {
		t.Errorf("after it was retired: %d %s", after.status, after.body)
	}
	if history := s.get(t, strings.Replace(at, "/ogc/collections/zones/items/", "/api/v1/features/zones/", 1)+"/versions"); !strings.Contains(string(history.body), `"change":"retired"`) || !strings.Contains(string(history.body), "重复") {
		t.Errorf("the history does not say who retired it and why: %s", history.body)
	}
}

// Every conflict is named in one answer, with the place and the land that both want; nothing is written.
func TestConflictsAreNamed(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, g := range []string{rectangle(0, 0, 100, 100), rectangle(100, 0, 200, 100)} {
		if r := s.edit(t, "POST", "/ogc/collections/zones/items", zone(g, "")); r.status != http.StatusCreated {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	before := s.versions(t)
	r := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(50, 50, 150, 150), ""))
	p := read[struct {
		problem
		Conflicts []struct {
			ID       string          `json:"id"`
			AreaM2   float64         `json:"area_m2"`
			Geometry json.RawMessage `json:"geometry"`
		} `json:"conflicts"`
	}](t, r)
	if r.status != http.StatusConflict || len(p.Errors) != 2 || len(p.Conflicts) != 2 || p.Conflicts[0].AreaM2 < 2000 || p.Errors[0].Point == nil || s.versions(t) != before {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// A neighbour that is touched takes the vertex; who had read it before saves without a question.
func TestNodedOnlySavesWithoutQuestion(t *testing.T) {
	t.Parallel()
	s := newService(t)
	a := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), ""))
	if a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
	b := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(100, 40, 200, 60), ""))
	v := read[saved](t, b)
	if b.status != http.StatusCreated || len(v.Noded) != 1 || v.Noded[0].Version != 2 {
		t.Fatalf("%d %s", b.status, b.body)
	}
	at := a.header.Get("Location")
	if n := read[saved](t, s.get(t, at)); n.Properties.Version != 2 || !strings.Contains(*n.Properties.Reason, v.ID) || !strings.Contains(*n.Properties.Reason, "勘定") {
		t.Errorf("the neighbour does not say why: %+v", n.Properties)
	}
	r := s.edit(t, "PUT", at, zone(rectangle(0, 0, 100, 120), ""), "If-Match", a.etag())
	n := read[saved](t, r)
	if r.status != http.StatusOK || n.Properties.Version != 3 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	var ring struct {
		Coordinates [][][2]float64 `json:"coordinates"`
	}
	if err := json.Unmarshal(n.Geometry, &ring); err != nil || len(ring.Coordinates[0]) != 7 {
		t.Errorf("the shape was not laid over the noded one: %s", n.Geometry)
	}
}

func TestRefusedEdits(t *testing.T) {
	t.Parallel()
	s := newService(t)
	made := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), ""))
	if made.status != http.StatusCreated {
		t.Fatalf("%d %s", made.status, made.body)
	}
	at, tag := made.header.Get("Location"), made.etag()
	before := s.versions(t)
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code               string
	}{
		"no base":             {"PUT", at, zone(rectangle(0, 0, 110, 100), ""), nil, 428, " base.missing"},
		"any base":            {"PUT", at, zone(rectangle(0, 0, 110, 100), ""), []string{"If-Match", "*"}, 428, "base.missing"},
		"weak":                {"PUT", at, zone(rectangle(0, 0, 110, 100), ""), []string{"If-Match", "W/" + tag}, 412, "etag.weak"},
		"rubbish":             {"PUT", at, zone(rectangle(0, 0, 110, 100), ""), []string{"If-Match", "rubbish"}, 400, "etag.malformed"},
		"not ours":            {"PUT", at, zone(rectangle(0, 0, 110, 100), ""), []string{"If-Match", `"abc"`}, 400, "etag.malformed"},
		"another's":           {"PUT", at, zone(rectangle(0, 0, 110, 100), ""), []string{"If-Match", `"1.0.AAAA` + strings.Repeat("A", 16) + `"`}, 412, "feature.stale"},
		"no reason":           {"PATCH", at, `{"properties":{"name":"甲"}}`, []string{"If-Match", tag}, 422, "change.no_reason"},
		"code":                {"PATCH", at, `{"properties":{"code":"Z-99","reason":"改"}}`, []string{"If-Match", tag}, 422, "property.read_only"},
		"area":                {"PATCH", at, `{"properties":{"area_m2":1,"reason":"改"}}`, []string{"If-Match", tag}, 422, "property.read_only"},
		"stage":               {"PATCH", at, `{"properties":{"stage":"stored","reason":"改"}}`, []string{"If-Match", tag}, 422, "property.read_only"},
		"unknown property":    {"PATCH", at, `{"properties":{"colour":"red","reason":"改"}}`, []string{"If-Match", tag}, 400, "property.unknown"},
		"word":                {"PATCH", at, `{"properties":{"accuracy":"good","reason":"改"}}`, []string{"If-Match", tag}, 422, "property.word"},
		"name taken away":     {"PATCH", at, `{"properties":{"name":null,"reason":"改"}}`, []string{"If-Match", tag}, 422, "property.missing"},
		"in the future":       {"PATCH", at, `{"properties":{"name":"甲","valid_from":"2190-01-01","reason":"改"}}`, []string{"If-Match", tag}, 422, "change.in_future"},
		"another id":          {"PUT", at, strings.Replace(zone(rectangle(0, 0, 110, 100), ""), `"type":"Feature",`, `"type":"Feature","id":"Z-77",`, 1), []string{"If-Match", tag}, 422, "property.read_only"},
		"crossing":            {"PUT", at, zone(`{"type":"Polygon","coordinates":[[[113.98,22.66],[113.99,22.67],[113.99,22.66],[113.98,22.67],[113.98,22.66]]]}`, ""), []string{"If-Match", tag}, 422, "geometry."},
		"another crs":         {"PUT", at, strings.Replace(zone(rectangle(0, 0, 110, 100), ""), `"type":"Feature",`, `"type":"Feature","crs":{"type":"name","properties":{"name":"EPSG:4547"}},`, 1), []string{"If-Match", tag}, 422, "geometry.crs"},
		"a NUL":               {"PATCH", at, `{"properties":{"locality":"a\u0000b","reason":"改"}}`, []string{"If-Match", tag}, 422, "property.not_text"},
		"a NUL in figures":    {"PATCH", at, `{"properties":{"published":{"x":"a\u0000b"},"reason":"改"}}`, []string{"If-Match", tag}, 422, "property.object"},
		"far away":            {"PUT", at, zone(`{"type":"Polygon","coordinates":[[[100,20],[101,20],[101,21],[100,20]]]}`, ""), []string{"If-Match", tag}, 422, "geometry.extent"},
		"parcel of a zone":    {"POST", "/ogc/collections/zones/items", zone(rectangle(300, 0, 310, 10), `,"parcel":"P-01"`), nil, 422, "property.not_here"},
		"code taken":          {"POST", "/ogc/collections/zones/items", zone(rectangle(300, 0, 310, 10), `,"code":"Z-01"`), nil, 409, "feature.code_taken"},
		"no such feature":     {"PUT", "/ogc/collections/zones/items/Z-99", zone(rectangle(0, 0, 110, 100), ""), []string{"If-Match", tag}, 404, "feature.unknown"},
		"context":             {"POST", "/ogc/collections/context/items", zone(rectangle(0, 0, 110, 100), ""), nil, 405, "collection.read_only"},
		"released":            {"PUT", "/ogc/collections/released/items/1", zone(rectangle(0, 0, 110, 100), ""), nil, 405, "collection.read_only"},
		"retired for no why":  {"DELETE", at + "?version=1", "", nil, 422, "change.no_reason"},
		"retired for no what": {"DELETE", at + "?reason=x", "", nil, 428, "base.missing"},
		"another type":        {"POST", "/ogc/collections/zones/items", zone(rectangle(300, 0, 310, 10), ""), []string{"Content-Type", "text/plain"}, 415, "body.not_json"},
		"plot of no parcel":   {"POST", "/ogc/collections/plots/items", zone(rectangle(300, 0, 310, 10), `,"parcel":"P-99","disposition":"storage","use_class":"industrial"`), nil, 422, "plot.parcel_unknown"},
		"plot outside":        {"POST", "/ogc/collections/plots/items", zone(rectangle(300, 0, 310, 10), `,"parcel":"P-01","disposition":"storage","use_class":"industrial"`), nil, 409, "plot.outside"},
	} {
		r := s.edit(t, c.method, c.path, c.body, c.headers...)
		p := read[problem](t, r)
		if r.status != c.status || !strings.Contains(strings.Join(codes(p), "\n"), strings.TrimSpace(c.code)) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if s.versions(t) != before {
		t.Error("a refused edit changed the map")
	}
}

// Of many who save from one version one wins; the others are told what stands.
func TestOneOfManySaves(t *testing.T) {
	t.Parallel()
	s := newService(t)
	made := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), ""))
	if made.status != http.StatusCreated {
		t.Fatalf("%d %s", made.status, made.body)
	}
	at, tag := made.header.Get("Location"), made.etag()
	var group sync.WaitGroup
	var won atomic.Int32
	for i := range 16 {
		group.Go(func() {
			r := s.edit(t, "PUT", at, zone(rectangle(0, 0, 101+i, 100), ""), "If-Match", tag)
			switch r.status {
			case http.StatusOK:
				won.Add(1)
			case http.StatusPreconditionFailed:
				if !strings.Contains(string(r.body), `"current":{`) {
					t.Errorf("the loser is not told what stands: %s", r.body)
				}
			default:
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 {
		t.Errorf("%d won", won.Load())
	}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for path, want := range map[string][]string{
		"/ogc/collections/plots/items":          {"POST", "GET"},
		"/ogc/collections/plots/items/L-000001": {"PUT", "PATCH", "DELETE"},
	} {
		if allow := s.do(t, http.MethodOptions, path).header.Get("Allow"); !slices.ContainsFunc(want, func(m string) bool { return strings.Contains(allow, m) }) {
			t.Errorf("%s: %s", path, allow)
		}
	}
}

// edit sends a change of the map; where no other type is named the body is GeoJSON, or a merge patch of PATCH.
func (s *service) edit(t testing.TB, method, path, body string, headers ...string) reply {
	t.Helper()
	kind := "application/geo+json"
	if method == http.MethodPatch {
		kind = "application/merge-patch+json"
	}
	if !slices.Contains(headers, "Content-Type") {
		headers = append(headers, "Content-Type", kind)
	}
	r := s.send(t, method, path, strings.NewReader(body), headers...)
	for range 30 { // a machine that is busy otherwise says when to come again, and has written nothing
		if r.status != http.StatusServiceUnavailable {
			break
		}
		time.Sleep(200 * time.Millisecond)
		r = s.send(t, method, path, strings.NewReader(body), headers...)
	}
	return r
}

// plot is a plot of the demonstration in a stage, whose parcel is named, with what a client reads of it.
func (s *service) plotIn(t testing.TB, where string) (at string, item saved, tag string) {
	t.Helper()
	var code string
	if err := s.Psql(t).QueryRow(t.Context(), "SELECT f.code FROM plot_state s JOIN feature f ON f.fid = s.subject_id JOIN plot_version v ON v.fid = f.fid AND upper_inf(v.known) WHERE upper_inf(s.known) AND s.valid @> date '2022-12-30' AND "+where+" ORDER BY f.code LIMIT 1").Scan(&code); err != nil {
		t.Fatal(err)
	}
	at = "/ogc/collections/plots/items/" + code
	r := s.get(t, at)
	return at, read[saved](t, r), r.etag()
}

// shrunk is a shape drawn in towards its middle, which leaves its neighbours alone.
func (s *service) shrunk(t testing.TB, geometry json.RawMessage, by float64) string {
	t.Helper()
	var smaller string
	if err := s.Psql(t).QueryRow(t.Context(), "SELECT ST_AsGeoJSON(ST_Transform(ST_SnapToGrid(ST_Buffer(ST_Transform(ST_SetSRID(ST_GeomFromGeoJSON($1), 4490), 4547), $2, 'join=mitre'), 0.0001), 4490), 10, 0)", string(geometry), -by).Scan(&smaller); err != nil {
		t.Fatal(err)
	}
	return smaller
}

func patchOf(geometry, reason string) string {
	return fmt.Sprintf(`{"geometry":%s,"properties":{"reason":%q}}`, geometry, reason)
}

// A boundary that was accepted moves only after its correction has been recorded, then only to where it said, and by another person.
func TestAcceptedBoundary(t *testing.T) {
	t.Parallel()
	s := demo(t)
	at, item, tag := s.plotIn(t, "s.stage = 'stored'")
	smaller := s.shrunk(t, item.Geometry, 0.5)
	refused := s.edit(t, "PATCH", at, patchOf(smaller, "复测"), "If-Match", tag)
	if p := read[problem](t, refused); refused.status != http.StatusConflict || p.Code != "plot.accepted" {
		t.Fatalf("%d %s", refused.status, refused.body)
	}
	hash := read[struct {
		Hash string `json:"geometry_hash"`
	}](t, refused).Hash
	if r := s.post(t, "/api/v1/facts", fmt.Sprintf(`{"subject":{"kind":"plot","id":%q},"kind":"boundary_corrected","occurred_on":"2022-12-30","value":{"hash":%q}}`, item.ID, hash)); r.status != http.StatusCreated {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := s.edit(t, "PATCH", at, patchOf(s.shrunk(t, item.Geometry, 0.6), "复测"), "If-Match", tag); r.status != http.StatusConflict {
		t.Errorf("another boundary than the one that was corrected: %d %s", r.status, r.body)
	}
	if own := s.edit(t, "PATCH", at, patchOf(smaller, "复测"), "If-Match", tag); own.status != http.StatusForbidden || read[problem](t, own).Code != "plot.second_person" {
		t.Errorf("drawn by the one who recorded that it may be: %d %s", own.status, own.body)
	}
	r := s.as("officer2").edit(t, "PATCH", at, patchOf(smaller, "复测"), "If-Match", tag)
	if v := read[saved](t, r); r.status != http.StatusOK || v.Hash != hash || *v.Properties.Stage != "stored" {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// What was accepted is not taken out of the figures, or out of its parcel, with a word; not by many small moves either.
func TestAcceptedStays(t *testing.T) {
	t.Parallel()
	s := demo(t)
	at, item, tag := s.plotIn(t, "s.stage = 'stored'")
	before := s.versions(t)
	for body, code := range map[string]string{
		`{"properties":{"disposition":"kept","reason":"改"}}`: "plot.accepted_so",
		`{"properties":{"parcel":"P-05","reason":"改"}}`:      "plot.accepted_here",
		patchOf(s.shrunk(t, item.Geometry, 0.0005), "微调"):    "plot.accepted",
	} {
		if r := s.edit(t, "PATCH", at, body, "If-Match", tag); r.status != http.StatusConflict || read[problem](t, r).Code != code {
			t.Errorf("%s: %d %s", code, r.status, r.body)
		}
	}
	if s.versions(t) != before {
		t.Error("a refused edit changed the map")
	}
	if r := s.edit(t, "PATCH", at, `{"properties":{"source":"核对","reason":"来源"}}`, "If-Match", tag); r.status != http.StatusOK {
		t.Errorf("its source: %d %s", r.status, r.body)
	}
}

// A smaller plot is warned of where holdings have more land on it, and a plot is not moved from under them.
func TestHeldLand(t *testing.T) {
	t.Parallel()
	s := demo(t)
	at, item, tag := s.plotIn(t, "s.stage = 'partly_signed' AND EXISTS (SELECT FROM holding_land l WHERE l.plot = f.fid)")
	r := s.edit(t, "PATCH", at+"?dry_run=true", patchOf(s.shrunk(t, item.Geometry, 15), "复测"), "If-Match", tag)
	if v := read[saved](t, r); r.status != http.StatusOK || len(v.Warnings) != 1 || !strings.Contains(v.Warnings[0], item.ID) {
		t.Errorf("%d %s", r.status, r.body)
	}
	other := "P-05"
	if *item.Properties.Parcel == other {
		other = "P-02"
	}
	r = s.edit(t, "PATCH", at, fmt.Sprintf(`{"properties":{"parcel":%q,"reason":"改"}}`, other), "If-Match", tag)
	if p := read[problem](t, r); r.status != http.StatusConflict || p.Code != "plot.held_here" {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// A key brings its answer back, whatever has become of the thing since.
func TestAnswerOutlivesTheThing(t *testing.T) {
	t.Parallel()
	s := newService(t)
	made := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), ""))
	at := made.header.Get("Location")
	body := zone(rectangle(0, 0, 120, 100), "")
	first := s.edit(t, "PUT", at, body, "If-Match", made.etag(), "Idempotency-Key", "k")
	if r := s.edit(t, "DELETE", at+"?reason=x&version=2", ""); r.status != http.StatusNoContent {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if again := s.edit(t, "PUT", at, body, "If-Match", made.etag(), "Idempotency-Key", "k"); again.status != http.StatusOK || string(again.body) != string(first.body) {
		t.Errorf("%d %s", again.status, again.body)
	}
}

// Programs write numbers and rings in their own way: what they read and send back changes nothing.
func TestSentBackByAnotherProgram(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, code := range []string{"P-02", "P-03", "P-06"} {
		r := s.get(t, "/ogc/collections/parcels/items/"+code)
		var whole map[string]any
		if err := json.Unmarshal(r.body, &whole); err != nil {
			t.Fatal(err)
		}
		rings := whole["geometry"].(map[string]any)["coordinates"].([]any)
		slices.Reverse(rings[0].([]any))
		body, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		if back := s.edit(t, "PUT", "/ogc/collections/parcels/items/"+code, string(body), "If-Match", r.etag()); back.status != http.StatusOK || read[saved](t, back).Properties.Version != 1 {
			t.Errorf("%s: %d %s", code, back.status, back.body)
		}
	}
}

// A correction moves what is said of earlier days from now on, and leaves what was known before.
func TestCorrectionLeavesWhatWasKnown(t *testing.T) {
	t.Parallel()
	s := demo(t)
	at, item, tag := s.plotIn(t, "s.stage = 'planned' AND v.disposition = 'storage'")
	known := s.api.now().UTC().Format("2006-01-02T15:04:05.000000Z")
	figure := func(query string) string {
		return string(s.get(t, "/ogc/collections/plots/items/"+item.ID+query).body)
	}
	before := figure("?at=2022-03-01&known=" + known)
	r := s.edit(t, "PATCH", at, strings.Replace(patchOf(s.shrunk(t, item.Geometry, 1), "误绘"), `"reason"`, `"valid_from":"2021-06-01","reason"`, 1), "If-Match", tag)
	v := read[saved](t, r)
	if r.status != http.StatusOK || v.Properties.ValidFrom.String() != "2021-06-01" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if figure("?at=2022-03-01&known="+known) != before {
		t.Error("what was known before moved")
	}
	now := read[saved](t, s.get(t, "/ogc/collections/plots/items/"+item.ID+"?at=2022-03-01"))
	if now.Properties.AreaM2.String() != v.Properties.AreaM2.String() || now.Properties.AreaM2.String() == item.Properties.AreaM2.String() {
		t.Errorf("the correction does not hold for an earlier day: %s", *now.Properties.AreaM2)
	}
	// a change holds from its day on
	changed := s.edit(t, "PATCH", at, patchOf(s.shrunk(t, item.Geometry, 2), "变更"), "If-Match", r.etag())
	if c := read[saved](t, changed); changed.status != http.StatusOK || c.Properties.ValidFrom.String() != "2022-12-30" {
		t.Fatalf("%d %s", changed.status, changed.body)
	}
	if old := read[saved](t, s.get(t, "/ogc/collections/plots/items/"+item.ID+"?at=2022-12-29")); old.Properties.AreaM2.String() != v.Properties.AreaM2.String() {
		t.Errorf("the day before a change: %s", *old.Properties.AreaM2)
	}
}

// Nothing is retired from under what rests on it, and a parcel is not drawn away from its plots; all of them are named.
func TestWhatRestsIsNamed(t *testing.T) {
	t.Parallel()
	s := demo(t)
	before := s.versions(t)
	at, item, tag := s.plotIn(t, "EXISTS (SELECT FROM building_version b WHERE b.plot = f.fid) AND s.stage = 'partly_signed'")
	r := s.edit(t, "DELETE", at+"?reason=x", "", "If-Match", tag)
	if p := read[problem](t, r); r.status != http.StatusConflict || p.Code != "feature.in_use" || len(p.Errors) < 2 {
		t.Errorf("%d %s", r.status, r.body)
	}
	parcel := s.get(t, "/ogc/collections/parcels/items/"+*item.Properties.Parcel)
	place := "/ogc/collections/parcels/items/" + *item.Properties.Parcel
	r = s.edit(t, "DELETE", place+"?reason=x", "", "If-Match", parcel.etag())
	if p := read[problem](t, r); r.status != http.StatusConflict || len(p.Errors) != 100 {
		t.Errorf("%d, %d things named: %.300s", r.status, len(p.Errors), r.body)
	}
	r = s.edit(t, "PATCH", place, patchOf(s.shrunk(t, read[saved](t, parcel).Geometry, 40), "收缩"), "If-Match", parcel.etag())
	if p := read[problem](t, r); r.status != http.StatusConflict || p.Code != "plot.outside" || len(p.Errors) < 3 {
		t.Errorf("%d %.300s", r.status, r.body)
	}
	if s.versions(t) != before {
		t.Error("a refused edit changed the map")
	}
}

// Attributes are set right where the boundary could not be drawn today.
func TestAttributesOfOldBoundaries(t *testing.T) {
	t.Parallel()
	s := demo(t)
	r := s.get(t, "/ogc/collections/parcels/items/P-02")
	named := s.edit(t, "PATCH", "/ogc/collections/parcels/items/P-02", `{"properties":{"locality":"清湖","reason":"补地名"}}`, "If-Match", r.etag())
	if v := read[saved](t, named); named.status != http.StatusOK || *v.Properties.Locality != "清湖" || string(v.Geometry) != string(read[saved](t, r).Geometry) {
		t.Errorf("%d %s", named.status, named.body)
	}
	grown := s.edit(t, "PATCH", "/ogc/collections/parcels/items/P-02", patchOf(s.shrunk(t, read[saved](t, r).Geometry, -5), "外扩"), "If-Match", named.etag())
	if v := read[saved](t, grown); grown.status != http.StatusOK || v.Properties.Version != 3 {
		t.Errorf("%d %s", grown.status, grown.body)
	}
}

// The same request under one key is one edit, however often it is sent; its own answer comes back, with its tag.
func TestEditUnderKey(t *testing.T) {
	t.Parallel()
	s := newService(t)
	made := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), ""), "Idempotency-Key", "one")
	again := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), ""), "Idempotency-Key", "one")
	if made.status != http.StatusCreated || again.status != made.status || again.etag() != made.etag() || again.header.Get("Location") != made.header.Get("Location") || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%d %s %v", again.status, again.body, again.header)
	}
	at := made.header.Get("Location")
	body := zone(rectangle(0, 0, 120, 100), "")
	first := s.edit(t, "PUT", at, body, "If-Match", made.etag(), "Idempotency-Key", "two")
	second := s.edit(t, "PUT", at, body, "If-Match", made.etag(), "Idempotency-Key", "two") // its answer was lost: without the key this is 412
	if first.status != http.StatusOK || second.status != http.StatusOK || second.etag() != first.etag() {
		t.Errorf("%d, then %d %s", first.status, second.status, second.body)
	}
	if other := s.edit(t, "PUT", at, zone(rectangle(0, 0, 130, 100), ""), "If-Match", made.etag(), "Idempotency-Key", "two"); other.status != http.StatusUnprocessableEntity {
		t.Errorf("another body under the key: %d %s", other.status, other.body)
	}
	gone := s.edit(t, "DELETE", at+"?reason=x&version=2", "", "Idempotency-Key", "three")
	if again := s.edit(t, "DELETE", at+"?reason=x&version=2", "", "Idempotency-Key", "three"); gone.status != http.StatusNoContent || again.status != http.StatusNoContent {
		t.Errorf("retired %d, and again %d %s", gone.status, again.status, again.body)
	}
}

// Desktop programs send no If-Match, and boundary and attributes one after the other: the second save on one's own direct successor is the same edit.
func TestTwoSavesOfOneEdit(t *testing.T) {
	t.Parallel()
	s := newService(t)
	made := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), ""))
	at := made.header.Get("Location")
	one := s.edit(t, "PUT", at, zone(rectangle(0, 0, 120, 100), `,"version":1`))
	two := s.edit(t, "PUT", at, zone(rectangle(0, 0, 120, 100), `,"version":1,"locality":"民乐"`))
	three := s.edit(t, "PUT", at, zone(rectangle(0, 0, 120, 100), `,"version":1,"locality":"民治"`))
	if one.status != http.StatusOK || two.status != http.StatusOK || three.status != http.StatusPreconditionFailed {
		t.Errorf("%d, %d, %d", one.status, two.status, three.status)
	}
}

// Every rule of boundaries is held over HTTP, before anything else sees them: the problem names code and place, and nothing is written.
func TestRefusedBoundaries(t *testing.T) {
	t.Parallel()
	s := newService(t)
	before := s.versions(t)
	ring := func(positions ...string) string {
		return `{"type":"Polygon","coordinates":[[` + strings.Join(positions, ",") + `]]}`
	}
	many := func(n int) string {
		at := make([]string, 0, n+1)
		for i := range n {
			at = append(at, fmt.Sprintf("[%.7f,%.7f]", 113.98+float64(i%2)*1e-6+float64(i)*1e-7, 22.66+float64(i)*1e-7))
		}
		return ring(append(at, at[0])...)
	}
	const a, b, c, d = "[113.98,22.66]", "[113.981,22.66]", "[113.981,22.661]", "[113.98,22.661]"
	for name, one := range map[string]struct {
		geometry string
		status   int
		code     string
	}{
		"no geometry":            {`null`, 422, "property.missing"},
		"a point":                {`{"type":"Point","coordinates":[113.98,22.66]}`, 422, "geometry.type"},
		"a collection":           {`{"type":"GeometryCollection","geometries":[null]}`, 422, "geometry."},
		"collections in another": {strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 4000) + "null" + strings.Repeat("]}", 4000), 400, "body.malformed"},
		"nothing in it":          {`{"type":"Polygon","coordinates":[[]]}`, 422, "geometry.empty"},
		"null for a position":    {ring("null", b, c, "null"), 422, "geometry."},
		"a short position":       {ring("[113.98]", b, c, "[113.98]"), 422, "geometry.position"},
		"a third ordinate":       {ring("[113.98,22.66,3]", b, c, "[113.98,22.66,3]"), 422, "geometry.third_ordinate"},
		"text for a number":      {ring(`["113.98",22.66]`, b, c, `["113.98",22.66]`), 422, "geometry.position"},
		"not finite":             {ring("[1e999,22.66]", b, c, "[1e999,22.66]"), 400, "body.malformed"},
		"beyond the world":       {ring("[1e308,22.66]", b, c, "[1e308,22.66]"), 422, "geometry.extent"},
		"axes swapped":           {ring("[22.66,113.98]", "[22.66,113.981]", "[22.661,113.981]", "[22.66,113.98]"), 422, "geometry.swapped"},
		"metres":                 {ring("[500000,2510000]", "[500100,2510000]", "[500100,2510100]", "[500000,2510000]"), 422, "geometry.metres"},
		"open":                   {ring(a, b, c, d), 422, "geometry.ring_open"},
		"three positions":        {ring(a, b, a), 422, "geometry.ring"},
		"a bow tie":              {ring(a, c, b, d, a), 422, "geometry.crosses_itself"},
		"a spike":                {ring(a, b, c, "[113.985,22.665]", c, d, a), 422, "geometry."},
		"no area":                {ring(a, b, "[113.982,22.66]", a), 422, "geometry."},
		"a hole outside":         {`{"type":"Polygon","coordinates":[[` + a + "," + b + "," + c + "," + d + "," + a + `],[[113.99,22.66],[113.991,22.66],[113.991,22.661],[113.99,22.66]]]}`, 422, "geometry.hole_outside"},
		"parts that overlap":     {`{"type":"MultiPolygon","coordinates":[[[` + a + "," + b + "," + c + "," + d + "," + a + `]],[[[113.9805,22.6605],[113.9815,22.6605],[113.9815,22.6615],[113.9805,22.6605]]]]}`, 422, "geometry.parts_cross"},
		"too many vertices":      {many(20_001), 422, "geometry.too_many"},
		"too many rings":         {`{"type":"Polygon","coordinates":[` + strings.Repeat("["+a+","+b+","+c+","+a+"],", 200) + "[" + a + "," + b + "," + c + "," + a + "]]}", 422, "geometry.too_many"},
		"a member twice":         {`{"type":"Polygon","type":"Polygon","coordinates":[[` + a + "," + b + "," + c + "," + a + `]]}`, 400, "body.twice"},
		"another system":         {`{"type":"Polygon","crs":{"type":"name","properties":{"name":"EPSG:4547"}},"coordinates":[[` + a + "," + b + "," + c + "," + a + `]]}`, 422, "geometry.crs"},
		"too small to keep":      {ring(a, "[113.9800000001,22.66]", "[113.9800000001,22.6600000001]", a), 422, "geometry."},
	} {
		r := s.edit(t, "POST", "/ogc/collections/zones/items", zone(one.geometry, ""))
		p := read[problem](t, r)
		if r.status != one.status || !slices.ContainsFunc(codes(p), func(c string) bool { return strings.Contains(c, " "+one.code) }) || p.Errors[0].Mend == "" {
			t.Errorf("%s: %d %.400s", name, r.status, r.body)
		}
	}
	if s.versions(t) != before {
		t.Error("a refused boundary changed the map")
	}
}

// A boundary that would lock more than others can spare is refused before it locks anything, whatever the extent takes.
func TestTooWide(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t), func(a *api) { a.extent = &wide })
	before := s.versions(t)
	r := s.edit(t, "POST", "/ogc/collections/zones/items", zone(`{"type":"Polygon","coordinates":[[[113.6,22.4],[114.6,22.4],[114.6,23.0],[113.6,23.0],[113.6,22.4]]]}`, ""))
	if p := read[problem](t, r); r.status != http.StatusUnprocessableEntity || p.Code != "geometry.too_wide" || s.versions(t) != before {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// Why a boundary was changed is written in somebody's own words, so that names may stand in it: who sees no names reads none of it, of neighbours either.
func TestReasonIsForThoseWhoSeeNames(t *testing.T) {
	t.Parallel()
	s := newService(t)
	a := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), ""))
	b := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(100, 40, 200, 60), ""))
	if a.status != http.StatusCreated || b.status != http.StatusCreated {
		t.Fatalf("%d %s, %d %s", a.status, a.body, b.status, b.body)
	}
	const why = "勘定" // as zone says
	at := a.header.Get("Location")
	versions := strings.Replace(at, "/ogc/collections/zones/items/", "/api/v1/features/zones/", 1) + "/versions"
	tags := map[bool]string{}
	for name, sees := range map[string]bool{"officer": true, "granted": true, "planner": false, "viewer": false} {
		who := s.as(name)
		for _, path := range []string{at, b.header.Get("Location"), "/ogc/collections/zones/items", versions, versions + "/1", versions + "/2", "/api/v1/exports/zones.geojson"} {
			r := who.get(t, path)
			if r.status == http.StatusForbidden && strings.Contains(path, "exports") && name == "viewer" {
				continue
			}
			if said := strings.Contains(string(r.body), why); r.status != http.StatusOK || said != sees || !sees && !strings.Contains(string(r.body), `"reason":null`) {
				t.Errorf("%s at %s: %d %s", name, path, r.status, r.body)
			}
		}
		tag := who.get(t, at).etag()
		if tags[!sees] == tag {
			t.Errorf("%s has the same tag as those who see more or less: %s", name, tag)
		}
		tags[sees] = tag
	}
	for _, name := range []string{"planner", "viewer"} {
		if r := s.as(name).get(t, at, "If-None-Match", tags[true]); r.status != http.StatusOK {
			t.Errorf("%s is told that what it may not see has not changed: %d", name, r.status)
		}
	}
}
