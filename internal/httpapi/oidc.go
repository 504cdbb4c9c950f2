package httpapi

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/fault"
	"zhengbei/internal/ogc"

	"github.com/labstack/echo/v4"
)

//go:embed docs/refused.html
var refusedHTML string

var refusedPage = template.Must(template.New("refused").Parse(refusedHTML))

// doorView says how one gets in here, to whoever is not signed in.
type doorView struct {
	OIDC      *issuerView `json:"oidc"` // null: with a password alone
	Demo      bool        `json:"demo"`
	Anonymous bool        `json:"anonymous"` // passers-by may read
}

type issuerView struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"` // false while it is away
}

// door says how one gets in.
func (a *api) door(c echo.Context) error {
	view := doorView{Demo: a.day != nil, Anonymous: a.anonymous}
	if a.issuer != nil {
		view.OIDC = &issuerView{a.issuer.Name(), a.issuer.Ready()}
	}
	return answer(c, ogc.TypeJSON, "", view)
}

// The way of a browser to the issuer and back.
const (
	oidcStart    = "/api/v1/session/oidc"
	oidcCallback = oidcStart + "/callback"
	oidcLasts    = 10 * time.Minute
	longestBack  = 2000
)

// oidcCookie carries the secret of one sign-in under way, from which state, nonce and verifier follow; empty it takes the secret away.
// It is lax, since the browser comes back from another site.
func (a *api) oidcCookie(r *http.Request, secret string) *http.Cookie {
	k := a.cookie(r, secret)
	k.Name += "-oidc"
	if secret != "" {
		k.MaxAge = int(oidcLasts / time.Second)
	}
	return k
}

// toIssuer sends a browser to the issuer.
func (a *api) toIssuer(c echo.Context) error {
	return a.byIssuer(c, func() error {
		back, err := backTo(c.QueryParam("to"))
		if err != nil {
			return err
		}
		var raw [32]byte
		_, _ = rand.Read(raw[:]) // it never fails: the runtime ends the program first
		secret := base64.RawURLEncoding.EncodeToString(raw[:])
		address, err := a.issuer.Begin(secret, a.base(c.Request())+oidcCallback)
		if err != nil {
			return err
		}
		if err := a.db.BeginElsewhere(c.Request().Context(), sha256.Sum256([]byte(secret)), back); err != nil {
			return err
		}
		c.SetCookie(a.oidcCookie(c.Request(), secret))
		return c.Redirect(http.StatusSeeOther, address)
	})
}

// fromIssuer lets a browser in that comes back from the issuer, and leads it where its person wanted to go.
func (a *api) fromIssuer(c echo.Context) error {
	return a.byIssuer(c, func() error {
		r := c.Request()
		c.SetCookie(a.oidcCookie(r, "")) // it is good once, whatever comes of it
		kept, err := r.Cookie(a.oidcCookie(r, "").Name)
		if err != nil || !account.IsOf(c.QueryParam("state"), kept.Value) {
			return fault.New(fault.Unauthenticated, "oidc.state")
		}
		back, found, err := a.db.EndElsewhere(r.Context(), sha256.Sum256([]byte(kept.Value)))
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.Unauthenticated, "oidc.state")
		}
		shown, err := a.issuer.End(r.Context(), kept.Value, a.base(r)+oidcCallback, c.QueryParams())
		if err != nil {
			return err
		}
		secret, err := a.people.Elsewhere(r.Context(), a.visitor(c), shown)
		if err != nil {
			return err
		}
		c.SetCookie(a.cookie(r, secret))
		return c.Redirect(http.StatusSeeOther, back)
	})
}

// byIssuer carries out a step of the way, where there is an issuer.
func (a *api) byIssuer(c echo.Context, fn func() error) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	if c.Request().Method == http.MethodHead { // whoever only looks spends nothing
		return c.NoContent(http.StatusNoContent)
	}
	if a.issuer == nil {
		return fault.New(fault.NotFound, "oidc.none")
	}
	err := fn()
	if f, ok := fault.As(err); ok && f.Cause != nil && f.Kind != fault.Busy { // what is busy is logged in any case
		a.log.Warn("a sign-in by the issuer came to nothing", "id", requestID(c), "error", f)
	}
	return err
}

// opensAsPage reports whether a refusal is read by a person who has no page of ours open: a browser on its way to the issuer or back.
func opensAsPage(c echo.Context) bool {
	return strings.HasPrefix(c.Path(), oidcStart) && strings.Contains(c.Request().Header.Get("Accept"), "text/html")
}

// sayRefused is a problem as a page.
func (a *api) sayRefused(c echo.Context, f *fault.Error) {
	lang := speaks(c.Request())
	var page bytes.Buffer
	if err := refusedPage.Execute(&page, struct {
		Lang                fault.Language
		Chinese             bool
		Says, Mend, Request string
	}{lang, lang == fault.Chinese, f.Says(lang), f.Mend(lang), requestID(c)}); err != nil {
		a.log.Error("a page could not be written", "id", requestID(c), "error", err)
	}
	h := c.Response().Header()
	h.Set("Content-Language", string(lang))
	h.Add(echo.HeaderVary, "Accept-Language")
	h.Set(echo.HeaderCacheControl, "no-store")
	if f.Kind == fault.Busy {
		h.Set(echo.HeaderRetryAfter, retryAfter)
	}
	_ = c.Blob(status[f.Kind].code, "text/html; charset=utf-8", page.Bytes())
}

// backTo is where somebody wants to go after signing in: a path of this site's page, and nothing that a browser could take for another site.
func backTo(text string) (string, error) {
	if text == "" {
		return "/", nil
	}
	u, err := url.Parse(text)
	if err != nil || len(text) > longestBack || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.User != nil || strings.ContainsAny(text, "\\\t\r\n") ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, "/api/") {
		return "", fault.New(fault.Malformed, "oidc.to", "value", text).In("?to")
	}
	return u.String(), nil
}
