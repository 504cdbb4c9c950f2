package httpapi

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/audit"
	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"
)

// trail are the records of a request, as the database holds them.
func (s *service) trail(t testing.TB, request string) []recordView {
	t.Helper()
	var raw []byte
	if err := s.Psql(t).QueryRow(t.Context(), `SELECT coalesce(json_agg(json_build_object('id', audit_id, 'account_id', account_id, 'account', account, 'role', role, 'address', address,
		'request', request, 'via', via, 'outcome', outcome, 'code', code, 'objects', objects, 'detail', detail) ORDER BY audit_id), '[]') FROM audit WHERE request = $1`, request).Scan(&raw); err != nil {
		t.Fatal(err)
	}
	var records []recordView
	if err := json.Unmarshal(raw, &records); err != nil {
		t.Fatal(err)
	}
	return records
}

type deeds struct {
	Deeds []struct {
		Object        string
		Before, After map[string]any
	}
	Count int
	Part  string
}

func deedsOf(t testing.TB, r recordView) deeds {
	t.Helper()
	var d deeds
	if err := json.Unmarshal(r.Detail, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// Each change leaves one record: who, from where, by which request and route, of what, and what was before and after.
func TestEachChangeIsRecorded(t *testing.T) {
	t.Parallel()
	s := demo(t)
	party := s.post(t, "/api/v1/parties", `{"name":"张三","kind":"person","reason":"摸查"}`)
	code := read[row](t, party).Code
	fact := s.post(t, "/api/v1/facts", visit)
	number := read[struct{ ID int64 }](t, fact).ID
	tests := []struct {
		name   string
		done   reply
		who    string
		via    string
		object string
		before string // JSON of the members before
		after  []string
	}{
		{"a party is entered", party, "officer", "POST /api/v1/parties", code, `null`, []string{`"name":"张** (v1)"`, `"reason":"摸查"`, `"version":1`}},
		{
			"and its name corrected", s.patch(t, "/api/v1/parties/"+code, `{"name":"张三丰","version":1,"reason":"更正"}`), "officer", "PATCH /api/v1/parties/:id", code,
			`{"name":"张** (v1)","version":1}`,
			[]string{`"name":"张** (v2)"`, `"reason":"更正"`},
		},
		{"a fact", fact, "officer", "POST /api/v1/facts", "H-0001", `null`, []string{`"kind":"visited"`, fmt.Sprintf(`"fact":%d`, number), `"occurred_on":"2022-12-30"`}},
		{
			"and its void", s.as("officer2").post(t, fmt.Sprintf("/api/v1/facts/%d/void", number), `{"reason":"记错了户"}`), "officer2", "POST /api/v1/facts/:id/void", "H-0001",
			`null`,
			[]string{`"kind":"voided"`, fmt.Sprintf(`"voids":%d`, number), `"reason":"记错了户"`},
		},
		{
			"the round", s.patch(t, "/api/v1/round", `{"deadline":"2023-06-30","revision":1,"reason":"定期限"}`), "officer", "PATCH /api/v1/round", "",
			`{"deadline":"2024-12-31","version":1}`,
			[]string{`"deadline":"2023-06-30"`, `"version":2`},
		},
	}
	for _, tt := range tests {
		if tt.done.status/100 != 2 {
			t.Errorf("%s: %d %s", tt.name, tt.done.status, tt.done.body)
			continue
		}
		records := s.trail(t, tt.done.header.Get("X-Request-Id"))
		if len(records) != 1 {
			t.Errorf("%s: %d records", tt.name, len(records))
			continue
		}
		r := records[0]
		if r.Account != tt.who || r.AccountID == nil || *r.AccountID == 0 || r.Role == nil || *r.Role != "officer" || r.Address != "127.0.0.1" || r.Via != tt.via || r.Outcome != "done" || r.Code != nil {
			t.Errorf("%s: recorded as %+v", tt.name, r)
		}
		d := deedsOf(t, r)
		if len(d.Deeds) != 1 || d.Count != 1 || tt.object != "" && (d.Deeds[0].Object != tt.object || !slices.Equal(r.Objects, []string{tt.object})) {
			t.Errorf("%s: deeds %s, objects %v", tt.name, r.Detail, r.Objects)
			continue
		}
		before, _ := json.Marshal(d.Deeds[0].Before)
		after, _ := json.Marshal(d.Deeds[0].After)
		if string(before) != tt.before {
			t.Errorf("%s: before %s, want %s", tt.name, before, tt.before)
		}
		for _, want := range tt.after {
			if !strings.Contains(string(after), want) {
				t.Errorf("%s: after %s, want %s", tt.name, after, want)
			}
		}
	}
}

// The trail says that a name of a person or a sum was changed, and which versions of the row hold it: whoever audits sees neither.
func TestTrailHoldsNoPersons(t *testing.T) {
	t.Parallel()
	s := demo(t)
	mine := strangers(t, s).mine
	holding := mine["HOLDING"]
	for _, tt := range []struct {
		name, path, body, patch string
		entered, before, after  string
		secrets                 []string
	}{
		{
			"a person", "parties", `{"name":"欧阳锋","kind":"person","reason":"r"}`, `{"name":"欧阳克","version":1,"reason":"r"}`,
			`"name":"欧** (v1)"`, `{"name":"欧** (v1)","version":1}`, `"name":"欧** (v2)"`,
			[]string{"欧阳"},
		},
		{
			"a company", "parties", `{"name":"白驼山庄","kind":"company","reason":"r"}`, `{"name":"白驼山公司","version":1,"reason":"r"}`,
			`"name":"白驼山庄"`, `{"name":"白驼山庄","version":1}`, `"name":"白驼山公司"`,
			nil,
		},
		{
			"a household", "holdings", `{"parcel":"P-01","name":"欧阳锋户","class":"residential","reason":"r"}`, `{"name":"欧阳克户","version":1,"reason":"r"}`,
			`"name":"欧** (v1)"`, `{"name":"欧** (v1)","version":1}`, `"name":"欧** (v2)"`,
			[]string{"欧阳"},
		},
		{
			"a factory", "holdings", `{"parcel":"P-01","name":"白驼厂","class":"factory","reason":"r"}`, `{"name":"白驼二厂","version":1,"reason":"r"}`,
			`"name":"白驼厂"`, `{"name":"白驼厂","version":1}`, `"name":"白驼二厂"`,
			nil,
		},
		{
			"tenants", "buildings", `{"holding":"` + holding + `","plot":"` + mine["PLOT"] + `","floor_area_m2":10,"storeys":1,"use":"residential","tenants":[{"name":"欧阳锋"},{"name":"洪七"}],"reason":"r"}`,
			`{"tenants":[{"name":"欧阳克"},{"name":"洪七"}],"version":1,"reason":"r"}`,
			`"tenants":["欧** (v1)","洪** (v1)"]`, `{"tenants":["欧** (v1)","洪** (v1)"],"version":1}`, `"tenants":["欧** (v2)","洪** (v2)"]`,
			[]string{"欧阳", "洪七"},
		},
		{
			"something beside them", "buildings", `{"holding":"` + holding + `","plot":"` + mine["PLOT"] + `","floor_area_m2":10,"storeys":1,"use":"residential","tenants":[{"name":"欧阳锋"}],"reason":"r"}`,
			`{"storeys":2,"version":1,"reason":"r"}`,
			`"storeys":1`, `{"storeys":1,"version":1}`, `"storeys":2`,
			[]string{"欧阳"},
		},
		{
			"a sum", "contracts", `{"kind":"framework","parcel":"P-01","holdings":["` + holding + `"],"amount":7654321.5,"reason":"r"}`, `{"amount":8765432.5,"version":1,"reason":"r"}`,
			`"amount":"** (v1)"`, `{"amount":"** (v1)","version":1}`, `"amount":"** (v2)"`,
			[]string{"7654321", "8765432"},
		},
		{
			"a sum that is taken away", "contracts", `{"kind":"framework","parcel":"P-01","holdings":["` + holding + `"],"amount":7654321.5,"reason":"r"}`, `{"amount":null,"version":1,"reason":"r"}`,
			`"amount":"** (v1)"`, `{"amount":"** (v1)","version":1}`, `"amount":null`,
			[]string{"7654321"},
		},
	} {
		entered := s.post(t, "/api/v1/"+tt.path, tt.body)
		patched := s.patch(t, "/api/v1/"+tt.path+"/"+read[row](t, entered).Code, tt.patch)
		if entered.status != http.StatusCreated || patched.status != http.StatusOK {
			t.Errorf("%s: %d %s, %d %s", tt.name, entered.status, entered.body, patched.status, patched.body)
			continue
		}
		one, other := s.trail(t, entered.header.Get("X-Request-Id")), s.trail(t, patched.header.Get("X-Request-Id"))
		if len(one) != 1 || len(other) != 1 {
			t.Errorf("%s: %d and %d records", tt.name, len(one), len(other))
			continue
		}
		before, _ := json.Marshal(deedsOf(t, other[0]).Deeds[0].Before)
		if !strings.Contains(string(one[0].Detail), tt.entered) || string(before) != tt.before || !strings.Contains(string(other[0].Detail), tt.after) {
			t.Errorf("%s: entered as %s, changed as %s", tt.name, one[0].Detail, other[0].Detail)
		}
		for _, secret := range tt.secrets {
			if n := scalar[int64](t, s, "SELECT count(*) FROM audit a WHERE a::text LIKE '%"+secret+"%'"); n != 0 {
				t.Errorf("%s: %s stands in %d records", tt.name, secret, n)
			}
		}
	}
}

// A write of more deeds than a record can hold leaves several of the same request, which the page lists with their part and the file holds.
func TestLongWritesAreRecorded(t *testing.T) {
	t.Parallel()
	s := demo(t)
	const many = 450
	list := make([]string, many)
	for i := range list {
		list[i] = visit
	}
	done := s.post(t, "/api/v1/facts", "["+strings.Join(list, ",")+"]")
	if done.status != http.StatusCreated {
		t.Fatalf("%d %.300s", done.status, done.body)
	}
	request := done.header.Get("X-Request-Id")
	facts := map[float64]bool{}
	var parts []string
	for _, r := range s.trail(t, request) {
		d := deedsOf(t, r)
		parts = append(parts, d.Part)
		for _, one := range d.Deeds {
			facts[one.After["fact"].(float64)] = true
		}
		if d.Count != many || len(d.Deeds) > 200 {
			t.Errorf("part %s: %d of %d deeds", d.Part, len(d.Deeds), d.Count)
		}
	}
	if len(facts) != many || !slices.Equal(parts, []string{"1/3", "2/3", "3/3"}) {
		t.Errorf("%d facts are on record, in parts %v", len(facts), parts)
	}
	page := s.as("auditor").get(t, "/api/v1/audit?via=/api/v1/facts")
	file := s.as("auditor").get(t, "/api/v1/audit/export?via=/api/v1/facts")
	for _, part := range parts {
		if said := []byte(`"part":"` + part + `"`); !bytes.Contains(page.body, said) || !bytes.Contains(file.body, said) {
			t.Errorf("the page or the file lacks part %s", part)
		}
	}
}

// A boundary leaves its versions and areas, with those of the neighbours that took its vertices; a retirement its end.
func TestBoundariesAreRecorded(t *testing.T) {
	t.Parallel()
	s := newService(t)
	one := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(0, 0, 100, 100), `,"document_no":"深府〔2022〕1号"`))
	beside := s.edit(t, "POST", "/ogc/collections/zones/items", zone(rectangle(100, 40, 200, 60), ""))
	a, b := read[saved](t, one).ID, read[saved](t, beside).ID
	at := beside.header.Get("Location")
	moved := s.edit(t, "PUT", at, zone(rectangle(100, 40, 220, 60), `,"version":1`))
	gone := s.edit(t, "DELETE", at+"?version=2&reason=%E6%92%A4%E9%94%80", "")
	for _, tt := range []struct {
		name    string
		done    reply
		objects []string
		before  map[string]any // of the first deed; an area of 0 stands for any
		after   map[string]any
	}{
		{"drawn", one, []string{a}, nil, map[string]any{"version": 1., "change": "created", "area_m2": 0, "reason": "勘定", "document_no": "深府〔2022〕1号"}},
		{"drawn beside", beside, []string{a, b}, map[string]any{"version": 1., "area_m2": 0}, map[string]any{"version": 2., "change": "noded", "area_m2": 0, "beside": b}},
		{"moved", moved, []string{b}, map[string]any{"version": 1., "area_m2": 0}, map[string]any{"version": 2., "change": "corrected", "area_m2": 0, "reason": "勘定"}},
		{"retired", gone, []string{b}, map[string]any{"version": 2., "area_m2": 0}, map[string]any{"version": 3., "change": "retired", "reason": "撤销"}},
	} {
		records := s.trail(t, tt.done.header.Get("X-Request-Id"))
		if tt.done.status/100 != 2 || len(records) != 1 || !slices.Equal(records[0].Objects, tt.objects) {
			t.Errorf("%s: %d %s, recorded as %+v", tt.name, tt.done.status, tt.done.body, records)
			continue
		}
		d := deedsOf(t, records[0]).Deeds[0]
		for _, side := range []struct{ got, want map[string]any }{{d.Before, tt.before}, {d.After, tt.after}} {
			for name, want := range side.want {
				if got := side.got[name]; got == nil || name != "area_m2" && got != want {
					t.Errorf("%s: %s is %v, want %v: %s", tt.name, name, got, want, records[0].Detail)
				}
			}
			if (side.got == nil) != (side.want == nil) {
				t.Errorf("%s: %s", tt.name, records[0].Detail)
			}
		}
	}
}

// Whatever is refused leaves one record before it is answered, without a word of what was sent; what is only asked or tried leaves none.
func TestRefusalsAreRecorded(t *testing.T) {
	t.Parallel()
	s := demo(t)
	const secret = "秘密的话"
	bearer := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	tests := []struct {
		name, who, method, path, body string
		headers                       []string
		status                        int
		code                          string // empty: not recorded
		objects                       []string
	}{
		{"no right to change", "viewer", "POST", "/api/v1/parties", `{"name":"` + secret + `"}`, nil, 403, "access.role", []string{}},
		{"no right to read", "viewer", "GET", "/api/v1/holdings/H-0001", "", nil, 403, "access.role", []string{"H-0001"}},
		{"no right to administer", "officer", "GET", "/api/v1/audit", "", nil, 403, "access.role", []string{}},
		{"a name that there is not", "officer", "PATCH", "/api/v1/holdings/H-9999", `{"name":"` + secret + `","version":1,"reason":"r"}`, nil, 404, "register.unknown", []string{"H-9999"}},
		{"a holding that there is not", "officer", "GET", "/api/v1/holdings/H-9999", "", nil, 404, "register.unknown", []string{"H-9999"}},
		{"another post's holding", "post2", "GET", "/api/v1/holdings/H-0001", "", nil, 404, "register.unknown", []string{"H-0001"}},
		{"a history that there is not", "viewer", "GET", "/api/v1/features/plots/L-999999/versions", "", nil, 404, "feature.unknown", []string{"L-999999"}},
		{"a stale version", "officer", "PATCH", "/api/v1/holdings/H-0001", `{"name":"` + secret + `","version":77,"reason":"r"}`, nil, 412, "row.stale", []string{"H-0001"}},
		{"no version", "officer", "PATCH", "/api/v1/holdings/H-0001", `{"name":"` + secret + `","reason":"r"}`, nil, 428, "", []string{"H-0001"}},
		{"not lawful", "officer", "POST", "/api/v1/parties", `{"name":"` + secret + `","kind":"ghost","reason":"r"}`, nil, 422, "*", []string{}},
		{"a taken code", "officer", "POST", "/api/v1/parties", `{"code":"R-0001","name":"` + secret + `","kind":"person","reason":"r"}`, nil, 409, "row.code_taken", []string{}},
		{"an unknown token", "", "GET", "/api/v1/progress", "", bearer("zbt_" + secret[:3] + "x"), 401, "token.unknown", []string{}},
		{"another origin", "officer", "POST", "/api/v1/parties", `{"name":"` + secret + `"}`, []string{"Sec-Fetch-Site", "cross-site"}, 403, "request.origin", []string{}},

		{"only tried", "officer", "POST", "/api/v1/parties?dry_run=true", `{"name":"` + secret + `","kind":"ghost","reason":"r"}`, nil, 422, "-", nil},
		{"another post's holding, only tried", "post2", "PATCH", "/api/v1/holdings/H-0001?dry_run=true", `{"name":"` + secret + `","version":1,"reason":"r"}`, nil, 404, "register.unknown", []string{"H-0001"}},
		{"a fact of another post's holding", "post2", "POST", "/api/v1/facts", visit, nil, 404, "fact.subject_unknown", []string{}},
		{"a fact of another post's holding, only tried", "post2", "POST", "/api/v1/facts?dry_run=true", visit, nil, 404, "fact.subject_unknown", []string{}},
		{
			"a contract with another post's holding, only tried", "post2", "POST", "/api/v1/contracts?dry_run=true", `{"kind":"framework","parcel":"P-02","holdings":["H-0001"],"reason":"` + secret + `"}`, nil, 422,
			"row.unknown",
			[]string{},
		},
		{"nobody asks", "", "GET", "/api/v1/holdings", "", nil, 401, "-", nil},
		{"malformed", "officer", "POST", "/api/v1/parties", `{`, nil, 400, "-", nil},
		{"an unknown parameter", "officer", "GET", "/api/v1/holdings?x=1", "", nil, 400, "-", nil},
		{"a question", "officer", "POST", "/api/v1/progress/what-if", `{"holdings":["H-9999"]}`, nil, 422, "-", nil},
		{"a page that there is not", "officer", "GET", "/api/v1/nothing", "", nil, 404, "-", nil},
		{"a zone that there is not", "officer", "GET", "/ogc/collections/zones/items/Z-99", "", nil, 404, "-", nil},
	}
	for _, tt := range tests {
		var body *strings.Reader
		as := s.as(tt.who)
		var got reply
		if tt.body != "" {
			body = strings.NewReader(tt.body)
			got = as.send(t, tt.method, tt.path, body, tt.headers...)
		} else {
			got = as.do(t, tt.method, tt.path, tt.headers...)
		}
		records := s.trail(t, got.header.Get("X-Request-Id"))
		if got.status != tt.status {
			t.Errorf("%s: %d %.300s", tt.name, got.status, got.body)
		}
		if tt.code == "-" {
			if len(records) != 0 {
				t.Errorf("%s: recorded as %+v", tt.name, records)
			}
			continue
		}
		if len(records) != 1 {
			t.Errorf("%s: %d records", tt.name, len(records))
			continue
		}
		r := records[0]
		said := read[problem](t, got)
		if r.Outcome != "refused" || r.Code == nil || *r.Code != said.Code || len(tt.code) > 1 && *r.Code != tt.code || r.Account != tt.who || r.Address != "127.0.0.1" || !strings.HasPrefix(r.Via, tt.method+" /") || !slices.Equal(r.Objects, tt.objects) {
			t.Errorf("%s: recorded as %+v %s", tt.name, r, *r.Code)
		}
		if raw, _ := json.Marshal(r); bytes.Contains(raw, []byte(secret)) || bytes.Contains(raw, []byte("zbt_")) {
			t.Errorf("%s: the record holds what was sent: %s", tt.name, raw)
		}
	}
}

// Where the trail cannot be written a refusal is answered all the same, and a change is not made.
func TestTrailThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := serve(t, storetest.Demo(t), func(a *api) { a.log = slog.New(slog.NewTextHandler(&log, nil)) })
	if _, err := s.Psql(t).Exec(t.Context(), "REVOKE INSERT ON audit FROM zhengbei_service"); err != nil {
		t.Fatal(err)
	}
	if r := s.as("viewer").get(t, "/api/v1/holdings"); r.status != http.StatusForbidden {
		t.Errorf("a refusal: %d %s", r.status, r.body)
	}
	if !strings.Contains(log.String(), "could not be recorded") {
		t.Errorf("the log says nothing of it: %s", log.String())
	}
	before := contents(t, s.Psql(t))
	if r := s.post(t, "/api/v1/parties", `{"name":"张三","kind":"person","reason":"摸查"}`); r.status != http.StatusInternalServerError {
		t.Errorf("a change: %d %s", r.status, r.body)
	}
	if after := contents(t, s.Psql(t)); after != before {
		t.Error("a change was made without its record")
	}
	if r := s.get(t, "/api/v1/exports/zones.geojson"); r.status != http.StatusInternalServerError {
		t.Errorf("an export: %d", r.status)
	}
}

// A program that repeats itself with a session that has ended leaves one record, and not thousands.
func TestRepeatedRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for range 20 {
		if r := s.as("").get(t, "/api/v1/progress", "Cookie", "zhengbei=ended"); r.status != http.StatusUnauthorized {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	if n := scalar[int64](t, s, "SELECT count(*) FROM audit WHERE code = 'session.ended'"); n != 1 {
		t.Errorf("%d records", n)
	}
	for i := range 300 { // guesses from one address
		if r := s.as("").get(t, "/api/v1/progress", "Authorization", fmt.Sprintf("Bearer zbt_guess_%d", i)); r.status == http.StatusOK {
			t.Fatal("a guess was right")
		}
	}
	if n := scalar[int64](t, s, "SELECT count(*) FROM audit WHERE code IN ('token.unknown', 'request.rate')"); n < 1 || n > 6 {
		t.Errorf("300 guesses left %d records", n)
	}

	for range 5 { // a trial that comes again is folded; what is then asked in earnest is not folded into it
		for _, query := range []string{"?dry_run=true", ""} {
			s.patch(t, "/api/v1/holdings/H-9999"+query, `{"name":"x","version":1,"reason":"r"}`)
		}
	}
	if n := scalar[string](t, s, "SELECT string_agg(coalesce(detail::jsonb ->> 'dry_run', '-'), ' ' ORDER BY audit_id) FROM audit WHERE objects = '{H-9999}'"); n != "true -" {
		t.Errorf("five trials and five attempts left %s", n)
	}

	now := time.Now()
	var r repeats
	nobody := func(i int) refusal { return refusal{by: land.Actor{Address: fmt.Sprint(i)}, code: "token.unknown"} }
	mine := func(object string) refusal {
		return refusal{by: land.Actor{Account: "officer", Role: land.RoleOfficer}, code: "feature.stale", objects: []string{object}}
	}
	for i, tt := range []struct {
		one   refusal
		after time.Duration
		again bool
		ended int
	}{
		{nobody(1), 0, false, 0},
		{nobody(1), time.Second, true, 0},
		{nobody(2), time.Second, false, 0},
		{mine("P-01"), time.Second, false, 0},
		{mine("P-02"), time.Second, false, 0}, // another thing is another attempt
		{mine("P-02"), 2 * time.Second, true, 0},
		{nobody(1), 11 * time.Second, false, 2},
		{nobody(1), -time.Hour, false, 0}, // the clock was turned back
	} {
		if again, ended := r.again(tt.one, now.Add(tt.after)); again != tt.again || len(ended) != tt.ended {
			t.Errorf("ask %d: %v, %+v", i, again, ended)
		}
	}
	written := 0
	for i := range 10_000 { // as many addresses
		if again, _ := r.again(nobody(1000+i), now.Add(-time.Hour)); !again {
			written++
		}
	}
	if written > mostUnknown+1 {
		t.Errorf("10,000 addresses left %d records", written)
	}
}

// Of a name that was shown with a token that is good for nothing only an account's is written down: QGIS asks for both, and people mix them up.
func TestShownNames(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for name, want := range map[string]string{"Officer": "officer", "zhihe1986": "z… (9)", "": ""} {
		r := s.as("").get(t, "/ogc/collections", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(name+":zbt_guess_"+name)))
		if r.status != http.StatusUnauthorized {
			t.Fatalf("%d %s", r.status, r.body)
		}
		if got := scalar[string](t, s, "SELECT account FROM audit ORDER BY audit_id DESC LIMIT 1"); got != want {
			t.Errorf("%s is recorded as %q, want %q", name, got, want)
		}
		if page := s.as("auditor").get(t, "/api/v1/audit?outcome=refused&account="+url.QueryEscape(want)); !bytes.Contains(page.body, []byte(`"matched":1`)) {
			t.Errorf("the filter by %q: %s", want, page.body)
		}
		s.api.repeated = repeats{}
	}
}

// Each export is recorded with what was asked for; pages of items are no exports.
func TestExportsAreRecorded(t *testing.T) {
	t.Parallel()
	s := newService(t)
	r := s.get(t, "/api/v1/exports/parcels.geojson?at=2023-01-01&bbox=113.9,22.6,114.2,22.8")
	records := s.trail(t, r.header.Get("X-Request-Id"))
	if r.status != http.StatusOK || len(records) != 1 || records[0].Objects[0] != "export:parcels" || !strings.Contains(string(records[0].Detail), `"at":"2023-01-01","bbox":[113.9,22.6,114.2,22.8]`) {
		t.Errorf("%d %+v", r.status, records)
	}
	for _, path := range []string{"/ogc/collections/parcels/items", "/api/v1/holdings"} {
		if records := s.trail(t, s.get(t, path).header.Get("X-Request-Id")); len(records) != 0 {
			t.Errorf("%s: %+v", path, records)
		}
	}
}

// The auditor reads the trail by filters and pages, takes it as a file, and verifies it.
func TestAuditTrail(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := serve(t, storetest.Demo(t), func(a *api) { a.anchors = folder })
	seal := func() {
		t.Helper()
		if err := (audit.Sealer{DB: s.db, Folder: folder, Log: slog.New(slog.DiscardHandler)}).Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	code := read[row](t, s.post(t, "/api/v1/parties", `{"name":"张三","kind":"person","reason":"摸查"}`)).Code
	s.as("viewer").get(t, "/api/v1/holdings/H-0001")
	s.post(t, "/api/v1/facts", visit)
	seal()
	auditor := s.as("auditor")
	type page struct {
		Items   []recordView `json:"items"`
		Next    *string      `json:"next"`
		Matched int          `json:"matched"`
	}
	today := scalar[string](t, s, "SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date::text")
	for query, want := range map[string]int{
		"account=viewer": 1, "account=nobody": 0, "object=" + code: 1, "object=H-0001": 2, "outcome=refused": 1, "outcome=done&account=officer": 2,
		"code=access.role": 1, "via=/api/v1/facts": 1, "via=POST": 2, "account=officer&from=" + today: 2, "account=officer&to=" + today: 2, "from=2099-01-01": 0, "to=2001-01-01": 0,
	} {
		got := auditor.get(t, "/api/v1/audit?"+query)
		if p := read[page](t, got); got.status != http.StatusOK || len(p.Items) != want || p.Matched != want {
			t.Errorf("%s: %d, %d of %d records, want %d", query, got.status, len(p.Items), p.Matched, want)
		}
	}
	var ids []int64
	for next := "/api/v1/audit?limit=2"; next != ""; {
		p := read[page](t, auditor.get(t, next))
		next = ""
		for _, r := range p.Items {
			ids = append(ids, r.ID)
			if r.Seal == nil || r.Hash == nil {
				t.Errorf("record %d is not sealed", r.ID)
			}
		}
		if p.Next != nil {
			next = *p.Next
		}
		if len(p.Items) > 2 {
			t.Fatalf("%d records on a page of 2", len(p.Items))
		}
	}
	if n := scalar[int64](t, s, "SELECT count(*) FROM audit"); int64(len(ids)) != n || !slices.IsSortedFunc(ids, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("the pages hold %v of %d records", ids, n)
	}
	for query, status := range map[string]int{"outcome=maybe": 400, "from=yesterday": 400, "next=x": 400, "limit=0": 400, "q=1": 400} {
		if r := auditor.get(t, "/api/v1/audit?"+query); r.status != status {
			t.Errorf("%s: %d", query, r.status)
		}
	}

	file := auditor.get(t, "/api/v1/audit/export")
	lines := bufio.NewScanner(bytes.NewReader(file.body))
	lines.Buffer(nil, 1<<20)
	n := 0
	for ; lines.Scan(); n++ {
		var r recordView
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
	}
	if file.header.Get("Content-Type") != "application/jsonl" || !strings.Contains(file.header.Get("Content-Disposition"), ".jsonl") || n != len(ids)+1 {
		t.Errorf("the file: %v, %d lines for %d records", file.header, n, len(ids))
	}
	if records := s.trail(t, file.header.Get("X-Request-Id")); len(records) != 1 || records[0].Objects[0] != "export:audit" {
		t.Errorf("the export of the trail: %+v", records)
	}

	verified := read[reportView](t, auditor.get(t, "/api/v1/audit/verify"))
	if !verified.Whole || verified.Records != int64(len(ids)) || verified.Last == nil || len(verified.Faults) != 0 {
		t.Errorf("%+v", verified)
	}
	seal()
	if _, err := s.Psql(t).Exec(t.Context(), fmt.Sprintf(`SET session_replication_role = 'replica'; UPDATE audit SET account = 'officer2' WHERE audit_id = %d`, ids[0])); err != nil {
		t.Fatal(err)
	}
	broken := read[reportView](t, auditor.get(t, "/api/v1/audit/verify", "Accept-Language", "en"))
	if broken.Whole || len(broken.Faults) != 1 || broken.Faults[0].Record == nil || *broken.Faults[0].Record != ids[0] || broken.Faults[0].Mend == "" {
		t.Errorf("%+v", broken)
	}
	if _, err := s.Psql(t).Exec(t.Context(), `SET session_replication_role = 'replica'; DELETE FROM audit_seal; DELETE FROM audit`); err != nil {
		t.Fatal(err)
	}
	gone := auditor.get(t, "/api/v1/audit/verify")
	if r := read[reportView](t, gone); r.Whole || r.Faults[0].Code != "audit.anchor_ahead" || bytes.Contains(gone.body, []byte(folder)) {
		t.Errorf("%s", gone.body)
	}
	for _, who := range []string{"officer", "post1", "planner", "viewer", "sysadmin", "secadmin"} {
		for _, path := range []string{"/api/v1/audit", "/api/v1/audit/verify", "/api/v1/audit/export"} {
			if r := s.as(who).get(t, path); r.status != http.StatusForbidden {
				t.Errorf("%s reads %s: %d", who, path, r.status)
			}
		}
	}
}
