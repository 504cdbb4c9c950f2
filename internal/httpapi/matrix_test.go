package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"
)

// The matrix of access, as the table of routes has it, for people to read in a diff.
func TestAccessMatrix(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, v := range visitors {
		fmt.Fprintf(&b, "%.3s ", v.key)
	}
	fmt.Fprintln(&b, "token    rate        body       route")
	for _, r := range routes {
		for _, v := range visitors {
			mark := "."
			if r.admits(v) {
				mark = "x"
			}
			fmt.Fprintf(&b, "%-4s", mark)
		}
		fmt.Fprintf(&b, "%-8s %-11s %-10d %s %s\n", r.scope, r.class, r.body, r.method, r.path)
	}
	golden(t, "testdata/access.golden", b.String())
}

// limits is what is said by hand of some routes.
type limits struct {
	route string // a pattern over "METHOD path"
	who   string // words below
	token scope
	class class
}

// policy says by hand, and in words of its own, who may do what at most: a row of the table that has grown looser differs from it,
// whatever the golden files say. The first pattern that matches a route is its own.
var policy = []limits{
	// Nobody signed in: the page, its documents, the door.
	{`GET /|GET /(zones|parcels|plots)/:id|GET /(signing|table|imports|accounts|audit|welcome)|GET /favicon.svg|GET /assets/:file`, "anybody", toRead, reading},
	{`GET /docs|GET /docs/.*|GET /ogc/api|GET /healthz|GET /readyz`, "anybody", toRead, reading},
	{`GET /api/v1/session`, "anybody", toRead, reading},
	{`GET /api/v1/session/oidc.*`, "anybody", toRead, signingIn},
	{`POST /api/v1/session|POST /api/v1/links/use`, "anybody", bySession, signingIn},
	{`DELETE /api/v1/session`, "anybody", bySession, writing},
	{`GET /metrics`, "machine sysadmin", toRead, reading},

	// Whoever gives an account its command post chooses it from the list.
	{`GET /api/v1/command-posts`, "map secadmin", toRead, reading},

	// The map and the round's figures: the same for everybody with land; the public part of it for readers.
	{`GET /ogc|GET /ogc/(conformance|collections.*)|GET /api/v1/(round|progress)`, "map reader", toRead, reading},
	{`GET /tiles.*|GET /api/v1/(features/.*|search|events|progress/series|blocks|command-posts.*)|POST /api/v1/progress/selection`, "map", toRead, reading},

	// The register and the ledger: not for leaders.
	{`GET /api/v1/(facts|holdings|buildings|contracts|parties|keystones).*|POST /api/v1/progress/what-if`, "officer command_post planner", toRead, reading},
	{`POST /api/v1/parties/:id/unmask`, "officer command_post", bySession, revealing},
	{`POST /api/v1/parties/find`, "officer command_post", bySession, revealing},
	{`(POST|PATCH) /api/v1/(facts|holdings|buildings|contracts|parties).*`, "officer command_post", toEdit, writing},
	{`GET /api/v1/exports/:file`, "officer command_post planner", toExport, bulk},

	// Boundaries, the round and the posts: the officers'.
	{`POST /api/v1/imports.*`, "officer", toEdit, bulk},
	{`GET /api/v1/imports.*`, "officer", toRead, reading},
	{`(POST|PUT|PATCH|DELETE) (/ogc/.*|/api/v1/(imports|round|command-posts).*)`, "officer", toEdit, writing},

	// Oneself, for everybody who is signed in; no token can lengthen its own life.
	{`GET /api/v1/me`, "map admin", toRead, reading},
	{`PUT /api/v1/me/password`, "map admin", bySession, signingIn},
	{`GET /api/v1/(me/sessions|tokens)`, "map admin", bySession, reading},
	{`(POST|DELETE) /api/v1/(me/sessions|tokens).*`, "map admin", bySession, writing},

	// The administrations, each its own; none of them has a route to land.
	{`GET /api/v1/audit`, "auditor", toRead, reading},
	{`GET /api/v1/audit/verify`, "auditor", toRead, bulk},
	{`GET /api/v1/audit/export`, "auditor", toExport, bulk},
	{`GET /api/v1/users|GET /api/v1/users/:name`, "sysadmin secadmin", bySession, reading},
	{`PATCH /api/v1/users/:name`, "sysadmin secadmin", bySession, writing},
	{`GET /api/v1/users/.*`, "sysadmin", bySession, reading},
	{`(POST|DELETE) /api/v1/users.*`, "sysadmin", bySession, writing},
}

// words of the policy.
var words = map[string][]string{
	"map":     {"officer", "command_post", "planner", "viewer"},
	"admin":   {"sysadmin", "secadmin", "auditor"},
	"anybody": {"officer", "command_post", "planner", "viewer", "sysadmin", "secadmin", "auditor", "nobody", "reader", "machine"},
}

// patterns are those of the policy.
var patterns = func() (all []*regexp.Regexp) {
	for _, p := range policy {
		all = append(all, regexp.MustCompile(`^(?:`+p.route+`)$`))
	}
	return all
}()

// against lists where a row of the table differs from the policy, or says too little; which is the place of its policy.
func against(r route) (which int, faults []string) {
	name := r.method + " " + r.path
	says := func(format string, args ...any) { faults = append(faults, name+": "+fmt.Sprintf(format, args...)) }
	which = slices.IndexFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(name) })
	if which < 0 {
		says("nothing is said of it by hand")
		return which, faults
	}
	p := policy[which]
	var may []string
	for _, word := range strings.Fields(p.who) {
		if all, ok := words[word]; ok {
			may = append(may, all...)
		} else {
			may = append(may, word)
		}
	}
	for _, v := range visitors {
		if got, want := r.admits(v), slices.Contains(may, v.key); got != want {
			says("admits %s: %t", v.key, got)
		}
	}
	if r.scope != p.token {
		says("takes a token for %s, not %s", r.scope, p.token)
	}
	if r.class != p.class {
		says("counts as %s, not %s", r.class, p.class)
	}
	switch {
	case r.method == get && r.body != noBody:
		says("a question takes a body")
	case r.body > mB10 && r.path != "/api/v1/imports":
		says("takes %d bytes", r.body)
	case r.body > kB64 && (r.class == signingIn || r.class == revealing):
		says("takes %d bytes of a secret", r.body)
	}
	if r.load == open && r.path != "/api/v1/events" {
		says("may take for ever")
	}
	if r.handle == nil {
		says("has no handler")
	}
	return which, faults
}

func TestPolicyByHand(t *testing.T) {
	t.Parallel()
	used := map[int]bool{}
	for _, r := range routes {
		which, faults := against(r)
		used[which] = true
		for _, fault := range faults {
			t.Error(fault)
		}
	}
	for i, p := range policy {
		if !used[i] {
			t.Errorf("%s: there is no such route", p.route)
		}
	}
}

// A control of the test above: it finds each row that is loosened, by each role, by each scope, by its class, and one that says nothing.
func TestPolicyFindsWhatIsLoosened(t *testing.T) {
	t.Parallel()
	tried := 0
	find := func(r route, what string, loosen func(*route)) {
		if loosen(&r); len(second(against(r))) == 0 {
			t.Errorf("%s %s: nobody notices %s", r.method, r.path, what)
		}
		tried++
	}
	for _, r := range routes {
		for _, v := range visitors {
			if !r.admits(v) {
				find(r, v.key, func(r *route) { r.rule |= v.by })
			}
		}
		for s := bySession; s <= toExport; s++ {
			if s != r.scope {
				find(r, "the scope "+s.String(), func(r *route) { r.scope = s })
			}
		}
		for c := unbound; c <= revealing; c++ {
			if c != r.class {
				find(r, "the class "+c.String(), func(r *route) { r.class = c })
			}
		}
		find(r, "a row without a rule", func(r *route) { r.rule = nobody })
		if r.path != "/api/v1/imports" {
			find(r, "a body without end", func(r *route) { r.body = 1 << 40 })
		}
	}
	find(route{method: get, path: "/api/v1/anything", rule: officers, class: reading}, "a new route", func(*route) {})
	if tried < 10*len(routes) {
		t.Errorf("only %d were tried", tried)
	}
	t.Logf("%d loosened rows are found", tried)
}

func second(_ int, faults []string) []string { return faults }

// caller is one who asks in the test of cells.
type caller struct {
	name    string
	by      rule
	token   string   // a secret
	cookie  string   // of a session
	scopes  []string // of the token
	headers []string
	at      *service
}

// The matrix, cell by cell, against the running service: by session, by tokens of each scope, by nobody, with anonymous reading on, from this machine.
func TestEachCellOfTheMatrix(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	named, err := ReadProxies("192.0.2.9")
	if err != nil {
		t.Fatal(err)
	}
	closed := serve(t, d, func(a *api) { a.proxies = named })
	opened := serve(t, d, func(a *api) { a.anonymous, a.proxies = true, named })
	psql := d.Psql(t)
	elsewhere := []string{"X-Forwarded-For", "192.0.2.1"} // no request of this machine's own
	callers := []caller{
		{name: "nobody", by: passersby, headers: elsewhere, at: closed},
		{name: "reader", by: passersby | readers, headers: elsewhere, at: opened},
		{name: "machine", by: passersby | machine, at: closed},
	}
	accounts := map[land.Role]string{land.RolePost: "post1"}
	for _, role := range land.Roles {
		name := accounts[role]
		if name == "" {
			name = string(role)
		}
		_, cookie := closed.session(t, name)
		callers = append(callers, caller{name: string(role), by: bitOf[role] | passersby, cookie: cookie, at: closed})
		for _, s := range []scope{toRead, toEdit, toExport} {
			token := "zbt_" + name + "_" + s.String()
			sum := sha256.Sum256([]byte(token))
			if _, err := psql.Exec(t.Context(), `INSERT INTO token (account_id, name, secret, scopes, ends_at)
				SELECT account_id, 'test', $2, ARRAY[$3], clock_timestamp() + interval '1 hour' FROM account WHERE name = $1`, name, sum[:], s.String()); err != nil {
				t.Fatal(err)
			}
			callers = append(callers, caller{name: string(role) + " to " + s.String(), by: bitOf[role] | passersby, token: token, scopes: []string{s.String()}, at: closed})
		}
	}
	cells := 0
	for _, r := range routes {
		for _, by := range callers {
			want := ""
			switch {
			case r.rule&passersby != 0:
			case r.rule&by.by == 0 && by.by&everyone == 0:
				want = "session.none"
			case r.rule&by.by == 0:
				want = "access.role"
			case by.scopes != nil && r.scope == bySession:
				want = "access.session_only"
			case by.scopes != nil && !slices.Contains(by.scopes, r.scope.String()):
				want = "access.scope"
			}
			if ends(r) && want == "" && by.cookie != "" { // it ends the session that the next cells ask with
				continue
			}
			code, got := by.ask(t, r)
			if got != want || code >= 500 && code != http.StatusServiceUnavailable {
				t.Errorf("%s %s by %s: %d %q, not %q", r.method, r.path, by.name, code, got, want)
			}
			cells++
		}
	}
	t.Logf("%d cells", cells)
}

// ends reports whether a route ends the session that it is asked with.
func ends(r route) bool { return r.method == remove && r.path == "/api/v1/session" }

// ask sends a harmless request; the code is why it was refused before its handler was asked.
func (by caller) ask(t *testing.T, r route) (status int, code string) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	var body io.Reader
	if r.body != noBody {
		body = strings.NewReader(`{"colour":`)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, by.at.url+example(t, r.path), body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(by.headers); i += 2 {
		req.Header.Set(by.headers[i], by.headers[i+1])
	}
	if by.token != "" {
		req.Header.Set("Authorization", "Bearer "+by.token)
	}
	if by.cookie != "" {
		req.Header.Set("Cookie", by.cookie)
	}
	res, err := straight.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.Header.Get("Content-Type") != "application/problem+json" {
		return res.StatusCode, ""
	}
	var p problem
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	refused := res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden
	if family, _, _ := strings.Cut(p.Code, "."); refused && slices.Contains([]string{"access", "session", "token", "request"}, family) && p.Code != "session.refused" {
		return res.StatusCode, p.Code
	}
	return res.StatusCode, ""
}

// straight follows no redirect.
var straight = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{MaxIdleConnsPerHost: 4}}

// The readable page has a cell for each cell of the table, in both languages.
func TestAccessDocs(t *testing.T) {
	t.Parallel()
	s := newService(t).as("")
	may := 0
	for _, r := range routes {
		for _, v := range visitors {
			if r.admits(v) {
				may++
			}
		}
	}
	for language, yes := range map[string]string{"zh": "<td>可</td>", "en": "<td>yes</td>"} {
		body := string(s.get(t, "/docs/access", "Accept-Language", language).body)
		if n := strings.Count(body, yes); n != may {
			t.Errorf("%s: %d cells are admitted, not %d", language, n, may)
		}
		if n := strings.Count(body, `<th scope="row">`); n != len(routes) {
			t.Errorf("%s: %d rows", language, n)
		}
	}
	if body := string(s.get(t, "/docs").body); !strings.Contains(body, `href="/docs/access"`) {
		t.Error("nothing leads to it")
	}
}
