package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"zhengbei/internal/account"
	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"
)

// somebody is somebody with a browser of their own: it keeps the cookie and nothing else.
type somebody struct {
	*service
	cookie string
}

func (s *service) somebody() *somebody { return &somebody{service: s.as("")} }

func (b *somebody) ask(t testing.TB, method, path string, body any, headers ...string) reply {
	t.Helper()
	if b.cookie != "" {
		headers = append(headers, "Cookie", b.cookie)
	}
	var sent io.Reader
	if body != nil {
		raw, _ := json.Marshal(body)
		sent = bytes.NewReader(raw)
		headers = append(headers, "Content-Type", "application/json")
	}
	r := b.send(t, method, path, sent, headers...)
	if set := r.header.Get("Set-Cookie"); set != "" {
		b.cookie, _, _ = strings.Cut(set, ";")
	}
	return r
}

type object map[string]any

// password is one that may be used, and no other test relies on.
const password = "纸鹤 飞过 龙华 河 1986"

// invite gives an account of storetest a password, by a link as a person uses it.
func (s *service) invite(t testing.TB, name string) {
	t.Helper()
	_, link, _, err := s.api.people.Reset(t.Context(), land.Operator, name, land.LinkPassword)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.api.people.UseLink(t.Context(), account.Visitor{From: land.Actor{Address: "127.0.0.1"}}, link, text(password)); err != nil {
		t.Fatal(err)
	}
}

func text(s string) *string { return &s }

func (b *somebody) signIn(t testing.TB, name string) {
	t.Helper()
	if r := b.ask(t, http.MethodPost, "/api/v1/session", object{"name": name, "password": password}); r.status != http.StatusOK {
		t.Fatalf("%s: %d %s", name, r.status, r.body)
	}
}

func code(t testing.TB, r reply) string {
	t.Helper()
	if r.status < 400 {
		return fmt.Sprint(r.status)
	}
	return read[problem](t, r).Code
}

// Somebody signs in, is known by the cookie alone, and is nobody once signed out: the cookie that a thief kept is good for nothing.
func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.invite(t, "officer")
	b := s.somebody()
	r := b.ask(t, http.MethodPost, "/api/v1/session", object{"name": "Officer", "password": password})
	set := r.header.Get("Set-Cookie")
	if r.status != http.StatusOK || !strings.HasPrefix(set, "zhengbei=") || !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") || !strings.Contains(set, "Path=/") || strings.Contains(set, "Domain") {
		t.Fatalf("%d %s %s", r.status, set, r.body)
	}
	me := read[meView](t, r)
	if me.Account != "officer" || me.Role != land.RoleOfficer || me.RoleName.Zh != "经办员" || len(me.May) < 7 {
		t.Errorf("%+v", me)
	}
	if got := b.ask(t, http.MethodGet, "/api/v1/me", nil); got.status != http.StatusOK || string(got.body) != string(r.body) {
		t.Errorf("%d %s", got.status, got.body)
	}
	stolen := b.cookie
	if r := b.ask(t, http.MethodDelete, "/api/v1/session", nil); r.status != http.StatusNoContent {
		t.Fatalf("%d %s", r.status, r.body)
	}
	thief := &somebody{service: s.as(""), cookie: stolen}
	if got := code(t, thief.ask(t, http.MethodGet, "/api/v1/me", nil)); got != "session.ended" {
		t.Errorf("the cookie that was kept: %s", got)
	}
	if got := code(t, s.as("").get(t, "/api/v1/me")); got != "session.none" {
		t.Errorf("nobody: %s", got)
	}
}

// Whoever guesses is told when to come again, and nothing of the account; what cannot be a sign-in is said to be none.
func TestSignInRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.invite(t, "officer")
	b := s.somebody()
	wrong := b.ask(t, http.MethodPost, "/api/v1/session", object{"name": "officer", "password": "wrong"})
	unknown := b.ask(t, http.MethodPost, "/api/v1/session", object{"name": "nobody", "password": "wrong"})
	if same := strings.NewReplacer(read[problem](t, wrong).RequestID, "", read[problem](t, unknown).RequestID, ""); wrong.status != http.StatusUnauthorized ||
		same.Replace(string(wrong.body)) != same.Replace(string(unknown.body)) {
		t.Errorf("%s\n%s", wrong.body, unknown.body)
	}
	for i := range 5 {
		if r := b.ask(t, http.MethodPost, "/api/v1/session", object{"name": "officer", "password": "wrong"}); i < 4 && r.status != http.StatusUnauthorized {
			t.Errorf("failure %d: %d", i+2, r.status)
		}
	}
	r := b.ask(t, http.MethodPost, "/api/v1/session", object{"name": "officer", "password": password})
	if after, _ := strconv.Atoi(r.header.Get("Retry-After")); r.status != http.StatusTooManyRequests || after < 1700 || after > 1800 || b.cookie != "" {
		t.Errorf("%d, Retry-After %q: %s", r.status, r.header.Get("Retry-After"), r.body)
	}
	for name, test := range map[string]struct{ kind, body, code string }{
		"a form":            {"application/x-www-form-urlencoded", "name=officer&password=x", "body.not_json"},
		"a name in a list":  {"application/json", `{"name":["officer"],"password":"x"}`, "body.malformed"},
		"another member":    {"application/json", `{"name":"officer","password":"x","role":"sysadmin"}`, "body.unknown_member"},
		"twice":             {"application/json", `{"name":"officer","name":"planner","password":"x"}`, "body.twice"},
		"an overlong name":  {"application/json", `{"name":"` + strings.Repeat("x", 65) + `","password":"x"}`, "account.name_form"},
		"a header in it":    {"application/json", `{"name":"officer\r\nSet-Cookie: zhengbei=x","password":"x"}`, "account.name_form"},
		"no name":           {"application/json", `{"password":"x"}`, "account.name_form"},
		"a huge password":   {"application/json", `{"name":"planner","password":"` + strings.Repeat("x", 70<<10) + `"}`, "body.too_large"},
		"a bit less of one": {"application/json", `{"name":"planner","password":"` + strings.Repeat("x", 60<<10) + `"}`, "session.refused"},
	} {
		r := s.as("").send(t, http.MethodPost, "/api/v1/session", strings.NewReader(test.body), "Content-Type", test.kind)
		if got := code(t, r); got != test.code || r.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %s %s", name, got, r.body)
		}
	}
	if got := code(t, s.as("").send(t, http.MethodPost, "/api/v1/session", strings.NewReader(`{"name":"viewer","password":"x"}`), "Content-Type", "application/json", "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site")); got != "request.origin" {
		t.Errorf("from a page of elsewhere: %s", got)
	}
	for cookie, want := range map[string]string{"zhengbei=": "session.none", "zhengbei=x": "session.ended", "zhengbei=' OR true": "session.ended", "__Host-zhengbei=x": "session.none"} {
		thief := &somebody{service: s.as(""), cookie: cookie}
		if got := code(t, thief.ask(t, http.MethodGet, "/api/v1/me", nil)); got != want {
			t.Errorf("%s: %s", cookie, got)
		}
	}
}

// A one-time link shows what it is for, sets a password and signs in, once; in a demonstration it signs in as it is.
func TestLinkOverHTTP(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sys := s.in(t, "sysadmin")
	made := read[newLinkView](t, sys.ask(t, http.MethodPost, "/api/v1/users/officer/link", nil))
	b := s.somebody()
	look := read[linkView](t, b.ask(t, http.MethodPost, "/api/v1/links/use", object{"link": made.Link}))
	if look.Account != "officer" || look.Purpose != land.LinkPassword || look.Role == nil || *look.Role != land.RoleOfficer {
		t.Errorf("%+v", look)
	}
	if got := code(t, b.ask(t, http.MethodPost, "/api/v1/links/use", object{"link": made.Link, "sign_in": true})); got != "link.needs_password" {
		t.Errorf("without a password: %s", got)
	}
	secret := made.Link[strings.Index(made.Link, "#")+1:]
	if r := b.ask(t, http.MethodPost, "/api/v1/links/use", object{"link": secret, "password": password}); read[meView](t, r).Account != "officer" || b.cookie == "" {
		t.Errorf("%d %s", r.status, r.body)
	}
	for _, again := range []object{{"link": secret}, {"link": secret, "password": password}} {
		if r := s.somebody().ask(t, http.MethodPost, "/api/v1/links/use", again); r.status != http.StatusGone {
			t.Errorf("used again: %d %s", r.status, r.body)
		}
	}
	demo := serve(t, storetest.Demo(t), func(a *api) { a.day = &land.Day{} })
	links, err := demo.api.people.Demonstrate(t.Context(), land.Seeder)
	if err != nil || len(links) != 7 {
		t.Fatalf("%d links: %v", len(links), err)
	}
	for _, l := range links {
		if r := demo.somebody().ask(t, http.MethodPost, "/api/v1/links/use", object{"link": l.Link, "sign_in": true}); r.status != http.StatusOK || read[meView](t, r).Role != l.Role {
			t.Errorf("%s: %d %s", l.Role, r.status, r.body)
		}
	}
}

// The first three come in by links of the console; once one of them has, no start makes more.
func TestFirstPeople(t *testing.T) {
	t.Parallel()
	s := newService(t)
	if links, err := s.api.people.First(t.Context(), land.Seeder); err != nil || len(links) != 0 {
		t.Fatalf("where there are people: %d %v", len(links), err)
	}
	psql := s.Psql(t)
	if _, err := psql.Exec(t.Context(), "DELETE FROM token; DELETE FROM account WHERE account_id > 0"); err != nil {
		t.Fatal(err)
	}
	var before, links []account.Invitation
	for range 2 {
		var err error
		before = links
		if links, err = s.api.people.First(t.Context(), land.Seeder); err != nil || len(links) != 3 {
			t.Fatalf("%d links: %v", len(links), err)
		}
	}
	if got := code(t, s.somebody().ask(t, http.MethodPost, "/api/v1/links/use", object{"link": before[0].Link})); got != "link.used" {
		t.Errorf("a link of the start before: %s", got)
	}
	if r := s.somebody().ask(t, http.MethodPost, "/api/v1/links/use", object{"link": links[2].Link, "password": password}); r.status != http.StatusOK || read[meView](t, r).Role != land.RoleAuditor {
		t.Errorf("%d %s", r.status, r.body)
	}
	if more, err := s.api.people.First(t.Context(), land.Seeder); err != nil || len(more) != 0 {
		t.Errorf("once somebody is in: %d %v", len(more), err)
	}
	if r := s.somebody().ask(t, http.MethodPost, "/api/v1/links/use", object{"link": links[0].Link, "password": password}); r.status != http.StatusOK {
		t.Errorf("the others' links stay good: %d %s", r.status, r.body)
	}
}
