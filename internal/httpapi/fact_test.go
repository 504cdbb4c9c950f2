package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

const visit = `{"subject":{"kind":"holding","id":"H-0001"},"kind":"visited","occurred_on":"2022-12-30","value":{"next_step":"再约周五"},"note":"在家"}`

// facts are how many facts stand in the ledger.
func (s *service) facts(t testing.TB) int64 {
	t.Helper()
	var n int64
	if err := s.Psql(t).QueryRow(t.Context(), "SELECT count(*) FROM fact").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func codes(r problem) (all []string) {
	for _, e := range r.Errors {
		all = append(all, e.Pointer+" "+e.Code)
	}
	return all
}

func TestRecordFact(t *testing.T) {
	t.Parallel()
	s := demo(t)
	before := s.facts(t)
	type recorded struct {
		factView
		Warnings []string `json:"warnings"`
	}
	tried := s.post(t, "/api/v1/facts?dry_run=true", visit)
	if tried.status != http.StatusOK || s.facts(t) != before {
		t.Fatalf("a fact that was only tried: %d %s, %d facts more", tried.status, tried.body, s.facts(t)-before)
	}
	r := s.post(t, "/api/v1/facts", visit)
	f := read[recorded](t, r)
	if r.status != http.StatusCreated || f.ID == 0 || f.RecordedBy != "officer" || !f.Demo || f.Subject.ID != "H-0001" || s.facts(t) != before+1 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	page := read[struct {
		Items []factView `json:"items"`
	}](t, s.get(t, "/api/v1/facts?subject=holding:H-0001&limit=1"))
	if len(page.Items) != 1 || page.Items[0].ID != f.ID {
		t.Errorf("the list begins with %v", page.Items)
	}
	second := s.as("officer2")
	if own := s.post(t, fmt.Sprintf("/api/v1/facts/%d/void", f.ID), `{"reason":"记错了户"}`); own.status != http.StatusForbidden || read[problem](t, own).Code != "fact.second_person" {
		t.Errorf("voided by its author: %d %s", own.status, own.body)
	}
	void := second.post(t, fmt.Sprintf("/api/v1/facts/%d/void", f.ID), `{"reason":"记错了户"}`)
	if v := read[recorded](t, void); void.status != http.StatusCreated || v.Voids == nil || *v.Voids != f.ID {
		t.Errorf("the void: %d %s", void.status, void.body)
	}
	again := second.post(t, fmt.Sprintf("/api/v1/facts/%d/void", f.ID), `{"reason":"记错了户"}`)
	if p := read[problem](t, again); again.status != http.StatusConflict || p.Code != "fact.voided_already" {
		t.Errorf("voided twice: %d %s", again.status, again.body)
	}
}

// A fact that is recorded moves the figures of the next question, and of a second reader.
func TestRecordMovesFigures(t *testing.T) {
	t.Parallel()
	s := demo(t)
	type one struct {
		Items []struct{ Code, Status string }
	}
	contract := ""
	for _, c := range read[one](t, s.get(t, "/api/v1/contracts?status=signed&kind=relocation&limit=1")).Items {
		contract = c.Code
	}
	households := func() int64 {
		return read[table](t, s.get(t, "/api/v1/progress")).Round.Figures.Signing.Households.Signed
	}
	had := households()
	r := s.post(t, "/api/v1/facts", fmt.Sprintf(`[{"subject":{"kind":"contract","id":%q},"kind":"rescinded","occurred_on":"2022-12-30","evidence":[{"name":"解除协议.pdf","document_no":"演示〔2022〕1号"}]}]`, contract))
	if r.status != http.StatusCreated {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if has := households(); has >= had {
		t.Errorf("%d households were signed, and are %d after %s was rescinded", had, has, contract)
	}
}

// Under one key a request is carried out once, however often and by however many it is sent.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := demo(t)
	before := s.facts(t)
	const key = "7a6f8f0e-0b1e-4a39-9d43-1b0f5f6f2b11"
	var all sync.WaitGroup
	var mu sync.Mutex
	replies := map[string]int{}
	replayed := 0
	for range 8 {
		all.Go(func() {
			r := s.post(t, "/api/v1/facts", visit, "Idempotency-Key", key)
			mu.Lock()
			defer mu.Unlock()
			replies[fmt.Sprintf("%d %s", r.status, r.body)]++
			if r.header.Get("Idempotency-Replayed") == "true" {
				replayed++
			}
		})
	}
	all.Wait()
	if len(replies) != 1 || replayed != 7 || s.facts(t) != before+1 {
		t.Errorf("%d different answers, %d of them repeated, %d facts: %v", len(replies), replayed, s.facts(t)-before, replies)
	}
	for answer := range replies {
		if !strings.HasPrefix(answer, "201 ") {
			t.Error(answer)
		}
	}
	other := s.post(t, "/api/v1/facts", strings.Replace(visit, "在家", "不在家", 1), "Idempotency-Key", key)
	if p := read[problem](t, other); other.status != http.StatusUnprocessableEntity || p.Code != "key.reused" {
		t.Errorf("another request under the key: %d %s", other.status, other.body)
	}
	bad := `{"subject":{"kind":"holding","id":"H-0001"},"kind":"visited","occurred_on":"2150-01-01"}`
	if r := s.post(t, "/api/v1/facts", bad, "Idempotency-Key", "k2"); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a day yet to come: %d %s", r.status, r.body)
	}
	if r := s.post(t, "/api/v1/facts", visit, "Idempotency-Key", "k2"); r.status != http.StatusCreated { // what was refused did not use the key
		t.Errorf("the key of a refused request: %d %s", r.status, r.body)
	}
	for _, wrong := range []string{"with space", strings.Repeat("x", 201), "中文"} {
		if r := s.post(t, "/api/v1/facts", visit, "Idempotency-Key", wrong); r.status != http.StatusBadRequest || read[problem](t, r).Code != "key.form" {
			t.Errorf("%q: %d %s", wrong, r.status, r.body)
		}
	}
}

// Of a list every fault is named, and none of it is written.
func TestFactsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := demo(t)
	before := s.facts(t)
	var list []string
	want := map[string]bool{}
	for i := range 2_000 {
		if i%20 == 7 {
			want[fmt.Sprintf("/%d/subject/id fact.subject_unknown", i)] = true
			list = append(list, `{"subject":{"kind":"holding","id":"H-9999"},"kind":"visited","occurred_on":"2022-12-30"}`)
			continue
		}
		list = append(list, visit)
	}
	r := s.post(t, "/api/v1/facts", "["+strings.Join(list, ",")+"]")
	got := codes(read[problem](t, r))
	if r.status < 400 || len(got) != len(want) {
		t.Fatalf("%d, %d of %d faults named: %.300s", r.status, len(got), len(want), r.body)
	}
	for _, g := range got {
		if !want[g] {
			t.Errorf("%s is named", g)
		}
	}
	if n := s.facts(t); n != before {
		t.Errorf("%d facts were written", n-before)
	}
	for body, code := range map[string]string{
		`[]`:                  "fact.list",
		`[` + visit + `,{}]`:  "fact.kind",
		`[` + visit + `,"x"]`: "body.malformed",
		`{"kind":"visited"}`:  "fact.subject_kind",
		`{"kind":"built"}`:    "fact.kind",
		`{"colour":"red"}`:    "body.unknown_member",
		`{"kind":"visited","occurred_on":"30.12.2022"}`:                                                                      "date.malformed",
		`{"subject":{"kind":"holding","id":"H-0001"},"kind":"visited","occurred_on":"2022-12-30","evidence":[{"name":" "}]}`: "fact.evidence",
		visit + visit:       "body.malformed",
		`{"occurred_on":7}`: "body.malformed",
		`{"kind":"voided","occurred_on":"2022-12-30","voids":999999999,"reason":"x"}`: "fact.unknown",
	} {
		if p := read[problem](t, s.post(t, "/api/v1/facts", body)); p.Code != code {
			t.Errorf("%.60s: %s and not %s: %v", body, p.Code, code, codes(p))
		}
	}
	if r := s.post(t, "/api/v1/facts", `{"kind":"visited","occurred_on":"2150-01-01","subject":{"kind":"holding","id":"H-9999"}}`); len(codes(read[problem](t, r))) != 2 || codes(read[problem](t, r))[0] != "/subject/id fact.subject_unknown" {
		t.Errorf("one fact's faults point into it: %s", r.body)
	}
	if n := s.facts(t); n != before {
		t.Errorf("%d facts were written", n-before)
	}
}
