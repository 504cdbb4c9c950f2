package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/personal"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// lines keep what is logged, by many at once.
type lines struct {
	sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.Write(p)
}

// withKey is the demonstration with a key for personal data in use; with changes the service first.
func withKey(t testing.TB, with func(*api)) *service {
	t.Helper()
	last := land.Day{Time: time.Date(2022, 12, 30, 0, 0, 0, 0, time.UTC)}
	s := serve(t, storetest.Demo(t), func(a *api) {
		a.day, a.keys = &last, ringOf(t, testKey(t, 1))
		if with != nil {
			with(a)
		}
	})
	if err := s.db.Write(t.Context(), land.Operator, func(tx *store.Tx) error { return tx.BeginPersonalKey(t.Context(), testKey(t, 1).Check()) }); err != nil {
		t.Fatal(err)
	}
	return s
}

func testKey(t testing.TB, n byte) *personal.Key {
	t.Helper()
	k, err := personal.NewKey(bytes.Repeat([]byte{n}, personal.Size))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ringOf(_ testing.TB, keys ...*personal.Key) *personal.Ring {
	return personal.NewRing(func() ([]*personal.Key, error) { return keys, nil })
}

// signedIn is the cookie of a session of an account, as a header: numbers are for people, not for tokens.
func signedIn(t testing.TB, s *service, name string) []string {
	t.Helper()
	secret := "session_of_" + name
	sum := sha256.Sum256([]byte(secret))
	if _, err := s.Psql(t).Exec(t.Context(), `INSERT INTO session (account_id, secret, ends_at, address, agent)
		SELECT account_id, $2, 'infinity', '127.0.0.1', 'test' FROM account WHERE name = $1 ON CONFLICT DO NOTHING`, name, sum[:]); err != nil {
		t.Fatal(err)
	}
	return []string{"Cookie", cookiePlain + "=" + secret}
}

// The numbers that tests keep; none belongs to anybody: the standards' own examples, and a telephone of zeros.
const (
	aPhone   = "13800000000"
	aPerson  = "11010519491231002X"
	aCompany = "91350100M000100Y43"
)

// What is sent is kept encrypted, shown masked, taken away by null; sent back as it is shown it stays.
func TestNumbersOfParties(t *testing.T) {
	t.Parallel()
	var logged lines
	s := withKey(t, func(a *api) {
		a.log = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	type party struct {
		Code     string
		Phone    *string
		IDNumber *string `json:"id_number"`
		Version  int
	}
	shows := func(r reply, phone, id string) bool {
		p := read[party](t, r)
		return deref(p.Phone) == phone && deref(p.IDNumber) == id
	}
	body := `{"name":"张三","kind":"person","phone":"+86 138-0000-0000","id_number":"11010519491231002x","reason":"摸查"}`
	if r := s.post(t, "/api/v1/parties?dry_run=true", body); r.status != http.StatusOK || !shows(r, "138****0000", "1101**********002X") {
		t.Errorf("only tried: %d %s", r.status, r.body)
	}
	if n := scalar[int](t, s, "SELECT count(*) FROM party_personal"); n != 0 {
		t.Errorf("only tried, and %d are kept", n)
	}
	made := s.post(t, "/api/v1/parties", body, "Idempotency-Key", "party-with-numbers")
	if made.status != http.StatusCreated || !shows(made, "138****0000", "1101**********002X") {
		t.Fatalf("%d %s", made.status, made.body)
	}
	at := "/api/v1/parties/" + read[party](t, made).Code
	if again := s.post(t, "/api/v1/parties", body, "Idempotency-Key", "party-with-numbers"); again.header.Get("Idempotency-Replayed") != "true" || string(again.body) != string(made.body) {
		t.Errorf("again under its key: %d %s", again.status, again.body)
	}
	if other := s.post(t, "/api/v1/parties", strings.Replace(body, "138-0000-0000", "138-0000-0001", 1), "Idempotency-Key", "party-with-numbers"); other.status != http.StatusUnprocessableEntity {
		t.Errorf("another number under its key: %d %s", other.status, other.body)
	}
	if got := s.get(t, at); string(got.body) != string(made.body) || got.etag() != made.etag() {
		t.Errorf("shown with %s as %s", got.etag(), got.body)
	}
	if got := s.get(t, at+"?known="+time.Now().UTC().Add(-time.Second).Format(time.RFC3339Nano)); strings.Contains(string(got.body), "phone") {
		t.Errorf("as it was known: %s", got.body)
	}
	change := func(members string, status int, phone, id string) {
		t.Helper()
		was := s.get(t, at)
		r := s.patch(t, at, "{"+members+`,"reason":"更正"}`, "If-Match", was.etag())
		if r.status != status || status == http.StatusOK && !shows(r, phone, id) || strings.Contains(string(r.body), aPhone) {
			t.Errorf("%s: %d %s", members, r.status, r.body)
		}
		if got := s.get(t, at); status == http.StatusOK && (string(got.body) != string(r.body) || got.etag() == was.etag()) || status != http.StatusOK && string(got.body) != string(was.body) {
			t.Errorf("after %s it is shown as %s", members, got.body)
		}
	}
	change(`"name":"张三丰"`, http.StatusOK, "138****0000", "1101**********002X")
	change(`"phone":"138****0000","id_number":"1101**********002X"`, http.StatusOK, "138****0000", "1101**********002X")
	change(`"phone":"139****0000"`, http.StatusUnprocessableEntity, "", "")
	change(`"phone":"1380000000"`, http.StatusUnprocessableEntity, "", "")
	change(`"phone":13800000000`, http.StatusUnprocessableEntity, "", "")
	change(`"phone":""`, http.StatusUnprocessableEntity, "", "")
	change(`"id_number":"110105194912310021"`, http.StatusUnprocessableEntity, "", "")
	change(`"id_number":"`+aCompany+`"`, http.StatusUnprocessableEntity, "", "")
	change(`"kind":"company"`, http.StatusUnprocessableEntity, "", "") // a person's number stands there
	change(`"kind":"company","id_number":"`+aCompany+`"`, http.StatusOK, "138****0000", "9135**********0Y43")
	change(`"phone":null`, http.StatusOK, "", "9135**********0Y43")
	change(`"phone":"0755-27700000"`, http.StatusOK, "0755-****0000", "9135**********0Y43")
	change(`"phone":null,"id_number":null`, http.StatusOK, "", "")
	change(`"phone":"`+aPhone+`","id_number":"`+aCompany+`"`, http.StatusOK, "138****0000", "9135**********0Y43")

	sent := s.get(t, at)
	back := s.patch(t, at, strings.Replace(string(sent.body), "{", `{"reason":"原样送回",`, 1), "Content-Type", "application/json")
	if back.status != http.StatusOK || !shows(back, "138****0000", "9135**********0Y43") {
		t.Errorf("sent back as it is shown: %d %s", back.status, back.body)
	}
	if list := s.get(t, "/api/v1/parties?q="+read[party](t, made).Code); !strings.Contains(string(list.body), `"phone":"138****0000"`) {
		t.Errorf("in the list: %s", list.body)
	}

	// Nothing that the database or the log holds says a number: neither in the clear, nor as a hash that can be tried.
	cookie := signedIn(t, s, "officer")
	if r := s.send(t, http.MethodPost, at+"/unmask", strings.NewReader(`{"reason":"约谈"}`), cookie...); !strings.Contains(string(r.body), aPhone) {
		t.Errorf("unmasked: %d %s", r.status, r.body)
	}
	plainHash := sha256.Sum256([]byte(aPhone))
	bodyHash := sha256.Sum256([]byte(body))
	for _, table := range []string{"party_personal", "party_version", "audit", "idempotency_key", "outbox", "personal_key"} {
		all := scalar[string](t, s, "SELECT coalesce(string_agg(t::text, ' '), '') FROM "+table+" t")
		for _, secret := range []string{aPhone, aPerson, aCompany, "138-0000-0000", "27700000", hex.EncodeToString([]byte(aPhone)), hex.EncodeToString(plainHash[:]), hex.EncodeToString(bodyHash[:])} {
			if strings.Contains(all, secret) {
				t.Errorf("%s holds %s", table, secret)
			}
		}
	}
	logged.Lock()
	defer logged.Unlock()
	for _, secret := range []string{aPhone, aPerson, aCompany, "27700000"} {
		if strings.Contains(logged.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	if logged.Len() == 0 {
		t.Error("nothing was logged")
	}
	deeds := scalar[string](t, s, `SELECT string_agg(detail::text, ' ' ORDER BY audit_id) FROM audit WHERE via = 'PATCH /api/v1/parties/:id'`)
	for _, want := range []string{`"phone":"removed"`, `"phone":"added"`, `"id_number":"changed"`} {
		if !strings.Contains(deeds, want) {
			t.Errorf("the trail does not say %s: %.600s", want, deeds)
		}
	}
}

// Who unmasks says why, and that is recorded; of another post's party nothing is told, not even that it is there.
func TestUnmask(t *testing.T) {
	t.Parallel()
	s := withKey(t, nil)
	mine := scalar[string](t, s, `SELECT p.code FROM party p JOIN holding_party h USING (party_id) JOIN subject s ON s.subject_id = h.holding JOIN subject c ON c.subject_id = s.parcel
		GROUP BY p.code HAVING bool_and(c.code = 'P-01') ORDER BY p.code LIMIT 1`)
	at := "/api/v1/parties/" + mine
	if r := s.patch(t, at, `{"phone":"`+aPhone+`","reason":"摸查"}`, "If-Match", s.get(t, at).etag()); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	tests := []struct {
		who   string
		sees  string // of the phone, as GET shows it
		clear int    // the status of unmasking
		finds bool
	}{
		{"officer", `"phone":"138****0000"`, 200, true},
		{"post1", `"phone":"138****0000"`, 200, true},
		{"post1b", `"phone":"138****0000"`, 200, true},
		{"post2", "", 404, false},
		{"planner", `"phone":null`, 403, false},
		{"granted", `"phone":null`, 403, false},
		{"viewer", "", 403, false},
		{"sysadmin", "", 403, false},
		{"secadmin", "", 403, false},
		{"auditor", "", 403, false},
	}
	for _, tt := range tests {
		cookie := signedIn(t, s, tt.who)
		if got := s.get(t, at, cookie...); strings.Contains(string(got.body), "phone") != (tt.sees != "") || !strings.Contains(string(got.body), tt.sees) || strings.Contains(string(got.body), aPhone) {
			t.Errorf("%s reads %d %s", tt.who, got.status, got.body)
		}
		r := s.post(t, at+"/unmask", `{"reason":"约谈 `+tt.who+`"}`, cookie...)
		if r.status != tt.clear || strings.Contains(string(r.body), aPhone) != (tt.clear == 200) {
			t.Errorf("%s unmasks: %d %s", tt.who, r.status, r.body)
		}
		if r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: what is in the clear may be kept: %s", tt.who, r.header.Get("Cache-Control"))
		}
		found := s.post(t, "/api/v1/parties/find", `{"phone":"138 0000 0000"}`, cookie...)
		if (found.status == 200) != (tt.clear != 403) || strings.Contains(string(found.body), mine) != tt.finds {
			t.Errorf("%s finds: %d %s", tt.who, found.status, found.body)
		}
		recorded := scalar[int](t, s, `SELECT count(*) FROM audit WHERE account = $1 AND via = 'POST /api/v1/parties/:id/unmask' AND outcome = 'done' AND objects = ARRAY[$2]
			AND detail::text LIKE '%"unmasked":["phone"]%' AND detail::text LIKE '%约谈 ' || $1 || '%'`, tt.who, mine)
		if (recorded == 1) != (tt.clear == 200) {
			t.Errorf("%s: recorded %d times", tt.who, recorded)
		}
	}
	if n := scalar[int](t, s, `SELECT count(*) FROM audit WHERE via = 'POST /api/v1/parties/find' AND outcome = 'done' AND detail::text LIKE '%"sought":"phone"%'`); n != 4 {
		t.Errorf("%d searches are recorded, of 4", n)
	}

	// A party that another post knows, and one that nobody knows, are alike.
	cookie := signedIn(t, s, "post2")
	unlike := func(r reply, code string) string {
		return fmt.Sprint(r.status, " ", strings.ReplaceAll(string(r.body), code, "CODE"))
	}
	request := func(r reply) string { return r.header.Get("X-Request-Id") }
	theirs, none := s.post(t, at+"/unmask", `{"reason":"约谈"}`, cookie...), s.post(t, "/api/v1/parties/R-9999/unmask", `{"reason":"约谈"}`, cookie...)
	if a, b := strings.ReplaceAll(unlike(theirs, mine), request(theirs), ""), strings.ReplaceAll(unlike(none, "R-9999"), request(none), ""); a != b {
		t.Errorf("another post's:\n%s\nnobody's:\n%s", a, b)
	}

	officer := signedIn(t, s, "officer")
	for body, want := range map[string]string{
		`{}`:                         "422 /reason change.no_reason",
		`{"reason":" "}`:             "422 /reason change.no_reason",
		`{"reason":"x","all":true}`:  "400 /all body.unknown_member",
		`{"reason":"x","reason":"y"`: "400 body.malformed",
	} {
		r := s.post(t, at+"/unmask", body, officer...)
		if p := read[problem](t, r); strings.TrimSpace(fmt.Sprintf("%d %s", r.status, strings.Join(codes(p), ", "))) != want && body != `{"reason":"x","reason":"y"` || r.status/100 != 4 {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	for body, status := range map[string]int{
		`{}`: 422, `{"phone":"` + aPhone + `","id_number":"` + aPerson + `"}`: 422, `{"phone":"138****0000"}`: 422, `{"id_number":"1"}`: 422, `{"phone":null}`: 422,
		`{"id_number":"` + aCompany + `"}`: 200, `{"id_number":"` + aPerson + `"}`: 200, `{"phone":"` + aPhone + `","x":1}`: 400,
	} {
		if r := s.post(t, "/api/v1/parties/find", body, officer...); r.status != status || status != 200 && strings.Contains(string(r.body), aPhone) {
			t.Errorf("find %s: %d %s", body, r.status, r.body)
		}
	}
	if r := s.post(t, at+"/unmask", `{"reason":"x"}`); r.status != http.StatusForbidden {
		t.Errorf("by a token: %d %s", r.status, r.body)
	}
}

// Nobody harvests: 30 at once and 30 an hour, unmasking and finding together.
func TestUnmaskIsBounded(t *testing.T) {
	t.Parallel()
	s := withKey(t, func(a *api) { a.rates = newRates(time.Now, 1) })
	cookie, other := signedIn(t, s, "officer"), signedIn(t, s, "officer2")
	var got []int
	for i := range 31 {
		path, body := "/api/v1/parties/R-0001/unmask", `{"reason":"约谈"}`
		if i%2 == 1 {
			path, body = "/api/v1/parties/find", `{"phone":"`+aPhone+`"}`
		}
		got = append(got, s.post(t, path, body, cookie...).status)
	}
	if slices.Contains(got[:30], http.StatusTooManyRequests) || got[30] != http.StatusTooManyRequests {
		t.Errorf("answered with %v", got)
	}
	if r := s.post(t, "/api/v1/parties/R-0001/unmask", `{"reason":"约谈"}`, other...); r.status != http.StatusOK {
		t.Errorf("somebody else: %d %s", r.status, r.body)
	}
}

// While the key is away what is encrypted is answered with 503, and all else goes on; after a rotation the new key is taken up without a start.
func TestKeyAway(t *testing.T) {
	t.Parallel()
	first, second := testKey(t, 1), testKey(t, 2)
	var mu sync.Mutex
	there := []*personal.Key{first}
	s := withKey(t, func(a *api) {
		a.keys = personal.NewRing(func() ([]*personal.Key, error) { mu.Lock(); defer mu.Unlock(); return there, nil })
	})
	at := "/api/v1/parties/R-0001"
	if r := s.patch(t, at, `{"phone":"`+aPhone+`","reason":"摸查"}`, "If-Match", s.get(t, at).etag()); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if _, err := s.db.RotatePersonalKey(t.Context(), land.Operator, first.Check(), second.Check(), func(was store.Sealed) (now store.Sealed, err error) {
		now.Code = was.Code
		value, err := first.Open(was.Code, personal.Phone, was.Phone)
		if err != nil {
			return now, err
		}
		now.PhoneHash = second.Hash(personal.Phone, value)
		now.Phone, err = second.Seal(bytes.NewReader(make([]byte, 12)), was.Code, personal.Phone, value)
		return now, err
	}); err != nil {
		t.Fatal(err)
	}
	away := func(r reply) bool {
		return r.status == http.StatusServiceUnavailable && strings.Contains(string(r.body), `"personal_key.away"`) && r.header.Get("Retry-After") != ""
	}
	if r := s.get(t, at); !away(r) {
		t.Errorf("a number without its key: %d %s", r.status, r.body)
	}
	if r := s.post(t, "/api/v1/parties", `{"name":"李四","kind":"person","phone":"13900000000","reason":"摸查"}`); !away(r) {
		t.Errorf("a number is kept without the key: %d %s", r.status, r.body)
	}
	if r := s.get(t, "/api/v1/parties/R-0002"); r.status != http.StatusOK {
		t.Errorf("a party without numbers: %d %s", r.status, r.body)
	}
	if r := s.post(t, "/api/v1/parties", `{"name":"李四","kind":"person","reason":"摸查"}`); r.status != http.StatusCreated {
		t.Errorf("a party without numbers: %d %s", r.status, r.body)
	}
	mu.Lock()
	there = []*personal.Key{second}
	mu.Unlock()
	if r := s.get(t, at); r.status != http.StatusOK || !strings.Contains(string(r.body), "138****0000") {
		t.Errorf("with the new key: %d %s", r.status, r.body)
	}
	if r := s.post(t, "/api/v1/parties/find", `{"phone":"`+aPhone+`"}`, signedIn(t, s, "officer")...); !strings.Contains(string(r.body), "R-0001") {
		t.Errorf("found with the new key: %d %s", r.status, r.body)
	}
}
