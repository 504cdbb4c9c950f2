package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/account/issuertest"
	"zhengbei/internal/store/storetest"
)

// registered is a service that an issuer knows, and its log.
type registered struct {
	*service
	at  *issuertest.Issuer
	log *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

const mappedRoles = "officer=bureau;command_post:F-01=post-1;command_post:F-99=post-99;planner=plans;planner+names=plans-all;sysadmin=sys;secadmin=sec;auditor=audit"

func newRegistered(t *testing.T, d storetest.Database) *registered {
	t.Helper()
	r := &registered{at: issuertest.Start(t), log: &lockedBuffer{}}
	roles, err := account.ParseMapped(mappedRoles)
	if err != nil {
		t.Fatal(err)
	}
	issuer := account.NewIssuer(account.OIDC{Issuer: r.at.URL, ClientID: issuertest.ClientID, Secret: issuertest.Secret, Name: "龙华认证", Claim: "roles", Roles: roles}, time.Now)
	within, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	issuer.Find(within, func(err error) { t.Error(err) })
	r.service = serve(t, d, func(a *api) {
		a.issuer = issuer
		a.log = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}).as("")
	return r
}

// browser keeps cookies, follows to the issuer and back, and stops where the service leads on.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if last := via[len(via)-1]; strings.HasSuffix(last.URL.Path, "/callback") || len(via) > 3 {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

func asks(t *testing.T, b *http.Client, address string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html,application/xhtml+xml")
	req.Header.Set("Accept-Language", "en")
	res, err := b.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, raw}
}

// in goes the way of a person who presses the button.
func (r *registered) in(t *testing.T, b *http.Client, person issuertest.Claims) reply {
	t.Helper()
	r.at.Shows(person)
	return asks(t, b, r.url+"/api/v1/session/oidc?to=%2Ftable%3Fat%3D2022-06-30")
}

// whoIs is what the service says of a browser's person; empty where it knows nobody.
func (r *registered) whoIs(t *testing.T, b *http.Client) string {
	t.Helper()
	got := asks(t, b, r.url+"/api/v1/me")
	if got.status != http.StatusOK {
		return ""
	}
	me := read[struct {
		Account, Role, Person string
		CommandPost           *string `json:"command_post"`
		Names                 bool
	}](t, got)
	post := ""
	if me.CommandPost != nil {
		post = ":" + *me.CommandPost
	}
	return fmt.Sprint(me.Account, " ", me.Role, post, " ", me.Person, " ", me.Names)
}

func shownAs(sub, name string, roles ...string) issuertest.Claims {
	return issuertest.Claims{"sub": sub, "preferred_username": name, "name": "张伟", "roles": roles}
}

// The whole way: button, issuer, back to what was asked for, with a session as by a password; the account is made, and follows the claim.
func TestSignInByIssuer(t *testing.T) {
	t.Parallel()
	r := newRegistered(t, storetest.Demo(t))
	door := read[struct {
		OIDC *struct {
			Name  string
			Ready bool
		}
		Demo, Anonymous bool
	}](t, r.get(t, "/api/v1/session"))
	if door.OIDC == nil || door.OIDC.Name != "龙华认证" || !door.OIDC.Ready || door.Demo || door.Anonymous {
		t.Fatalf("the door says %+v", door)
	}
	b := browser(t)
	got := r.in(t, b, shownAs("1", "zhang", "bureau", "staff"))
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/table?at=2022-06-30" || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %s", got.status, got.header, got.body)
	}
	cookies := strings.Join(got.header.Values("Set-Cookie"), "\n")
	if !strings.Contains(cookies, "zhengbei-oidc=; Path=/; Max-Age=0") || !strings.Contains(cookies, "HttpOnly; SameSite=Lax") {
		t.Errorf("cookies: %s", cookies)
	}
	if who := r.whoIs(t, b); who != "zhang officer 张伟 true" {
		t.Errorf("signed in as %q", who)
	}
	first := browser(t)
	first.Jar = b.Jar
	again := browser(t)
	if r.in(t, again, shownAs("1", "zhang-renamed", "bureau")); r.whoIs(t, again) != "zhang officer 张伟 true" || r.whoIs(t, b) == "" {
		t.Errorf("a second browser: %q, the first %q", r.whoIs(t, again), r.whoIs(t, b))
	}
	// Another role at the next sign-in: what the old one opened is closed.
	third := browser(t)
	r.in(t, third, shownAs("1", "zhang", "post-1"))
	if who := r.whoIs(t, third); who != "zhang command_post:F-01 张伟 true" {
		t.Errorf("after the claim changed: %q", who)
	}
	if r.whoIs(t, b) != "" || r.whoIs(t, again) != "" {
		t.Error("sessions of the role before are open")
	}
	for _, tt := range []struct{ sub, roles, want string }{
		{"2", "plans", "li planner 张伟 false"},
		{"2", "plans,plans-all", "li planner 张伟 true"},
		{"2", "plans", "li planner 张伟 false"},
	} {
		one := browser(t)
		r.in(t, one, shownAs(tt.sub, "li", strings.Split(tt.roles, ",")...))
		if who := r.whoIs(t, one); who != tt.want {
			t.Errorf("%s: %q", tt.roles, who)
		}
	}
	// Signing out ends it, whatever the issuer thinks.
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodDelete, r.url+"/api/v1/session", nil)
	res, err := third.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusNoContent || r.whoIs(t, third) != "" {
		t.Errorf("signed out: %v", res)
	}
	var changes int
	if err := r.Psql(t).QueryRow(t.Context(), `SELECT count(*) FROM audit WHERE 'account:zhang' = ANY(objects) AND account = 'zhang' AND outcome = 'done'
		AND detail::jsonb @? '$.deeds[*] ? (@.before.role == "officer" && @.after.role == "command_post")'`).Scan(&changes); err != nil || changes != 1 {
		t.Errorf("the change of role stands %d times in the trail, %v", changes, err)
	}
	for _, q := range r.at.Asked() {
		if strings.Contains(r.log.text(), q.Get("state")) || strings.Contains(r.log.text(), q.Get("nonce")) {
			t.Error("the log holds what a sign-in rests on")
		}
	}
}

// Whoever the issuer gives no role, or two, or whose account is disabled, is told so on a page and has no session; nobody takes over an account that is here.
func TestRefusedThoughShown(t *testing.T) {
	t.Parallel()
	r := newRegistered(t, storetest.Demo(t))
	for name, tt := range map[string]struct {
		person issuertest.Claims
		says   string
	}{
		"no role":             {shownAs("1", "a1"), "none of your groups"},
		"a group without":     {shownAs("1", "a1", "canteen"), "none of your groups"},
		"no claim":            {issuertest.Claims{"sub": "1"}, "none of your groups"},
		"two administrations": {shownAs("1", "a1", "sys", "audit"), "system administrator and auditor"},
		"land and admin":      {shownAs("1", "a1", "bureau", "sec"), "officer and security administrator"},
		"a post of nobody":    {shownAs("1", "a1", "post-99"), "F-99"},
	} {
		b := browser(t)
		got := r.in(t, b, tt.person)
		if got.status != http.StatusForbidden || !strings.Contains(string(got.body), tt.says) || !strings.Contains(got.header.Get("Content-Type"), "text/html") || r.whoIs(t, b) != "" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		discreet(t, name, got.header, got.body)
	}
	var accounts, refusals int
	count := func(sql string, n *int) {
		t.Helper()
		if err := r.Psql(t).QueryRow(t.Context(), sql).Scan(n); err != nil {
			t.Fatal(err)
		}
	}
	count("SELECT count(*) FROM account WHERE issuer IS NOT NULL", &accounts)
	count("SELECT count(*) FROM audit WHERE outcome = 'refused' AND code LIKE 'oidc.%'", &refusals)
	if accounts != 0 || refusals != 6 {
		t.Errorf("%d accounts are made for those who are refused; %d refusals are recorded", accounts, refusals)
	}

	// A local account of that name stays what it is.
	b := browser(t)
	r.in(t, b, shownAs("7", "officer", "plans"))
	if who := r.whoIs(t, b); who != "officer-2 planner 张伟 false" {
		t.Errorf("a person who is called as somebody here: %q", who)
	}
	for sub, name := range map[string]string{"8": "operator", "9": "ZHENGBEI"} { // the console's own names
		b := browser(t)
		r.in(t, b, shownAs(sub, name, "plans"))
		if who := r.whoIs(t, b); !strings.HasPrefix(who, name+"-2 planner") {
			t.Errorf("%s: %q", name, who)
		}
	}
	for sub, tt := range map[string]struct{ name, want string }{"10": {"张伟", "user-"}, "11": {"z.wei@bureau.cn", "z.wei@bureau.cn "}, "12": {strings.Repeat("n", 80), strings.Repeat("n", 56) + " "}, "13": {"..\r\nSet-Cookie: x", "Set-Cookie--x "}} {
		b := browser(t)
		r.in(t, b, shownAs(sub, tt.name, "plans"))
		if who := r.whoIs(t, b); !strings.HasPrefix(who, tt.want) {
			t.Errorf("%q: %q", tt.name, who)
		}
	}

	// Out of the group: what an earlier sign-in gave is taken back.
	if got := r.in(t, browser(t), shownAs("7", "officer", "canteen")); got.status != http.StatusForbidden || r.whoIs(t, b) != "" {
		t.Errorf("out of the group: %d, and the session before is %q", got.status, r.whoIs(t, b))
	}
	back := browser(t)
	if r.in(t, back, shownAs("7", "officer", "plans")); r.whoIs(t, back) == "" {
		t.Error("back in the group, and not let in")
	}
	if _, err := r.Psql(t).Exec(t.Context(), "UPDATE account SET disabled_at = now() WHERE name = 'officer-2'"); err != nil {
		t.Fatal(err)
	}
	if got := r.in(t, browser(t), shownAs("7", "officer", "bureau")); got.status != http.StatusForbidden || !strings.Contains(string(got.body), "officer-2 is disabled") {
		t.Errorf("disabled: %d %s", got.status, got.body)
	}
	var role string
	if err := r.Psql(t).QueryRow(t.Context(), "SELECT role FROM account WHERE name = 'officer-2'").Scan(&role); err != nil || role != "planner" {
		t.Errorf("a disabled account became %q, %v", role, err)
	}
}

// halfway goes to the issuer, and answers the address to which it leads back.
func (r *registered) halfway(t *testing.T, b *http.Client) (back *url.URL) {
	t.Helper()
	stops := *b
	stops.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(req.URL.Path, "/callback") {
			back = req.URL
			return http.ErrUseLastResponse
		}
		return nil
	}
	if got := asks(t, &stops, r.url+"/api/v1/session/oidc"); back == nil {
		t.Fatalf("halfway: %d %s", got.status, got.body)
	}
	return back
}

// What was not begun in this browser, was used, or is not of this issuer lets nobody in.
func TestAttacksByIssuer(t *testing.T) {
	t.Parallel()
	r := newRegistered(t, storetest.Seeded(t))
	r.at.Shows(shownAs("1", "zhang", "bureau"))
	const path = "/api/v1/session/oidc"
	refused := func(name string, b *http.Client, address *url.URL, code int) {
		t.Helper()
		if got := asks(t, b, address.String()); got.status != code || r.whoIs(t, b) != "" {
			t.Errorf("%s: %d %s, signed in as %q", name, got.status, got.body, r.whoIs(t, b))
		}
	}
	with := func(u *url.URL, name, value string) *url.URL {
		q := u.Query()
		q.Set(name, value)
		other := *u
		other.RawQuery = q.Encode()
		return &other
	}

	mine := browser(t)
	back := r.halfway(t, mine)
	refused("somebody else's browser (login CSRF)", browser(t), back, 401)
	refused("another state", mine, with(back, "state", strings.Repeat("A", 43)), 401)
	refused("once refused it is spent", mine, back, 401)
	if got := asks(t, mine, r.url+path); got.status != 303 || r.whoIs(t, mine) == "" {
		t.Fatalf("the honest way: %d", got.status)
	}

	// The cookie was copied, and the way is gone a second time.
	mine = browser(t)
	back = r.halfway(t, mine)
	site, _ := url.Parse(r.url)
	thief := browser(t)
	thief.Jar.SetCookies(site, mine.Jar.Cookies(site))
	if got := asks(t, mine, back.String()); got.status != 303 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	refused("a replayed code with a copied cookie", thief, back, 401)

	mine = browser(t)
	back = r.halfway(t, mine)
	if _, err := r.Psql(t).Exec(t.Context(), "UPDATE sign_in_elsewhere SET ends_at = clock_timestamp() - interval '1 s'"); err != nil {
		t.Fatal(err)
	}
	refused("after more than ten minutes", mine, back, 401)
	mine = browser(t)
	refused("mixed up with another issuer", mine, with(r.halfway(t, mine), "iss", "https://evil.example"), 401)
	mine = browser(t)
	refused("the issuer says no", mine, with(r.halfway(t, mine), "error", "access_denied"), 401)
	mine = browser(t)
	refused("another's code", mine, with(r.halfway(t, mine), "code", r.halfway(t, browser(t)).Query().Get("code")), 401)
	for name, spoil := range map[string]func(h, c issuertest.Claims){
		"foreign audience": func(_, c issuertest.Claims) { c["aud"] = "payroll" },
		"another nonce":    func(_, c issuertest.Claims) { c["nonce"] = "x" },
		"expired":          func(_, c issuertest.Claims) { c["exp"] = time.Now().Add(-time.Minute).Unix() },
		"not signed":       func(h, _ issuertest.Claims) { h["alg"] = "none" },
	} {
		mine = browser(t)
		r.at.Spoils(spoil)
		refused(name, mine, r.halfway(t, mine), 401)
	}
	r.at.Spoils(nil)

	for _, to := range []string{"//evil.example", "https://evil.example", "/\\evil.example"} {
		got := r.get(t, path+"?to="+url.QueryEscape(to))
		if p := read[struct{ Code string }](t, got); got.status != 400 || p.Code != "oidc.to" || got.header.Get("Set-Cookie") != "" {
			t.Errorf("open redirect to %q: %d %s", to, got.status, got.body)
		}
	}
	if got := r.do(t, http.MethodHead, path); got.status != 204 || got.header.Get("Set-Cookie") != "" {
		t.Errorf("HEAD: %d %v", got.status, got.header)
	}
	if got := r.get(t, path+"/callback"); got.status != 401 || read[struct{ Code string }](t, got).Code != "oidc.state" {
		t.Errorf("for a program: %d %s", got.status, got.body)
	}
	r.at.Away(true)
	mine = browser(t)
	back = r.halfwayAway(t, mine, path)
	if got := asks(t, mine, back.String()); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("the issuer went away: %d", got.status)
	}
}

// halfwayAway is halfway where the issuer cannot be asked.
func (r *registered) halfwayAway(t *testing.T, b *http.Client, path string) *url.URL {
	t.Helper()
	stops := *b
	stops.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	at, err := url.Parse(asks(t, &stops, r.url+path).header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	back, err := url.Parse(at.Query().Get("redirect_uri"))
	if err != nil {
		t.Fatal(err)
	}
	back.RawQuery = url.Values{"code": {"x"}, "state": {at.Query().Get("state")}, "iss": {r.at.URL}}.Encode()
	return back
}

// One way that comes back in two tabs at once lets one of them in; one person who comes for the first time in many has one account.
func TestIssuerSideBySide(t *testing.T) {
	t.Parallel()
	r := newRegistered(t, storetest.Seeded(t))
	r.at.Shows(shownAs("1", "zhang", "bureau"))
	mine := browser(t)
	back := r.halfway(t, mine)
	site, _ := url.Parse(r.url)
	cookies := mine.Jar.Cookies(site)
	var all sync.WaitGroup
	codes := make([]int, 8)
	for n := range codes {
		all.Go(func() {
			b := browser(t)
			b.Jar.SetCookies(site, cookies)
			codes[n] = asks(t, b, back.String()).status
		})
	}
	all.Wait()
	in := 0
	for _, code := range codes {
		if code == 303 {
			in++
		} else if code != 401 {
			t.Errorf("a tab is answered %d", code)
		}
	}
	if in != 1 {
		t.Errorf("%d tabs were let in", in)
	}
	r.at.Shows(shownAs("2", "zhang", "bureau"))
	for n := range codes {
		all.Go(func() { codes[n] = asks(t, browser(t), r.url+"/api/v1/session/oidc").status })
	}
	all.Wait()
	var names string
	if err := r.Psql(t).QueryRow(t.Context(), "SELECT string_agg(name, ' ' ORDER BY name) FROM account WHERE issuer IS NOT NULL").Scan(&names); err != nil || names != "zhang zhang-2" {
		t.Errorf("accounts %q, %v; %v", names, err, codes)
	}
}

// Without an issuer there is no button, and the address says so.
func TestNoIssuer(t *testing.T) {
	t.Parallel()
	s := newService(t).as("")
	if got := s.get(t, "/api/v1/session"); got.status != 200 || !json.Valid(got.body) || !strings.Contains(string(got.body), `"oidc":null`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := s.get(t, "/api/v1/session/oidc"); got.status != 404 || read[struct{ Code string }](t, got).Code != "oidc.none" {
		t.Errorf("%d %s", got.status, got.body)
	}
	got := s.get(t, "/api/v1/session/oidc", "Accept", "text/html", "Accept-Language", "zh-CN")
	if got.status != 404 || !strings.Contains(string(got.body), "没有接入统一身份认证") {
		t.Errorf("as a page: %d %s", got.status, got.body)
	}
}

func TestBackTo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "/", "/": "/", "/table?at=2022-06-30&x=%E5%9B%BE#map=1/2/3": "/table?at=2022-06-30&x=%E5%9B%BE#map=1/2/3", "/parcels/P-01": "/parcels/P-01",
		"/图?q=图": "/%E5%9B%BE?q=图", "/%0d%0aSet-Cookie:x": "/%0d%0aSet-Cookie:x",
		"//evil.example": "", "///evil.example": "", "https://evil.example": "", "https:evil.example": "", "http:///x": "", "javascript:alert(1)": "", "evil": "", "?x": "", "#x": "",
		"/\\evil.example": "", "\\\\evil.example": "", "/\t/evil.example": "", "/\r\nSet-Cookie: x": "", "\x00/": "", "/%zz": "",
		"/api/v1/session": "", "/" + strings.Repeat("x", longestBack): "",
	} {
		got, err := backTo(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}
