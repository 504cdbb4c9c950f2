package httpapi

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Of 10,000 facts 300 are bad in several ways: each is named where it stands, in one answer, and none of the list is written.
func TestThreeHundredBadOfTenThousand(t *testing.T) {
	t.Parallel()
	s := demo(t)
	psql := s.Psql(t)
	before := contents(t, psql)
	bad := []struct{ fact, pointer, code string }{
		{`{"subject":{"kind":"holding","id":"H-9999"},"kind":"visited","occurred_on":"2022-12-30"}`, "/subject/id", "fact.subject_unknown"},
		{`{"subject":{"kind":"holding","id":"H-0001"},"kind":"visited","occurred_on":"2150-01-01"}`, "/occurred_on", "fact.in_future"},
		{`{"subject":{"kind":"holding","id":"H-0001"},"kind":"demolished","occurred_on":"2022-12-30"}`, "/subject/kind", "fact.subject_kind"},
		{`{"subject":{"kind":"holding","id":"H-0001"},"kind":"visited","occurred_on":"2022-12-30","value":{"colour":"red"}}`, "/value/colour", "fact.value_unknown"},
		{`{"subject":{"kind":"holding","id":"H-0001"},"kind":"danced","occurred_on":"2022-12-30"}`, "/kind", "fact.kind"},
		{`{"subject":{"kind":"holding","id":"H-0001"},"kind":"voided","occurred_on":"2022-12-30","voids":999999999,"reason":"x"}`, "/voids", "fact.unknown"},
	}
	const all, every = 10_000, 33 // 300 of them, and some at the end that are well
	var list []string
	want := map[string]string{}
	for i := range all {
		if i%every == 20 && len(want) < 300 {
			b := bad[len(want)%len(bad)]
			want[fmt.Sprintf("/%d%s", i, b.pointer)] = b.code
			list = append(list, b.fact)
			continue
		}
		list = append(list, strings.Replace(visit, "H-0001", fmt.Sprintf("H-%04d", 1+i%900), 1))
	}
	if len(want) != 300 {
		t.Fatalf("%d are bad", len(want))
	}
	r := s.post(t, "/api/v1/facts", "["+strings.Join(list, ",")+"]", "Idempotency-Key", "list")
	p := read[problem](t, r)
	named := map[string]string{}
	for _, e := range p.Errors {
		named[e.Pointer] = e.Code
	}
	for at, code := range want {
		if named[at] != code {
			t.Errorf("%s is named as %q and not as %s", at, named[at], code)
		}
	}
	if r.status < 400 || len(p.Errors) != len(want) {
		t.Errorf("%d, %d of %d named: %.600s", r.status, len(p.Errors), len(want), r.body)
	}
	if after := contents(t, psql); after != before {
		t.Errorf("something was written:\n%s%s", before, after)
	}
}

// A key outlives the service: another one on the same database repeats the answer, and refuses another body.
func TestKeyOutlivesTheService(t *testing.T) {
	t.Parallel()
	s := demo(t)
	first := s.post(t, "/api/v1/facts", visit, "Idempotency-Key", "once")
	if first.status != http.StatusCreated {
		t.Fatalf("%d %s", first.status, first.body)
	}
	before := contents(t, s.Psql(t))
	next := serve(t, s.Database, func(a *api) { a.day = s.api.day })
	if again := next.post(t, "/api/v1/facts", visit, "Idempotency-Key", "once"); again.status != first.status || string(again.body) != string(first.body) || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the same request: %d %s", again.status, again.body)
	}
	for name, other := range map[string]string{"another body": strings.Replace(visit, "在家", "不在", 1), "the same in other words": " " + visit} {
		if r := next.post(t, "/api/v1/facts", other, "Idempotency-Key", "once"); r.status != http.StatusUnprocessableEntity || read[problem](t, r).Code != "key.reused" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := next.post(t, "/api/v1/facts?dry_run=true", visit, "Idempotency-Key", "once"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("another question under the key: %d %s", r.status, r.body)
	}
	if after := contents(t, s.Psql(t)); after != before {
		t.Errorf("something was written:\n%s%s", before, after)
	}
}

// A fact that comes late and would make a later one unlawful is refused and names it; so is a void of what others rest on,
// unless they are voided in the same list.
func TestWhatOthersRestOn(t *testing.T) {
	t.Parallel()
	s := demo(t)
	psql := s.Psql(t)
	var holding, dayBefore string
	var signed, appraised int64
	if err := psql.QueryRow(t.Context(), `SELECT h.code, (f.occurred_on - 1)::text, f.fact_id, a.fact_id
		FROM   fact f JOIN contract c ON c.contract = f.subject_id AND c.kind = 'relocation' JOIN contract_holding ch USING (contract) JOIN subject h ON h.subject_id = ch.holding
		JOIN   fact a ON a.subject_id = ch.holding AND a.kind = 'appraised'
		WHERE  f.kind = 'signed' AND NOT EXISTS (SELECT FROM fact v WHERE v.voids IN (f.fact_id, a.fact_id))
		AND    NOT EXISTS (SELECT FROM fact r WHERE r.subject_id = c.contract AND r.kind = 'rescinded') ORDER BY f.fact_id LIMIT 1`).Scan(&holding, &dayBefore, &signed, &appraised); err != nil {
		t.Fatal(err)
	}
	before := contents(t, psql)
	late := s.post(t, "/api/v1/facts", fmt.Sprintf(`{"subject":{"kind":"holding","id":%q},"kind":"objected","occurred_on":%q}`, holding, dayBefore))
	if late.status != http.StatusConflict || !strings.Contains(string(late.body), fmt.Sprint(signed)) {
		t.Errorf("an objection before the signature %d: %d %s", signed, late.status, late.body)
	}
	under := s.post(t, fmt.Sprintf("/api/v1/facts/%d/void", appraised), `{"reason":"记错了"}`)
	if under.status != http.StatusConflict || !strings.Contains(string(under.body), fmt.Sprint(signed)) {
		t.Errorf("the appraisal %d under the signature %d: %d %s", appraised, signed, under.status, under.body)
	}
	unreasoned := s.post(t, fmt.Sprintf("/api/v1/facts/%d/void", signed), `{}`)
	if p := read[problem](t, unreasoned); unreasoned.status != http.StatusUnprocessableEntity || !slices.Contains(codes(p), "/reason fact.reason") {
		t.Errorf("a void without a reason: %d %s", unreasoned.status, unreasoned.body)
	}
	if after := contents(t, psql); after != before {
		t.Errorf("something was written:\n%s%s", before, after)
	}
	// All that rests on the appraisal, in one list with it: lawful.
	void := func(id string) string {
		return fmt.Sprintf(`{"kind":"voided","occurred_on":"2022-12-30","voids":%s,"reason":"一并作废"}`, id)
	}
	list := []string{void(fmt.Sprint(appraised))}
	for range 20 {
		r := s.post(t, "/api/v1/facts?dry_run=true", "["+strings.Join(list, ",")+"]", "Accept-Language", "en")
		if r.status == http.StatusOK {
			break
		}
		had := len(list)
		for _, m := range needing.FindAllStringSubmatch(string(r.body), -1) {
			if v := void(m[1]); !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
		if len(list) == had {
			t.Fatalf("nobody is named: %d %s", r.status, r.body)
		}
	}
	if r := s.post(t, "/api/v1/facts", "["+strings.Join(list, ",")+"]"); r.status != http.StatusCreated || len(list) < 2 {
		t.Errorf("a list of %d voids: %d %s", len(list), r.status, r.body)
	}
}

var needing = regexp.MustCompile(`Live fact (\d+) needs it`)
