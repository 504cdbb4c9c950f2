package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"zhengbei/internal/account"
	"zhengbei/internal/land"
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
