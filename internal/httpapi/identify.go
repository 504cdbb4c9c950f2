package httpapi

import (
	"encoding/base64"
	"net"
	"net/http"
	"strings"

	"zhengbei/internal/account"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// The session's cookie: browsers keep the first name to this host, this path and TLS; on plain loopback they would refuse it.
const (
	cookieTLS   = "__Host-zhengbei"
	cookiePlain = "zhengbei"
)

// cookieName is what the session's cookie is called in an answer to this request.
func (a *api) cookieName(r *http.Request) string {
	if a.secure(r) {
		return cookieTLS
	}
	return cookiePlain
}

// secure reports whether a request came by TLS.
func (a *api) secure(r *http.Request) bool { return r.TLS != nil }

// addressOf is the client's own address.
func (a *api) addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// shown is the credential that a request shows, if it shows one, and the name that it was shown under.
func (a *api) shown(r *http.Request) (c store.Credential, name string, shown bool, err error) {
	if header := r.Header.Get(echo.HeaderAuthorization); header != "" {
		scheme, value, _ := strings.Cut(header, " ")
		switch {
		case strings.EqualFold(scheme, "Bearer"):
			return account.Secret(true, strings.TrimSpace(value)), "", true, nil
		case strings.EqualFold(scheme, "Basic"): // QGIS and ogr2ogr speak that: the token is the password
			if raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value)); err == nil {
				if name, secret, ok := strings.Cut(string(raw), ":"); ok && isText(name) {
					return account.Secret(true, secret), name, true, nil
				}
			}
		}
		return c, "", false, fault.New(fault.Unauthenticated, "token.form").In("Authorization:")
	}
	if secret := cookieIn(r.Header["Cookie"], a.cookieName(r)); secret != "" {
		return account.Secret(false, secret), "", true, nil
	}
	return c, "", false, nil
}

// cookieIn is the value of a cookie. net/http reads all of them each time, which costs more than all other checks of a tile.
func cookieIn(lines []string, name string) string {
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ";") {
			if key, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok && key == name {
				return value
			}
		}
	}
	return ""
}

// identify tells who asks; nobody where no credential is shown. A token that is good for nothing is refused everywhere,
// a session only where somebody is asked for: the page must open to say that it has ended.
func (a *api) identify(c echo.Context) (by land.Actor, ended bool, err error) {
	r := c.Request()
	credential, name, shown, err := a.shown(r)
	if err != nil {
		return by, false, err
	}
	who := a.people.Who
	if c.Response().Committed {
		who = a.people.Still
	}
	var found bool
	if shown {
		var stranger asker
		counted := !c.Response().Committed && !a.people.Remembers(credential) // before the database is asked: made-up credentials cost it nothing
		if counted {
			stranger = asker{address: network(a.addressOf(r)), class: unknown}
			if err := a.measured(c, stranger); err != nil {
				return by, false, err
			}
		}
		if by, found, err = who(r.Context(), credential); err != nil {
			return by, false, err
		}
		if counted && found {
			a.rates.giveBack(stranger)
		}
		if credential.Token && (!found || name != "" && !strings.EqualFold(name, by.Account)) {
			return land.Actor{}, false, fault.New(fault.Unauthenticated, "token.unknown").In("Authorization:")
		}
	}
	by.Address, by.Request = a.addressOf(r), requestID(c)
	return by, shown && !found, nil
}

// still reports whether whoever has an open stream may have it yet; while nobody can be asked nobody is sent away.
func (a *api) still(c echo.Context) bool {
	r, ok := rowFor(c)
	by, ended, err := a.identify(c)
	if f, known := fault.As(err); known && f.Kind == fault.Busy {
		return true
	}
	return ok && err == nil && a.let(c, r, by, ended) == nil
}

// let refuses whoever a route does not admit, and whatever its token is not good for.
func (a *api) let(c echo.Context, r route, by land.Actor, ended bool) error {
	switch {
	case r.rule == nobody:
		return fault.New(fault.NotFound, "route.unknown", "path", r.path)
	case r.rule&passersby != 0:
		return nil
	case by.IsNobody() && r.rule&machine != 0 && ofThisMachine(c.Request()):
		return nil
	case by.IsNobody() && r.rule&readers != 0 && a.anonymous:
		return nil
	case by.IsNobody() && ended:
		return fault.New(fault.Unauthenticated, "session.ended")
	case by.IsNobody():
		return fault.New(fault.Unauthenticated, "session.none")
	case !r.rule.admits(by.Role):
		return fault.New(fault.Forbidden, "access.role", "role", land.RoleNames[by.Role])
	}
	return r.scope.let(by)
}

// ofThisMachine reports whether a request comes from this machine itself, and not through a proxy on it.
func ofThisMachine(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback() && !saysProxy(r)
}

// let refuses a token that is not good for a scope.
func (s scope) let(by land.Actor) error {
	if by.Scopes == nil {
		return nil // a session is good for whatever the role may
	}
	if s == bySession {
		return fault.New(fault.Forbidden, "access.session_only")
	}
	for _, has := range by.Scopes {
		if has == s.String() {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "access.scope", "scope", s.String())
}

// actor is who asks.
func actor(c echo.Context) land.Actor { return store.Acting(c.Request().Context()) }
