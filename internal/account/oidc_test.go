package account

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/account/issuertest"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

func TestParseMapped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]Mapped{
		"officer=land-bureau": {{"land-bureau", Standing{Role: land.RoleOfficer}}},
		" officer = a b ; command_post:F-01=post-1; planner+names=p;planner=q; ": {
			{"a b", Standing{Role: land.RoleOfficer}},
			{"post-1", Standing{Role: land.RolePost, Post: "F-01"}},
			{"p", Standing{Role: land.RolePlanner, Names: true}},
			{"q", Standing{Role: land.RolePlanner}},
		},
		"auditor=cn=audit,ou=x": {{"cn=audit,ou=x", Standing{Role: land.RoleAuditor}}},
	} {
		got, err := ParseMapped(text)
		if err != nil || len(got) != len(want) {
			t.Errorf("%q: %v, %v", text, got, err)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q: got %+v, want %+v", text, got[i], want[i])
			}
		}
	}
	for _, text := range []string{"officer", "officer=", "=x", "boss=x", "console=x", "command_post=x", "command_post:=x", "officer:F-01=x", "officer+names=x", "officer=x;planner=x"} {
		if got, err := ParseMapped(text); !fault.Is(err, "setting.oidc_roles") {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestLawfulSettings(t *testing.T) {
	t.Parallel()
	roles := []Mapped{{"x", Standing{Role: land.RoleViewer}}}
	for address, lawful := range map[string]bool{
		"https://id.example.cn": true, "https://id.example.cn/realms/land": true, "http://127.0.0.1:8081": true, "http://localhost/x": true,
		"": false, "id.example.cn": false, "http://id.example.cn": false, "ftp://id.example.cn": false, "https://u:p@id.example.cn": false, "https://id.example.cn?x=1": false, "https://id.example.cn#x": false,
	} {
		if err := (OIDC{Issuer: address, ClientID: "c", Roles: roles}).Lawful(); (err == nil) != lawful {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := (OIDC{Issuer: "https://a.cn", Roles: roles}).Lawful(); !fault.Is(err, "setting.oidc_client") {
		t.Error(err)
	}
	if err := (OIDC{Issuer: "https://a.cn", ClientID: "c"}).Lawful(); !fault.Is(err, "setting.oidc_roles") {
		t.Error(err)
	}
}

// Exactly one role comes of the values of a claim.
func TestStanding(t *testing.T) {
	t.Parallel()
	roles, err := ParseMapped("officer=o;officer=o2;command_post:F-01=p1;command_post:F-02=p2;planner=q;planner+names=n;sysadmin=s;secadmin=c;auditor=a")
	if err != nil {
		t.Fatal(err)
	}
	set := OIDC{Roles: roles}
	for values, want := range map[string]struct {
		as   Standing
		code string
	}{
		"o":     {as: Standing{Role: land.RoleOfficer}},
		"x,o":   {as: Standing{Role: land.RoleOfficer}},
		"o,o2":  {as: Standing{Role: land.RoleOfficer}},
		"q,n":   {as: Standing{Role: land.RolePlanner, Names: true}},
		"n":     {as: Standing{Role: land.RolePlanner, Names: true}},
		"p2":    {as: Standing{Role: land.RolePost, Post: "F-02"}},
		"":      {code: "oidc.role_none"},
		"O":     {code: "oidc.role_none"},
		"x,y":   {code: "oidc.role_none"},
		"p1,p2": {code: "oidc.role_many"},
		"s,c":   {code: "oidc.role_many"},
		"c,a":   {code: "oidc.role_many"},
		"o,a":   {code: "oidc.role_many"},
	} {
		as, refused := set.standing(strings.Split(values, ","))
		code := ""
		if refused != nil {
			code = refused.Code
		}
		if as != want.as || code != want.code {
			t.Errorf("%s: %+v %s", values, as, code)
		}
	}
}

func TestClaimed(t *testing.T) {
	t.Parallel()
	claims := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(`{"roles":["a","b"],"one":"a","n":3,"mixed":["a",1],"realm_access":{"roles":["deep"]},"https://x.cn/roles":["named"],"obj":{"a":true}}`), &claims); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"roles": "a b", "one": "a", "n": "", "mixed": "", "realm_access.roles": "deep", "https://x.cn/roles": "named", "none": "", "none.roles": "", "one.roles": "", "obj": "", "realm_access": "",
	} {
		if got := strings.Join(claimed(claims, name), " "); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// shownBy goes the way of a browser: to the issuer and back.
func shownBy(t *testing.T, i *Issuer, secret string) (Shown, error) {
	t.Helper()
	const callback = "http://here/callback"
	address, err := i.Begin(secret, callback)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || !IsOf(back.Query().Get("state"), secret) || IsOf(back.Query().Get("state"), secret+"x") {
		t.Fatalf("%d %s", res.StatusCode, back)
	}
	return i.End(t.Context(), secret, callback, back.Query())
}

// A token is trusted of this issuer, for this client and this sign-in alone, while it lasts.
func TestTokensOfAnIssuer(t *testing.T) {
	t.Parallel()
	roles, err := ParseMapped("officer=bureau")
	if err != nil {
		t.Fatal(err)
	}
	at := issuertest.Start(t)
	i := NewIssuer(OIDC{Issuer: at.URL, ClientID: issuertest.ClientID, Secret: issuertest.Secret, Name: "SSO", Claim: "roles", Roles: roles}, time.Now)
	if _, err := i.Begin("s", "http://here"); !fault.Is(err, "oidc.away") || i.Ready() {
		t.Fatalf("before it is found: %v", err)
	}
	if err := i.find(t.Context()); err != nil || !i.Ready() {
		t.Fatal(err)
	}
	at.Shows(issuertest.Claims{"sub": "42", "preferred_username": "zhang", "name": "张伟", "email": "z@x.cn", "roles": []string{"bureau"}})
	shown, err := shownBy(t, i, "s1")
	if want := (Shown{Issuer: at.URL, Subject: "42", Name: "zhang", Person: "张伟", Standing: Standing{Role: land.RoleOfficer}}); err != nil || shown != want {
		t.Fatalf("%+v, %v", shown, err)
	}
	type claims = issuertest.Claims
	for name, spoil := range map[string]func(header, c claims){
		"no signature":     func(h, _ claims) { h["alg"] = "none" },
		"another method":   func(h, _ claims) { h["alg"] = "HS256" },
		"an unknown key":   func(h, _ claims) { h["kid"] = "2" },
		"another audience": func(_, c claims) { c["aud"] = "payroll" },
		"no audience":      func(_, c claims) { delete(c, "aud") },
		"another party":    func(_, c claims) { c["aud"] = []string{"payroll", issuertest.ClientID}; c["azp"] = "payroll" },
		"no party of two":  func(_, c claims) { c["aud"] = []string{"payroll", issuertest.ClientID} },
		"another issuer":   func(_, c claims) { c["iss"] = "https://evil.example" },
		"the issuer but /": func(_, c claims) { c["iss"] = at.URL + "/" },
		"expired":          func(_, c claims) { c["exp"] = time.Now().Add(-time.Second).Unix() },
		"no expiry":        func(_, c claims) { delete(c, "exp") },
		"not yet":          func(_, c claims) { c["nbf"] = time.Now().Add(time.Hour).Unix() },
		"another nonce":    func(_, c claims) { c["nonce"] = derived("s0", "nonce") },
		"no nonce":         func(_, c claims) { delete(c, "nonce") },
		"no subject":       func(_, c claims) { delete(c, "sub") },
		"long subject":     func(_, c claims) { c["sub"] = strings.Repeat("x", 256) },
		"roles of nothing": func(_, c claims) { c["name"] = 1 },
	} {
		at.Spoils(spoil)
		if shown, err := shownBy(t, i, "s"+name); !fault.Is(err, "oidc.token") {
			t.Errorf("%s: %+v, %v", name, shown, err)
		}
	}
	at.Spoils(nil)
	at.Forges(t)
	if shown, err := shownBy(t, i, "forged"); !fault.Is(err, "oidc.token") {
		t.Errorf("signed with a key that is not shown: %+v, %v", shown, err)
	}
}

// What the browser brings back is of this issuer, of this sign-in, and good once.
func TestAnswersOfAnIssuer(t *testing.T) {
	t.Parallel()
	at, other := issuertest.Start(t), issuertest.Start(t)
	i := NewIssuer(OIDC{Issuer: at.URL, ClientID: issuertest.ClientID, Secret: issuertest.Secret, Claim: "roles"}, time.Now)
	if err := i.find(t.Context()); err != nil {
		t.Fatal(err)
	}
	at.Shows(issuertest.Claims{"sub": "42"})
	shown, err := shownBy(t, i, "s1")
	if err != nil || shown.Refused == nil || shown.Refused.Code != "oidc.role_none" {
		t.Fatalf("%+v, %v", shown, err)
	}
	for name, tt := range map[string]struct {
		answer func(q url.Values)
		code   string
	}{
		"mixed up with another issuer": {func(q url.Values) { q.Set("iss", other.URL) }, "oidc.token"},
		"an issuer that hides":         {func(q url.Values) { q.Del("iss") }, "oidc.token"},
		"refused there":                {func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, "oidc.denied"},
		"a code of nobody":             {func(q url.Values) { q.Set("code", "x") }, "oidc.denied"},
		"no code":                      {func(q url.Values) { q.Del("code") }, "oidc.denied"},
	} {
		before := at.Tokens()
		at.Answers(tt.answer)
		if shown, err := shownBy(t, i, "s"+name); !fault.Is(err, tt.code) || at.Tokens() != before {
			t.Errorf("%s: %+v, %v", name, shown, err)
		}
	}
	var kept url.Values
	at.Answers(func(q url.Values) { kept = url.Values{"code": q["code"], "state": q["state"], "iss": q["iss"]} })
	if _, err := shownBy(t, i, "replayed"); err != nil {
		t.Fatal(err)
	}
	if _, err := i.End(t.Context(), "replayed", "http://here/callback", kept); !fault.Is(err, "oidc.denied") {
		t.Errorf("a code again: %v", err)
	}
	at.Answers(func(q url.Values) {
		kept = url.Values{"code": q["code"], "state": q["state"], "iss": q["iss"]}
		q.Set("code", "withheld")
	})
	_, _ = shownBy(t, i, "stolen")
	if _, err := i.End(t.Context(), "thief", "http://here/callback", kept); !fault.Is(err, "oidc.denied") {
		t.Errorf("a stolen code without its verifier: %v", err)
	}
	at.Answers(nil)
	at.Away(true)
	if _, err := i.End(t.Context(), "s", "http://here/callback", url.Values{"code": {"x"}, "iss": {at.URL}}); !fault.Is(err, "oidc.away") {
		t.Errorf("while it is away: %v", err)
	}
}

// An issuer that is away is looked for again; one that leads elsewhere, or is another one, is never taken.
func TestFindingAnIssuer(t *testing.T) {
	t.Parallel()
	at := issuertest.Start(t)
	at.Away(true)
	i := NewIssuer(OIDC{Issuer: at.URL}, time.Now)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	failures := 0
	i.Find(ctx, func(error) {
		failures++
		at.Away(false)
	})
	if !i.Ready() || failures != 1 {
		t.Errorf("ready %t after %d failures", i.Ready(), failures)
	}
	leads := httptest.NewServer(http.RedirectHandler(at.URL+"/.well-known/openid-configuration", http.StatusFound))
	defer leads.Close()
	for name, address := range map[string]string{"another issuer's document": at.URL + "/", "nobody": "http://127.0.0.1:1", "one that leads elsewhere": leads.URL} {
		if err := NewIssuer(OIDC{Issuer: address}, time.Now).find(t.Context()); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
