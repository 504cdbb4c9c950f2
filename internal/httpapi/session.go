package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"

	"github.com/labstack/echo/v4"
)

// meView is who asks and what they may do here.
type meView struct {
	Account     string    `json:"account"`
	Person      string    `json:"person"`
	Role        land.Role `json:"role"`
	RoleName    wordsView `json:"role_name"`
	CommandPost *string   `json:"command_post"`
	Parcels     []string  `json:"parcels"` // that its command post runs today
	SeesNames   bool      `json:"names"`   // of persons, unmasked
	SignedBy    string    `json:"signed_by"`
	May         []string  `json:"may"`
	Demo        bool      `json:"demo"`
}

type wordsView struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// assigners give roles; those who may alter accounts and do not assign roles keep the accounts themselves.
const assigners = secadmins

// capabilities are what the page shows or leaves out; each is what one route admits, so that page and server cannot drift apart.
var capabilities = []struct{ name, method, path string }{
	{"boundary.edit", put, "/ogc/collections/:collection/items/:id"},
	{"register.write", post, "/api/v1/holdings"},
	{"fact.record", post, "/api/v1/facts"},
	{"import", post, "/api/v1/imports"},
	{"export", get, "/api/v1/exports/:file"},
	{"register.read", get, "/api/v1/holdings"},
	{"personal.unmask", post, "/api/v1/parties/:id/unmask"},
	{"accounts.manage", post, "/api/v1/users"},
	{"audit.read", get, "/api/v1/audit"},
	{"tokens.own", post, "/api/v1/tokens"},
}

// may names what somebody may do.
func (a *api) may(by land.Actor) []string {
	names := []string{}
	for _, c := range capabilities {
		for _, r := range a.table {
			if r.method == c.method && r.path == c.path && r.rule.admits(by.Role) && r.scope.let(by) == nil {
				names = append(names, c.name)
			}
		}
	}
	if assigners.admits(by.Role) && bySession.let(by) == nil {
		names = append(names, "roles.assign")
	}
	return names
}

// me tells who asks.
func (a *api) me(c echo.Context) error { return a.answerMe(c, actor(c)) }

func (a *api) answerMe(c echo.Context, by land.Actor) error {
	of, err := a.people.Account(c.Request().Context(), by.Account)
	if err != nil {
		return err
	}
	words := land.RoleNames[by.Role]
	view := meView{
		Account: by.Account, Person: of.Person, Role: by.Role, RoleName: wordsView{words.Zh, words.En}, CommandPost: textOrNull(by.Post), Parcels: append([]string{}, by.Parcels...),
		SeesNames: by.SeesNames(), SignedBy: by.SignedBy, May: a.may(by), Demo: a.day != nil,
	}
	return private(c, http.StatusOK, view)
}

func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// private answers what is for its reader alone, and stays nowhere.
func private(c echo.Context, status int, document any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(status, ogc.TypeJSON, body)
}

// visitor is who stands at the door.
func (a *api) visitor(c echo.Context) account.Visitor {
	r := c.Request()
	v := account.Visitor{Agent: r.UserAgent(), From: land.Actor{Address: a.addressOf(r), Request: requestID(c), Via: r.Method + " " + c.Path()}}
	if credential, _, shown, err := a.shown(r); err == nil && shown && !credential.Token {
		v.Shown = &credential
	}
	return v
}

// signIn begins a session by name and password.
func (a *api) signIn(c echo.Context) error {
	var asked struct {
		Name     string `json:"name"`
		Password string `json:"password"`
	}
	if err := bind(c, &asked); err != nil {
		return err
	}
	secret, err := a.people.SignIn(c.Request().Context(), a.visitor(c), asked.Name, asked.Password)
	if err != nil {
		return retry(c, err)
	}
	return a.enter(c, secret)
}

// retry says when to come again, where a fault says so.
func retry(c echo.Context, err error) error {
	if f, ok := fault.As(err); ok && f.Kind == fault.TooMany {
		if seconds, ok := f.Params["seconds"].(int); ok {
			c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
		}
	}
	return err
}

// enter hands a session to the browser and tells who has come in.
func (a *api) enter(c echo.Context, secret string) error {
	by, _, err := a.people.Who(c.Request().Context(), account.Secret(false, secret))
	if err != nil {
		return err
	}
	c.SetCookie(a.cookie(c.Request(), secret))
	return a.answerMe(c, by)
}

// cookie carries the secret of a session, for as long as the browser is open; empty it takes the secret away.
func (a *api) cookie(r *http.Request, secret string) *http.Cookie {
	k := &http.Cookie{Name: a.cookieName(r), Value: secret, Path: "/", HttpOnly: true, Secure: a.secure(r), SameSite: http.SameSiteLaxMode}
	if secret == "" {
		k.MaxAge = -1
	}
	return k
}

// signOut ends the session; whoever has none is signed out already.
func (a *api) signOut(c echo.Context) error {
	if v := a.visitor(c); v.Shown != nil {
		if err := a.people.SignOut(c.Request().Context(), actor(c), *v.Shown); err != nil {
			return err
		}
	}
	c.SetCookie(a.cookie(c.Request(), ""))
	return c.NoContent(http.StatusNoContent)
}

// linkView is what a one-time link is good for.
type linkView struct {
	Purpose land.LinkPurpose `json:"purpose"`
	Account string           `json:"account"`
	Person  string           `json:"person"`
	Role    *land.Role       `json:"role"` // null: it waits for the security administrator
	Expires time.Time        `json:"expires_at"`
}

func linkViewOf(l land.OneTimeLink) linkView {
	return linkView{l.Purpose, l.Account.Name, l.Account.Person, roleOrNull(l.Account.Role), l.Ends}
}

func roleOrNull(r land.Role) *land.Role {
	if r == "" {
		return nil
	}
	return &r
}

// useLink tells what a one-time link is good for, or uses it.
func (a *api) useLink(c echo.Context) error {
	var asked struct {
		Link     string  `json:"link"`
		Password *string `json:"password"`
		SignIn   bool    `json:"sign_in"`
	}
	if err := bind(c, &asked); err != nil {
		return err
	}
	link := asked.Link[strings.LastIndex(asked.Link, "#")+1:] // the whole address is as good
	if asked.Password == nil && !asked.SignIn {
		l, err := a.people.Link(c.Request().Context(), link)
		if err != nil {
			return err
		}
		return private(c, http.StatusOK, linkViewOf(l))
	}
	secret, l, err := a.people.UseLink(c.Request().Context(), a.visitor(c), link, asked.Password)
	if err != nil {
		return err
	}
	if secret == "" { // the password is set, and the role comes later
		return private(c, http.StatusAccepted, linkViewOf(l))
	}
	return a.enter(c, secret)
}

// changePassword sets another password for whoever asks.
func (a *api) changePassword(c echo.Context) error {
	var asked struct {
		Password string `json:"password"`
		New      string `json:"new_password"`
	}
	if err := bind(c, &asked); err != nil {
		return err
	}
	if err := a.people.ChangePassword(c.Request().Context(), actor(c), asked.Password, asked.New); err != nil {
		return retry(c, err)
	}
	return c.NoContent(http.StatusNoContent)
}

// sessionView is a sign-in that lasts.
type sessionView struct {
	ID      int32     `json:"id"`
	Since   time.Time `json:"created_at"`
	Seen    time.Time `json:"seen_at"`
	Ends    time.Time `json:"expires_at"`
	Address string    `json:"address"`
	Agent   string    `json:"agent"`
	Current bool      `json:"current"`
}

// shortList is a list that is never long.
type shortList[T any] struct {
	Items   []T     `json:"items"`
	Next    *string `json:"next"`
	Matched int     `json:"matched"`
}

func wholeList[T any](list []T) shortList[T] {
	return shortList[T]{Items: append([]T{}, list...), Matched: len(list)}
}

func (a *api) sessionsOf(c echo.Context, name string) error {
	all, err := a.people.Sessions(c.Request().Context(), name)
	if err != nil {
		return err
	}
	var views []sessionView
	for _, s := range all {
		views = append(views, sessionView{s.ID, s.Since, s.Seen, s.Ends, s.Address, s.Agent, actor(c).SignedBy == "session:"+strconv.Itoa(int(s.ID))})
	}
	return private(c, http.StatusOK, wholeList(views))
}

func (a *api) mySessions(c echo.Context) error { return a.sessionsOf(c, actor(c).Account) }

func (a *api) endMySession(c echo.Context) error { return a.endSession(c, actor(c).Account) }

// endSession ends one session of an account.
func (a *api) endSession(c echo.Context, name string) error {
	number, err := numberIn(c, "id", fault.New(fault.NotFound, "session.unknown"))
	if err == nil {
		err = a.people.EndSession(c.Request().Context(), actor(c), name, number)
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// numberIn is a number of the path.
func numberIn(c echo.Context, name string, unknown *fault.Error) (int32, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 32)
	if err != nil || n < 1 {
		return 0, unknown.In("{" + name + "}")
	}
	return int32(n), nil
}
