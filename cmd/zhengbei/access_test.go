package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"

	"zhengbei/internal/account/issuertest"
	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"
)

// links are the one-time links that serve has printed below its address, by account, in order.
func (s *server) links(t *testing.T) (names []string, links map[string]string) {
	t.Helper()
	rest, err := s.out.Peek(s.out.Buffered()) // it is printed in one piece
	if err != nil {
		t.Fatal(err)
	}
	links = map[string]string{}
	for line := range strings.Lines(string(rest)) {
		if words := strings.Fields(line); len(words) == 2 && strings.Contains(words[1], "/welcome#") {
			names = append(names, words[0])
			links[words[0]] = words[1]
		}
	}
	return names, links
}

// comesIn opens a link as a person does, and answers the status and who they are then.
func (s *server) comesIn(t *testing.T, link, password string) (status int, account, role string) {
	t.Helper()
	_, secret, _ := strings.Cut(link, "#")
	asked := map[string]string{"link": secret, "password": password}
	body, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	if password == "" {
		body = []byte(`{"link":"` + secret + `","sign_in":true}`)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/v1/links/use", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, "", ""
	}
	req, err = http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/v1/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	me, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = me.Body.Close() }()
	raw, err := io.ReadAll(me.Body)
	if err != nil {
		t.Fatal(err)
	}
	var who struct{ Account, Role string }
	if err := json.Unmarshal(raw, &who); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return res.StatusCode, who.Account, who.Role
}

// The first start knows nobody, and hands out a link to each of the three administrators until one of them has come in; no password is known to anybody.
func TestFirstLinks(t *testing.T) {
	t.Parallel()
	d := storetest.Bare(t)
	if _, err := d.Psql(t).Exec(t.Context(), "CREATE EXTENSION postgis; CREATE EXTENSION btree_gist"); err != nil {
		t.Fatal(err)
	}
	env := []string{"DATABASE_URL=" + d.Service(), "ZHENGBEI_MIGRATE_URL=" + d.Owner()}
	s := start(t, env...)
	names, old := s.links(t)
	if !slices.Equal(names, []string{"sysadmin", "secadmin", "auditor"}) {
		t.Fatalf("links are printed for %v", names)
	}
	for name, link := range old {
		if !strings.HasPrefix(link, s.url+"/welcome#") {
			t.Errorf("%s: %s", name, link)
		}
		if strings.Contains(s.stderr.String(), link[strings.Index(link, "#")+1:]) {
			t.Errorf("the link of %s is in the log", name)
		}
	}
	s.stop(t)
	s = start(t, env...)
	names, links := s.links(t)
	if len(names) != 3 {
		t.Fatalf("nobody has come in, and a restart prints links for %v", names)
	}
	if status, _, _ := s.comesIn(t, old["sysadmin"], "tractor under a lamp"); status != http.StatusGone && status != http.StatusNotFound {
		t.Errorf("a link that a newer one took the place of: %d", status)
	}
	if status, _, _ := s.comesIn(t, links["sysadmin"], ""); status != http.StatusUnprocessableEntity {
		t.Errorf("without a password: %d", status)
	}
	if status, account, role := s.comesIn(t, links["sysadmin"], "tractor under a lamp"); status != 200 || account != "sysadmin" || role != "sysadmin" {
		t.Errorf("by the link: %d %s %s", status, account, role)
	}
	if status, _, _ := s.comesIn(t, links["sysadmin"], "a lamp under a tractor"); status != http.StatusGone {
		t.Errorf("a second time: %d", status)
	}
	s.stop(t)
	s = start(t, env...)
	if names, _ := s.links(t); len(names) != 0 {
		t.Errorf("somebody is in, and links are printed for %v", names)
	}
	if status, _, role := s.comesIn(t, links["auditor"], "tractor under a lamp"); status != 200 || role != "auditor" { // the others' are good as before
		t.Errorf("the auditor's link after a restart: %d %s", status, role)
	}
}

// The demonstration prints a link for each role; each signs in once, and a restart prints others.
func TestDemonstrationLinks(t *testing.T) {
	t.Parallel()
	env := []string{"DATABASE_URL=" + storetest.Demo(t).Service(), "ZHENGBEI_DEMO=1"}
	s := start(t, env...)
	names, old := s.links(t)
	if len(names) != len(land.Roles) || names[0] != "officer" {
		t.Fatalf("links are printed for %v", names)
	}
	var roles []land.Role
	for _, name := range names {
		status, account, role := s.comesIn(t, old[name], "")
		if status != 200 || account != name {
			t.Errorf("%s: %d, in as %s", name, status, account)
		}
		roles = append(roles, land.Role(role))
	}
	if !slices.Equal(roles, land.Roles) {
		t.Errorf("the roles are %v", roles)
	}
	if status, _, _ := s.comesIn(t, old["officer"], ""); status != http.StatusGone {
		t.Errorf("a second time: %d", status)
	}
	code, out, errs := ran(t, env, "user", "reset", "officer")
	if code != 0 || strings.Count(out, "\n") != 1 {
		t.Fatalf("%d %s%s", code, out, errs)
	}
	if status, account, _ := s.comesIn(t, strings.TrimSpace(out), ""); status != 200 || account != "officer" {
		t.Errorf("by a link of the console: %d %s", status, account)
	}
	s.stop(t)
	again := start(t, env...)
	if names, links := again.links(t); len(names) != len(land.Roles) || links["officer"] == old["officer"] {
		t.Errorf("started again: %v", names)
	}
}

// Accounts, roles and tokens on the command line, beside a running server: what is taken away ends within seconds.
func TestAccountsOnTheCommandLine(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	env := []string{"DATABASE_URL=" + d.Service(), "ZHENGBEI_DEMO=1"}
	s := start(t, env...)
	says := func(code int, says string, args ...string) string {
		t.Helper()
		got, out, errs := ran(t, env, args...)
		if got != code || !strings.Contains(out+errs, says) {
			t.Errorf("%v: %d %s%s", args, got, out, errs)
		}
		return out
	}
	says(2, "role", "user", "add", "wang")
	says(2, "must be one of", "user", "add", "wang", "--role", "console")
	says(1, "command post", "user", "add", "wang", "--role", "command_post")
	says(1, "F-99", "user", "add", "wang", "--role", "command_post", "--command-post", "F-99")
	says(0, "/welcome#", "user", "add", "wang", "--role", "command_post", "--command-post", "F-02", "--person", "王工")
	says(1, "of this name", "user", "add", "WANG", "--role", "officer")
	says(0, "王工", "user", "list")
	s.token = strings.TrimSpace(says(0, "zbt_", "token", "create", "wang", "--ttl", "1h", "--scope", "read"))
	if code, body := s.get(t, "/api/v1/me"); code != 200 || !strings.Contains(body, `"command_post":"F-02"`) {
		t.Errorf("%d %s", code, body)
	}
	says(1, "", "token", "create", "nobody")
	says(0, "disabled", "user", "disable", "wang")
	eventually(t, "the token has ended", func() bool { code, _ := s.get(t, "/api/v1/me"); return code == 401 })
	says(0, "enabled", "user", "enable", "wang")
	if code, _ := s.get(t, "/api/v1/me"); code != 401 {
		t.Errorf("a token of before is good again: %d", code)
	}
	var by string
	if err := d.Psql(t).QueryRow(t.Context(), "SELECT string_agg(DISTINCT account || ' ' || role || ' ' || via, ', ' ORDER BY account || ' ' || role || ' ' || via) FROM audit WHERE 'account:wang' = ANY(objects)").Scan(&by); err != nil ||
		!strings.Contains(by, "operator console zhengbei user add") || !strings.Contains(by, "operator console zhengbei user disable") {
		t.Errorf("the trail says %q, %v", by, err)
	}
}

// The service starts while the issuer of OpenID Connect is away, finds it when it comes, and lets its people in.
func TestServeByIssuer(t *testing.T) {
	t.Parallel()
	at := issuertest.Start(t)
	at.Away(true)
	s := start(
		t, "DATABASE_URL="+storetest.Seeded(t).Service(), "ZHENGBEI_OIDC_ISSUER="+at.URL, "ZHENGBEI_OIDC_CLIENT_ID="+issuertest.ClientID, "ZHENGBEI_OIDC_CLIENT_SECRET="+issuertest.Secret,
		"ZHENGBEI_OIDC_ROLE_CLAIM=realm_access.roles", "ZHENGBEI_OIDC_ROLES=officer=bureau;auditor=audit",
	)
	s.token = ""
	if code, body := s.get(t, "/api/v1/session"); code != 200 || !strings.Contains(body, `"oidc":{"name":"统一身份认证","ready":false}`) {
		t.Errorf("while it is away: %d %s", code, body)
	}
	if code, body := s.get(t, "/api/v1/session/oidc"); code != 503 || !strings.Contains(body, "oidc.away") {
		t.Errorf("while it is away: %d %s", code, body)
	}
	at.Away(false)
	eventually(t, "the issuer is found", func() bool { _, body := s.get(t, "/api/v1/session"); return strings.Contains(body, `"ready":true`) })
	at.Shows(issuertest.Claims{"sub": "1", "preferred_username": "zhang", "realm_access": issuertest.Claims{"roles": []string{"bureau"}}})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	for _, path := range []string{"/api/v1/session/oidc?to=/api-less", "/api/v1/me"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if path == "/api/v1/me" && (res.StatusCode != 200 || !strings.Contains(string(raw), `"account":"zhang"`) || !strings.Contains(string(raw), `"role":"officer"`)) {
			t.Errorf("%s: %d %s", path, res.StatusCode, raw)
		}
	}
	if strings.Contains(s.stderr.String(), issuertest.Secret) {
		t.Error("the client's secret is in the log")
	}
}
