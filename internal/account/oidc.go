package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Standing is what an account may: its role, with the command post or the grant that belong to it.
type Standing struct {
	Role  land.Role
	Post  string // of a command post
	Names bool   // a planner who was granted personal names
}

// Mapped says which standing a value of the issuer's claim gives.
type Mapped struct {
	Value string
	As    Standing
}

// OIDC are the settings of signing in by an issuer of OpenID Connect.
type OIDC struct {
	Issuer   string
	ClientID string
	Secret   string // empty: a public client, which PKCE alone protects
	Name     string // of the issuer, on the button
	Claim    string // where the ID token says the roles; a path where its members lie deeper (realm_access.roles)
	Roles    []Mapped
}

// Lawful refuses settings under which nobody could sign in, or anybody between could listen.
func (s OIDC) Lawful() error {
	u, err := url.Parse(s.Issuer)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !ownHost(u.Hostname())):
		return fault.New(fault.Invalid, "setting.oidc_issuer", "value", s.Issuer)
	case s.ClientID == "":
		return fault.New(fault.Invalid, "setting.oidc_client")
	case len(s.Roles) == 0:
		return fault.New(fault.Invalid, "setting.oidc_roles", "value", "")
	}
	return nil
}

func ownHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ParseMapped reads which values of the claim give which standing: officer=bureau;command_post:F-01=post-1;planner+names=planning.
func ParseMapped(text string) ([]Mapped, error) {
	var all []Mapped
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		bad := fault.New(fault.Invalid, "setting.oidc_roles", "value", part)
		role, value, _ := strings.Cut(part, "=")
		m := Mapped{Value: strings.TrimSpace(value)}
		role, m.As.Names = strings.CutSuffix(strings.TrimSpace(role), "+names")
		role, m.As.Post, _ = strings.Cut(role, ":")
		m.As.Role = land.Role(role)
		if m.Value == "" || !slices.Contains(land.Roles, m.As.Role) || (m.As.Role == land.RolePost) != (m.As.Post != "") || m.As.Names && m.As.Role != land.RolePlanner {
			return nil, bad
		}
		if slices.ContainsFunc(all, func(other Mapped) bool { return other.Value == m.Value }) {
			return nil, bad
		}
		all = append(all, m)
	}
	return all, nil
}

// standing is what the values of the claim give: exactly one role, or none at all.
func (s OIDC) standing(values []string) (Standing, *fault.Error) {
	var is Standing
	for _, m := range s.Roles {
		switch {
		case !slices.Contains(values, m.Value):
		case is.Role == "":
			is = m.As
		case is.Role != m.As.Role || is.Post != m.As.Post:
			return Standing{}, fault.New(fault.Forbidden, "oidc.role_many", "first", is.words(), "second", m.As.words())
		default:
			is.Names = is.Names || m.As.Names
		}
	}
	if is.Role == "" {
		return is, fault.New(fault.Forbidden, "oidc.role_none")
	}
	return is, nil
}

// words name a standing in the reader's language.
func (s Standing) words() fault.Words {
	w := land.RoleNames[s.Role]
	if s.Post != "" {
		w.Zh, w.En = w.Zh+" "+s.Post, w.En+" "+s.Post
	}
	return w
}

// Shown is a person as an issuer shows them.
type Shown struct {
	Issuer, Subject string
	Name            string // as the issuer calls the account; not yet a lawful name here
	Person          string
	Standing        Standing
	Refused         *fault.Error // why the claim gives no standing
}

// issuerWithin bounds each question to the issuer.
const issuerWithin = 8 * time.Second

// Issuer lets people in who have shown elsewhere who they are: code flow with PKCE, state and nonce.
type Issuer struct {
	set    OIDC
	now    func() time.Time
	client *http.Client
	found  atomic.Pointer[issuerFound]
}

// issuerFound is what the issuer's discovery document says.
type issuerFound struct {
	endpoint oauth2.Endpoint
	verifier *oidc.IDTokenVerifier
	names    bool // it names itself in each answer (RFC 9207)
}

// NewIssuer prepares an issuer; Find looks for it.
func NewIssuer(set OIDC, now func() time.Time) *Issuer {
	return &Issuer{set: set, now: now, client: &http.Client{
		Timeout: issuerWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { // the secret goes where the operator said, and nowhere else
			return errors.New("the issuer leads elsewhere")
		},
	}}
}

// Name is the issuer's name, on the button.
func (i *Issuer) Name() string { return i.set.Name }

// Ready reports whether the issuer was found.
func (i *Issuer) Ready() bool { return i.found.Load() != nil }

// mostPatience is the longest pause between two looks for an issuer that is away.
const mostPatience = 10 * time.Second

// Find looks for the issuer until it is there; away tells each failure. Nothing else waits for it.
func (i *Issuer) Find(ctx context.Context, away func(error)) {
	for pause := time.Second; ; pause = min(2*pause, mostPatience) {
		err := i.find(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		away(err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// find reads the discovery document once.
func (i *Issuer) find(ctx context.Context) error {
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.set.Issuer)
	if err != nil {
		return err
	}
	var says struct {
		Keys  string   `json:"jwks_uri"`
		Auth  []string `json:"token_endpoint_auth_methods_supported"`
		Names bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := p.Claims(&says); err != nil {
		return err
	}
	f := &issuerFound{endpoint: p.Endpoint(), names: says.Names}
	for _, address := range []string{f.endpoint.AuthURL, f.endpoint.TokenURL, says.Keys} {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || strings.HasPrefix(i.set.Issuer, "https:")) {
			return errors.New("the issuer names an address that is not safe: " + address)
		}
	}
	// Trying both would spend the code on the wrong one.
	f.endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if i.set.Secret == "" || len(says.Auth) > 0 && !slices.Contains(says.Auth, "client_secret_basic") {
		f.endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	f.verifier = p.Verifier(&oidc.Config{ClientID: i.set.ClientID, Now: i.now})
	i.found.Store(f)
	return nil
}

func (i *Issuer) config(f *issuerFound, callback string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: i.set.ClientID, ClientSecret: i.set.Secret, Endpoint: f.endpoint, RedirectURL: callback,
		Scopes: []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail},
	}
}

// derived is one of the values that a sign-in under way rests on; all of them follow from the secret that the browser keeps.
func derived(secret, what string) string {
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = h.Write([]byte("oidc " + what))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// Begin is the address at the issuer where a browser that keeps this secret goes.
func (i *Issuer) Begin(secret, callback string) (string, error) {
	f := i.found.Load()
	if f == nil {
		return "", fault.New(fault.Busy, "oidc.away", "name", i.set.Name)
	}
	return i.config(f, callback).AuthCodeURL(derived(secret, "state"), oidc.Nonce(derived(secret, "nonce")), oauth2.S256ChallengeOption(derived(secret, "verifier"))), nil
}

// IsOf reports whether a state belongs to the secret that a browser keeps.
func IsOf(state, secret string) bool {
	return hmac.Equal([]byte(state), []byte(derived(secret, "state")))
}

// End changes the code that the browser brings back for an ID token, and says whom it shows.
func (i *Issuer) End(ctx context.Context, secret, callback string, q url.Values) (Shown, error) {
	f := i.found.Load()
	if f == nil {
		return Shown{}, fault.New(fault.Busy, "oidc.away", "name", i.set.Name)
	}
	if named := q.Get("iss"); named != "" && named != i.set.Issuer || named == "" && f.names {
		return Shown{}, fault.New(fault.Unauthenticated, "oidc.token", "name", i.set.Name).Because(errors.New("the answer is of another issuer"))
	}
	if says := q.Get("error"); says != "" {
		return Shown{}, fault.New(fault.Unauthenticated, "oidc.denied", "name", i.set.Name, "says", shorten(says, 100))
	}
	ctx = oidc.ClientContext(ctx, i.client)
	got, err := i.config(f, callback).Exchange(ctx, q.Get("code"), oauth2.VerifierOption(derived(secret, "verifier")))
	var answered *oauth2.RetrieveError
	switch {
	case errors.As(err, &answered) && answered.Response != nil && answered.Response.StatusCode < http.StatusInternalServerError:
		return Shown{}, fault.New(fault.Unauthenticated, "oidc.denied", "name", i.set.Name, "says", shorten(answered.ErrorCode, 100)).Because(err)
	case err != nil:
		return Shown{}, fault.New(fault.Busy, "oidc.away", "name", i.set.Name).Because(err)
	}
	raw, _ := got.Extra("id_token").(string)
	return i.read(ctx, f, raw, derived(secret, "nonce"))
}

// read trusts an ID token of this issuer for this client and this sign-in alone, and only while it lasts.
func (i *Issuer) read(ctx context.Context, f *issuerFound, raw, nonce string) (Shown, error) {
	untrue := func(cause error) error {
		return fault.New(fault.Unauthenticated, "oidc.token", "name", i.set.Name).Because(cause)
	}
	token, err := f.verifier.Verify(ctx, raw)
	if err != nil {
		return Shown{}, untrue(err)
	}
	var says struct {
		Party string `json:"azp"`
		Name  string `json:"preferred_username"`
		Email string `json:"email"`
		Full  string `json:"name"`
	}
	claims := map[string]json.RawMessage{}
	if err := errors.Join(token.Claims(&says), token.Claims(&claims)); err != nil {
		return Shown{}, untrue(err)
	}
	switch {
	case !hmac.Equal([]byte(token.Nonce), []byte(nonce)):
		return Shown{}, untrue(errors.New("the nonce is of another sign-in"))
	case len(token.Audience) > 1 && says.Party != i.set.ClientID || says.Party != "" && says.Party != i.set.ClientID:
		return Shown{}, untrue(errors.New("the token was issued to another party"))
	case token.Subject == "" || len(token.Subject) > 255:
		return Shown{}, untrue(errors.New("the token has no subject"))
	}
	shown := Shown{Issuer: i.set.Issuer, Subject: token.Subject, Name: says.Name, Person: says.Full}
	if shown.Name == "" {
		shown.Name = says.Email
	}
	shown.Standing, shown.Refused = i.set.standing(claimed(claims, i.set.Claim))
	return shown, nil
}

// claimed are the values of a claim: a text or a list of them, under its name or at the end of a path.
func claimed(claims map[string]json.RawMessage, name string) []string {
	raw, there := claims[name]
	if !there {
		first, rest, deeper := strings.Cut(name, ".")
		within := map[string]json.RawMessage{}
		if !deeper || json.Unmarshal(claims[first], &within) != nil {
			return nil
		}
		return claimed(within, rest)
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var many []string
	if json.Unmarshal(raw, &many) != nil {
		return nil
	}
	return many
}

// shorten keeps of a text that somebody else wrote what can be shown.
func shorten(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '�' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}
