package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// patch sends a merge patch.
func (s *service) patch(t testing.TB, path, body string, headers ...string) reply {
	t.Helper()
	return s.send(t, http.MethodPatch, path, strings.NewReader(body), append([]string{"Content-Type", typeMergePatch}, headers...)...)
}

// scalar reads one value with SQL.
func scalar[T any](t testing.TB, s *service, sql string, args ...any) (v T) {
	t.Helper()
	if err := s.Psql(t).QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// row is what the tests look at of a row.
type row struct {
	Code     string   `json:"code"`
	Name     string   `json:"name"`
	Parcel   string   `json:"parcel"`
	Version  int32    `json:"version"`
	Land     []any    `json:"land"`
	Parties  []any    `json:"parties"`
	Parcels  []string `json:"parcels"`
	Tenants  []any    `json:"tenants"`
	Warnings []string `json:"warnings"`
}

// What is entered is answered as GET shows it, with its address and its tag; each kind of row is entered once and revised once.
func TestEnterAndRevise(t *testing.T) {
	t.Parallel()
	s := demo(t)
	tests := []struct{ path, body, change, see string }{
		{"/api/v1/parties", `{"name":"张三","kind":"person","reason":"摸查"}`, `{"name":"张三丰"`, `"name":"张三丰"`},
		{"/api/v1/holdings", `{"parcel":"P-01","name":"张家","class":"residential","parties":[{"code":"R-0001","share":"1/3"},{"code":"R-0002","share":"2/3"}],"reason":"摸查"}`, `{"class":"factory"`, `"class":"factory"`},
		{"/api/v1/buildings", `{"holding":"HOLDING","plot":"PLOT","floor_area_m2":120.50,"storeys":3,"use":"residential","tenants":[{"name":"小卖部"}],"reason":"摸查"}`, `{"tenants":[]`, `"tenants":[]`},
		{"/api/v1/contracts", `{"kind":"framework","parcel":"P-01","holdings":["HOLDING"],"amount":1000.5,"reason":"拟稿"}`, `{"amount":null`, `"amount":null`},
		{"/api/v1/command-posts", `{"name":"第九指挥部","name_en":"Ninth post","parcels":[],"reason":"设立"}`, `{"name_en":"Post nine"`, `"name_en":"Post nine"`},
	}
	var holding, plot string // an unbound holding, and a plot of its parcel without an acceptance
	if err := s.Psql(t).QueryRow(t.Context(), `SELECT h.code, p.code FROM holding_state v JOIN subject h USING (subject_id) JOIN plot_state w ON w.parcel = v.parcel AND w.stage = 'planned' JOIN subject p ON p.subject_id = w.subject_id JOIN subject c ON c.subject_id = v.parcel
		WHERE c.code = 'P-01' AND upper_inf(v.known) AND upper_inf(v.valid) AND NOT v.signed AND NOT v.compulsory AND upper_inf(w.known) AND upper_inf(w.valid) ORDER BY h.code, p.code LIMIT 1`).Scan(&holding, &plot); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		body := strings.NewReplacer("HOLDING", holding, "PLOT", plot).Replace(tt.body)
		mark := contents(t, s.Psql(t))
		if r := s.post(t, tt.path+"?dry_run=true", body); r.status != http.StatusOK || r.etag() != "" || r.header.Get("Location") != "" || contents(t, s.Psql(t)) != mark {
			t.Errorf("%s, only tried: %d %s", tt.path, r.status, r.body)
		}
		entered := s.post(t, tt.path, body, "Idempotency-Key", "enter:"+tt.path)
		made := read[row](t, entered)
		if entered.status != http.StatusCreated || made.Version != 1 || entered.header.Get("Location") != s.url+tt.path+"/"+made.Code || made.Warnings != nil {
			t.Fatalf("%s: %d %s, at %s", tt.path, entered.status, entered.body, entered.header.Get("Location"))
		}
		at := tt.path + "/" + made.Code
		if got := s.get(t, at); string(got.body) != string(entered.body) || got.etag() != entered.etag() {
			t.Errorf("%s is shown with %s as\n%s, and was answered with %s as\n%s", at, got.etag(), got.body, entered.etag(), entered.body)
		}
		if again := s.post(t, tt.path, body, "Idempotency-Key", "enter:"+tt.path); again.status != http.StatusCreated || again.etag() != entered.etag() || string(again.body) != string(entered.body) || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s again under its key: %d %s", tt.path, again.status, again.body)
		}
		change := tt.change + `,"reason":"更正"}`
		revised := s.patch(t, at, change, "If-Match", entered.etag(), "Idempotency-Key", "revise:"+tt.path)
		if r := read[row](t, revised); revised.status != http.StatusOK || r.Version != 2 || !strings.Contains(string(revised.body), tt.see) {
			t.Errorf("%s revised: %d %s", at, revised.status, revised.body)
		}
		if got := s.get(t, at); string(got.body) != string(revised.body) || got.etag() != revised.etag() || got.etag() == entered.etag() {
			t.Errorf("%s, revised, is shown with %s as %s", at, got.etag(), got.body)
		}
		if again := s.patch(t, at, change, "If-Match", entered.etag(), "Idempotency-Key", "revise:"+tt.path); again.status != http.StatusOK || string(again.body) != string(revised.body) || again.etag() != revised.etag() {
			t.Errorf("%s again under its key: %d %s", at, again.status, again.body)
		}
		stale := s.patch(t, at, change, "If-Match", entered.etag())
		if p := read[struct {
			problem
			Current row
			Changed struct{ By, Reason string }
		}](t, stale); stale.status != http.StatusPreconditionFailed || p.Code != "row.stale" || p.Current.Version != 2 || p.Changed.By != "officer" || p.Changed.Reason != "更正" {
			t.Errorf("%s, based on what it was: %d %s", at, stale.status, stale.body)
		}
		whole := strings.Replace(string(revised.body), "{", `{"reason":"原样送回",`, 1)
		if back := s.patch(t, at, whole, "Content-Type", "application/json"); back.status != http.StatusOK || read[row](t, back).Version != 3 {
			t.Errorf("%s sent back as it is shown, with its version: %d %s", at, back.status, back.body)
		}
	}
	if n := scalar[int](t, s, "SELECT count(*) FROM projection_faults(clock_timestamp())"); n > 0 {
		t.Errorf("%d states are not what rows and facts say", n)
	}
}

// The round is revised in two clocks as well, and the figures of the next question follow.
func TestReviseRound(t *testing.T) {
	t.Parallel()
	s := demo(t)
	was := s.get(t, "/api/v1/round")
	known := scalar[string](t, s, `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)
	before := s.get(t, "/api/v1/progress?known="+known)
	type round struct {
		TargetHa json.Number `json:"target_ha"`
		Deadline *string     `json:"deadline"`
		Revision int32       `json:"revision"`
	}
	r := s.patch(t, "/api/v1/round", `{"target_ha":512.25,"deadline":"2024-12-31","document_no":"深龙华〔2022〕7号","reason":"下达任务","valid_from":"2022-07-01"}`, "If-Match", was.etag())
	if v := read[round](t, r); r.status != http.StatusOK || v.TargetHa != "512.2500" || v.Deadline == nil || *v.Deadline != "2024-12-31" || v.Revision != 2 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := s.get(t, "/api/v1/round"); got.etag() != r.etag() || string(got.body) != string(r.body) {
		t.Errorf("shown with %s as %s", got.etag(), got.body)
	}
	if got := s.get(t, "/api/v1/round?at=2022-06-30"); strings.Contains(string(got.body), "512.25") {
		t.Errorf("before that day it is %s", got.body)
	}
	if got := s.get(t, "/api/v1/progress?known="+known); string(got.body) != string(before.body) {
		t.Error("the figures as they were known have moved")
	}
	if got := read[struct{ Round round }](t, s.get(t, "/api/v1/progress")); got.Round.TargetHa != "512.2500" {
		t.Errorf("the table's target is %v", got.Round.TargetHa)
	}
	no := newRefusals(t, s)
	for body, want := range map[string]string{
		`{"deadline":"2021-01-01","reason":"x","revision":2}`:                           "422 /deadline row.deadline",
		`{"deadline":"31.12.2024","reason":"x","revision":2}`:                           "400 /deadline date.malformed",
		`{"target_ha":0,"reason":"x","revision":2}`:                                     "422 /target_ha row.form",
		`{"target_ha":500.00001,"reason":"x","revision":2}`:                             "422 /target_ha row.form",
		`{"name":null,"reason":"x","revision":2}`:                                       "422 /name row.required",
		`{"starts_on":"2021-01-01","name":"新名","reason":"x","revision":2}`:              "422 /starts_on row.read_only",
		`{"starts_on":"2021-06-01","code":"R-1999","reason":"x","revision":2}`:          "422 /code row.read_only,  row.nothing",
		`{"name":"新名","reason":"x","revision":1}`:                                       "412 If-Match: row.stale",
		`{"name":"新名","reason":"x","revision":"2"}`:                                     "422 /revision row.form",
		`{"name":"新名","reason":"x"}`:                                                    "428 If-Match: base.missing",
		`{"name":"新名","revision":2}`:                                                    "422 /reason change.no_reason",
		`{"name":"新名","valid_from":"2023-01-01","reason":"x","revision":2}`:             "422 /valid_from change.in_future",
		`{"name":"新名","holdings":["H-0001"],"reason":"x","revision":2}`:                 "400 /holdings body.unknown_member",
		`{"deadline":null,"target_ha":null,"document_no":"","reason":"x","revision":2}`: "422 /document_no row.form",
	} {
		no.refused(t, http.MethodPatch, "/api/v1/round", body, want)
	}
	no.end(t)
}

// refusals hold that what is sent is refused, and that nothing of it is written.
type refusals struct {
	*service
	psql   *pgx.Conn
	before string // all that the database holds
	rows   int64
}

func newRefusals(t *testing.T, s *service) *refusals {
	t.Helper()
	r := &refusals{service: s, psql: s.Psql(t)}
	r.before, r.rows = contents(t, r.psql), r.count(t)
	return r
}

// end holds that the database is as it was, to the last row.
func (r *refusals) end(t *testing.T) {
	t.Helper()
	if after := contents(t, r.psql); after != r.before {
		t.Errorf("something was written:\n%s%s", r.before, after)
	}
}

// count is a quick look after each request: how many rows there are of what a write leaves behind.
func (r *refusals) count(t *testing.T) (n int64) {
	t.Helper()
	if err := r.psql.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM subject) + (SELECT count(*) FROM holding_version) + (SELECT count(*) FROM holding_land) + (SELECT count(*) FROM holding_party)
		+ (SELECT count(*) FROM building_version) + (SELECT count(*) FROM tenant) + (SELECT count(*) FROM contract_version) + (SELECT count(*) FROM contract_holding) + (SELECT count(*) FROM party_version)
		+ (SELECT count(*) FROM command_post_version) + (SELECT count(*) FROM command_post_parcel) + (SELECT count(*) FROM round_version) + (SELECT count(*) FROM idempotency_key)`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// refused sends what is to be refused with this status, these pointers and codes.
func (r *refusals) refused(t *testing.T, method, path, body, want string, headers ...string) {
	t.Helper()
	got := r.send(t, method, path, strings.NewReader(body), headers...)
	p := read[problem](t, got)
	if got := fmt.Sprintf("%d %s", got.status, strings.Join(codes(p), ", ")); got != want {
		t.Errorf("%s %s %s:\n got  %s\n want %s", method, path, body, got, want)
	}
	for _, e := range p.Errors {
		if e.Detail == "" || e.Mend == "" || strings.ContainsAny(e.Detail+e.Mend, "{}") {
			t.Errorf("%s says %q, %q", e.Code, e.Detail, e.Mend)
		}
	}
	if n := r.count(t); n != r.rows {
		t.Errorf("%s %s %s: %d rows were written", method, path, body, n-r.rows)
	}
}

// Every fault of a row is named where it stands, all in one answer, and nothing of it is written.
func TestBadRows(t *testing.T) {
	t.Parallel()
	s := demo(t)
	elsewhere := scalar[string](t, s, "SELECT f.code FROM plot_version v JOIN feature f USING (fid) JOIN feature p ON p.fid = v.parcel WHERE p.code = 'P-02' AND upper_inf(v.known) ORDER BY 1 LIMIT 1")
	far := scalar[string](t, s, "SELECT s.code FROM holding_version v JOIN subject s ON s.subject_id = v.holding JOIN subject p ON p.subject_id = v.parcel WHERE p.code = 'P-02' AND upper_inf(v.known) ORDER BY 1 LIMIT 1")
	var held, plot, area string
	if err := s.Psql(t).QueryRow(t.Context(), `SELECT h.code, p.code, v.area_m2::text FROM holding_land l JOIN subject h ON h.subject_id = l.holding JOIN subject p ON p.subject_id = l.plot JOIN plot_version v ON v.fid = l.plot AND upper_inf(v.known) JOIN subject c ON c.subject_id = v.parcel
		WHERE c.code = 'P-01' AND upper_inf(l.known) ORDER BY 1, 2 LIMIT 1`).Scan(&held, &plot, &area); err != nil {
		t.Fatal(err)
	}
	no := newRefusals(t, s)
	post := func(path, body, want string) {
		t.Helper()
		no.refused(t, http.MethodPost, "/api/v1/"+path, body, want)
	}
	const holding = `"parcel":"P-01","name":"张家","class":"residential"`
	post("holdings", `{}`, "422 /parcel row.required, /name row.required, /class row.required, /reason change.no_reason")
	post("holdings", `[]`, "400 / body.malformed")
	post("holdings", `null`, "400  body.malformed")
	post("holdings", `{"name":"a","name":"b"}`, "400 /name body.twice")
	post("holdings", `{`+holding+`,"reason":" "}`, "422 /reason change.no_reason")
	post("holdings", `{`+holding+`,"reason":7}`, "422 /reason row.form")
	post("holdings", `{`+holding+`,"reason":"x","colour":"red","area":1}`, "400 /area body.unknown_member, /colour body.unknown_member")
	post("holdings", `{`+holding+`,"reason":"x","document_no":"7号"}`, "400 /document_no body.unknown_member")
	post("holdings", `{`+holding+`,"reason":"x","stage":"signed","land_m2":5,"version":3}`, "422 /version row.read_only, /land_m2 row.read_only, /stage row.read_only")
	post("holdings", `{`+holding+`,"reason":"x","code":"H-0001"}`, "409 /code row.code_taken")
	for _, code := range []string{"H-1", "B-0001", "H-00001", "H-0000", "h-0001", "H-123456789", "H-１２３４", "H-0x10"} {
		post("holdings", `{`+holding+`,"reason":"x","code":"`+code+`"}`, "422 /code row.code_form")
	}
	post("holdings", `{`+holding+`,"reason":"x","valid_from":"2022-12-31"}`, "422 /valid_from change.in_future")
	post("holdings", `{`+holding+`,"reason":"x","valid_from":"2022-02-30"}`, "400 /valid_from date.malformed")
	post("holdings", `{`+holding+`,"reason":"x","valid_from":5}`, "400 /valid_from date.malformed")
	post("holdings", `{`+holding+`,"reason":"x","valid_from":"2020-01-01"}`, "422 /parcel row.unknown") // before there was a parcel
	post("holdings", `{"parcel":"P-99","name":"","class":"farm","reason":"x"}`, "422 /name row.form, /class row.form, /parcel row.unknown")
	post("holdings", `{"parcel":"Z-01","name":"a\u0007b","class":"factory","reason":"x"}`, "422 /name row.form, /parcel row.unknown")
	post("holdings", `{"parcel":"P-01","name":"`+strings.Repeat("长", 201)+`","class":"factory","reason":"x"}`, "422 /name row.form")
	post("holdings", `{`+holding+`,"reason":"x","parties":[{"code":"R-0001","share":"2/3"},{"code":"R-0002","share":"1/2"}]}`, "422 /parties row.shares")
	post("holdings", `{`+holding+`,"reason":"x","parties":[{"code":"R-0001","share":"0/3"},{"code":"R-0001","share":"3/2"},{"share":"1/2"},{"code":"R-9999","share":"1/2"}]}`,
		"422 /parties/0/share row.form, /parties/1/code row.twice, /parties/1/share row.form, /parties/2/code row.required, /parties/3/code row.unknown")
	post("holdings", `{`+holding+`,"reason":"x","parties":[{"code":"R-0001","share":0.5}]}`, "400 /parties/0/share body.malformed")
	post("holdings", `{`+holding+`,"reason":"x","parties":{"code":"R-0001"}}`, "422 /parties row.form")
	post("holdings", `{`+holding+`,"reason":"x","parties":[{"code":"R-0001","share":"1/1","name":"另一个人"}]}`, "422 /parties/0/name row.read_only")
	post("holdings", `{`+holding+`,"reason":"x","land":[{"plot":"`+elsewhere+`","area_m2":5},{"plot":"L-999999","area_m2":-1},{"plot":"`+plot+`","area_m2":1.23456},{"plot":"`+plot+`","area_m2":"5"}]}`,
		"422 /land/1/area_m2 row.form, /land/2/area_m2 row.form, /land/3/plot row.twice, /land/3/area_m2 row.form, /land/0/plot row.elsewhere, /land/1/plot row.unknown")
	post("holdings", `{`+holding+`,"reason":"x","land":[{"plot":"`+plot+`","area_m2":1e3}]}`, "422 /land/0/area_m2 row.form")
	post("holdings", `{`+holding+`,"reason":"x","land":[{"plot":"`+plot+`"}]}`, "422 /land/0/area_m2 row.form")
	post("buildings", `{"holding":"`+held+`","plot":"`+plot+`","floor_area_m2":10.555,"storeys":201,"use":"barn","reason":"x"}`, "422 /floor_area_m2 row.form, /storeys row.form, /use row.form")
	post("buildings", `{"holding":"`+held+`","plot":"`+elsewhere+`","floor_area_m2":10,"storeys":0,"use":"public","reason":"x"}`, "422 /storeys row.form, /plot row.elsewhere")
	post("buildings", `{"holding":"B-0001","plot":"P-01","floor_area_m2":10,"storeys":1,"use":"public","reason":"x"}`, "422 /holding row.unknown, /plot row.unknown")
	post("buildings", `{"holding":"`+held+`","plot":"`+plot+`","floor_area_m2":10,"storeys":1.0,"use":"public","tenants":[{"name":"甲"},{"name":"甲"},{"who":"乙"}],"reason":"x"}`, "422 /storeys row.form, /tenants/1/name row.twice, /tenants/2/who body.unknown_member")
	post("contracts", `{"kind":"lease","parcel":"P-01","holdings":[],"amount":-1,"reason":"x"}`, "422 /kind row.form, /holdings row.list, /amount row.form")
	post("contracts", `{"kind":"framework","parcel":"P-01","holdings":["`+far+`","H-9999",7,"`+far+`"],"amount":1.005,"reason":"x"}`,
		"422 /holdings/2 row.form, /holdings/3 row.twice, /amount row.form, /holdings/0 row.elsewhere, /holdings/1 row.unknown, /holdings/3 row.elsewhere")
	post("contracts", `{"kind":"framework","parcel":"P-01","holdings":["`+held+`"],"status":"signed","reason":"x"}`, "422 /status row.read_only")
	post("parties", `{"name":"张三","kind":"ghost","reason":"x","code":"P-0001"}`, "422 /kind row.form, /code row.code_form")
	post("command-posts", `{"name":"第九指挥部","name_en":"Ninth","parcels":["P-01","P-77"],"reason":"x"}`, "409 /parcels/0 row.post_taken, /parcels/1 row.unknown")

	patch := func(path, body, want string, headers ...string) {
		t.Helper()
		no.refused(t, http.MethodPatch, "/api/v1/"+path, body, want, append([]string{"Content-Type", typeMergePatch}, headers...)...)
	}
	patch("holdings/H-9999", `{"name":"x","reason":"x","version":1}`, "404 {id} register.unknown")
	patch("holdings/"+held, `{"name":"x","reason":"x"}`, "428 If-Match: base.missing")
	patch("holdings/"+held, `{"name":"x","reason":"x"}`, "428 If-Match: base.missing", "If-Match", "*")
	patch("holdings/"+held, `{"name":"x","reason":"x"}`, "412 If-Match: etag.weak", "If-Match", "W/"+s.get(t, "/api/v1/holdings/"+held).etag())
	patch("holdings/"+held, `{"name":"x","reason":"x"}`, "400 If-Match: etag.malformed", "If-Match", `"rubbish"`)
	patch("holdings/"+held, `{"name":"x","reason":"x"}`, "412 If-Match: row.stale", "If-Match", s.get(t, "/api/v1/holdings/"+far).etag())
	patch("holdings/"+held, `{"name":"x","reason":"x","version":2}`, "412 If-Match: row.stale")
	patch("holdings/"+held, `{"reason":"x","version":1}`, "422  row.nothing")
	patch("holdings/"+held, `{"name":"x","version":1}`, "422 /reason change.no_reason")
	patch("holdings/"+held, `{"code":"H-9999","stage":"demolished","signed":true,"land_m2":1,"floor_area_m2":1,"since":"2000-01-01","command_post":"F-99","buildings":[],"demo":false,"compulsory":true,"name":"新名","reason":"x","version":1}`,
		readOnlyOf(t, s, "/api/v1/holdings/"+held, "code", "stage", "signed", "land_m2", "floor_area_m2", "since", "command_post", "buildings", "demo", "compulsory"))
	patch("holdings/"+held, `{"name":null,"parties":null,"reason":"x","version":1}`, "422 /name row.required, /parties row.required")
	patch("holdings/"+held, `{"parcel":"P-02","reason":"x","version":1}`, "422 /parcel row.left_behind")
	patch("holdings/"+held, `{"land":[{"plot":"`+plot+`","area_m2":`+area+`},{"plot":"`+elsewhere+`","area_m2":1}],"reason":"x","version":1}`, "422 /land/1/plot row.elsewhere")
	patch("holdings/"+held, `{"land":[{"plot":"`+plot+`","area_m2":9999999}],"reason":"x","version":1}`, "422 /land row.overfull")
	contract := scalar[string](t, s, "SELECT min(code) FROM subject WHERE kind = 'contract'")
	kind := read[struct{ Kind string }](t, s.get(t, "/api/v1/contracts/"+contract)).Kind
	other := map[string]string{"framework": "relocation", "relocation": "framework", "amendment": "framework"}[kind]
	patch("contracts/"+contract, `{"kind":"`+other+`","parcel":"P-06","status":"void","amount":5,"reason":"x","version":1}`, "422 /kind row.read_only, /parcel row.read_only, /status row.read_only")
	patch("buildings/B-0001", `{"holding":"`+far+`","reason":"x","version":1}`, "422 /holding row.elsewhere")
	patch("parties/R-0001", `{"holdings":[],"kind":"person","name":"x","reason":"x","version":1}`, readOnlyOf(t, s, "/api/v1/parties/R-0001", "holdings"))
	patch("command-posts/F-01", `{"parcels":["P-01","P-02","P-03","P-04","P-05","P-06"],"reason":"x","version":1}`, postsTaken(t, s))
	if r := s.send(t, http.MethodPatch, "/api/v1/holdings/"+held, strings.NewReader("x"), "Content-Type", "text/plain"); r.status != http.StatusUnsupportedMediaType {
		t.Errorf("text: %d %s", r.status, r.body)
	}
	if r := s.send(t, http.MethodPost, "/api/v1/holdings", strings.NewReader("{}"), "Content-Type", typeMergePatch); r.status != http.StatusUnsupportedMediaType {
		t.Errorf("a merge patch as a new row: %d %s", r.status, r.body)
	}
	no.end(t)
}

// readOnlyOf is how a change of these members is refused: each that is shown, in order.
func readOnlyOf(t *testing.T, s *service, path string, names ...string) string {
	t.Helper()
	shown := read[map[string]json.RawMessage](t, s.get(t, path))
	var all []string
	for _, name := range names {
		if _, ok := shown[name]; !ok {
			t.Fatalf("%s shows no %s", path, name)
		}
		all = append(all, "/"+name+" row.read_only")
	}
	slices.Sort(all)
	return "422 " + strings.Join(all, ", ")
}

// postsTaken is how F-01 is refused all six parcels: each that another post runs.
func postsTaken(t *testing.T, s *service) string {
	t.Helper()
	own := read[row](t, s.get(t, "/api/v1/command-posts/F-01")).Parcels
	var all []string
	for i := range 6 {
		if !slices.Contains(own, fmt.Sprintf("P-%02d", i+1)) {
			all = append(all, fmt.Sprintf("/parcels/%d row.post_taken", i))
		}
	}
	return "409 " + strings.Join(all, ", ")
}

// Sixteen write a change of the same version at once: one wins, and each of the others sees what stands there now.
func TestSixteenPatches(t *testing.T) {
	t.Parallel()
	s := demo(t)
	type called struct{ Name string }
	for _, path := range []string{"/api/v1/holdings/H-0001", "/api/v1/parties/R-0001", "/api/v1/command-posts/F-01", "/api/v1/round"} {
		tag := s.get(t, path).etag()
		var all sync.WaitGroup
		var mu sync.Mutex
		won, stale := "", 0
		for i := range 16 {
			all.Go(func() {
				name := fmt.Sprintf("第 %d 人所写", i)
				send := func() reply {
					return s.patch(t, path, fmt.Sprintf(`{"name":%q,"reason":"同时改"}`, name), "If-Match", tag)
				}
				r := send()
				for r.status == http.StatusServiceUnavailable { // a busy machine: the lock was not had in time
					r = send()
				}
				mu.Lock()
				defer mu.Unlock()
				switch r.status {
				case http.StatusOK:
					won += read[called](t, r).Name
				case http.StatusPreconditionFailed:
					stale++
					if p := read[struct{ Current called }](t, r); !strings.HasSuffix(p.Current.Name, "人所写") {
						t.Errorf("%s: the loser sees %q", path, p.Current.Name)
					}
				default:
					t.Errorf("%s: %d %s", path, r.status, r.body)
				}
			})
		}
		all.Wait()
		if now := read[called](t, s.get(t, path)).Name; stale != 15 || won != now {
			t.Errorf("%s: %d were stale, %q won, %q stands there", path, stale, won, now)
		}
	}
}

// A floor area that is corrected today leaves the figures as they were known; shares that do not make a whole are entered with a word.
func TestCorrectionKeepsWhatWasKnown(t *testing.T) {
	t.Parallel()
	s := demo(t)
	known := scalar[string](t, s, `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)
	figures := func(query string) json.Number {
		return read[table](t, s.get(t, "/api/v1/progress?at=2022-12-23"+query)).Round.Figures.Signing.FloorArea.TotalM2
	}
	was := figures("&known=" + known)
	b := read[struct {
		FloorAreaM2 json.Number `json:"floor_area_m2"`
	}](t, s.get(t, "/api/v1/buildings/B-0001"))
	r := s.patch(t, "/api/v1/buildings/B-0001", `{"floor_area_m2":123456.78,"valid_from":"2021-06-01","reason":"复测"}`, "If-Match", s.get(t, "/api/v1/buildings/B-0001").etag())
	if r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := figures("&known=" + known); got != was {
		t.Errorf("as known then the floor area was %s and is %s", was, got)
	}
	if got := figures(""); got == was {
		t.Errorf("as known now it is still %s, though B-0001 grew from %s", got, b.FloorAreaM2)
	}
	h := s.patch(t, "/api/v1/holdings/H-0001", `{"parties":[{"code":"R-0001","share":"1/3"}],"reason":"补登"}`, "If-Match", s.get(t, "/api/v1/holdings/H-0001").etag())
	if v := read[row](t, h); h.status != http.StatusOK || len(v.Warnings) != 1 || !strings.Contains(v.Warnings[0], "1/3") {
		t.Errorf("%d %s", h.status, h.body)
	}
	if r := s.patch(t, "/api/v1/holdings/H-0001", `{"name":"再改","reason":"更正"}`, "If-Match", h.etag()); r.status != http.StatusOK {
		t.Errorf("the tag of an answer with warnings is not taken: %d %s", r.status, r.body)
	}
}

// What a recorded fact rests on is not taken from under it: the fact is named, and nothing is written.
func TestRowsUnderFacts(t *testing.T) {
	t.Parallel()
	s := demo(t)
	var building, plot string // a building that stands, and a stored plot of its parcel
	var accepted int64
	if err := s.Psql(t).QueryRow(t.Context(), `SELECT b.code, p.code, f.fact_id
		FROM   building_state v JOIN plot_state o ON o.subject_id = v.plot AND upper_inf(o.known) AND upper_inf(o.valid) JOIN plot_state w ON w.parcel = o.parcel AND w.stage = 'stored'
		JOIN   subject b ON b.subject_id = v.subject_id JOIN subject p ON p.subject_id = w.subject_id JOIN fact f ON f.subject_id = w.subject_id AND f.kind = 'site_accepted'
		WHERE  upper_inf(v.known) AND upper_inf(v.valid) AND v.stage = 'registered' AND upper_inf(w.known) AND upper_inf(w.valid) AND NOT EXISTS (SELECT FROM fact g WHERE g.voids = f.fact_id)
		ORDER  BY 1, 2 LIMIT 1`).Scan(&building, &plot, &accepted); err != nil {
		t.Fatal(err)
	}
	no := newRefusals(t, s)
	for _, from := range []string{"2022-12-30", "2021-06-01"} {
		no.refused(t, http.MethodPatch, "/api/v1/buildings/"+building, fmt.Sprintf(`{"plot":%q,"reason":"更正","valid_from":%q,"version":1}`, plot, from), "409 /plot row.breaks_fact")
	}
	r := s.patch(t, "/api/v1/buildings/"+building, fmt.Sprintf(`{"plot":%q,"reason":"更正","version":1}`, plot), "Accept-Language", "en")
	if p := read[problem](t, r); !strings.Contains(p.Detail, fmt.Sprint(accepted)) || !strings.Contains(p.Detail, plot) || !strings.Contains(p.Detail, building) {
		t.Errorf("the fact %d of %s and %s are not named: %s", accepted, plot, building, p.Detail)
	}
	no.end(t)
}
