package httpapi

import (
	"net/http"
	"net/url"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/labstack/echo/v4"
)

// UserView is an account as those who keep accounts see it.
type UserView struct {
	Name        string            `json:"name"`
	Person      string            `json:"person"`
	Role        *land.Role        `json:"role"` // null: it waits for the security administrator
	CommandPost *string           `json:"command_post"`
	Names       bool              `json:"names"` // a planner who was granted personal names
	State       land.AccountState `json:"state"`
	Elsewhere   bool              `json:"elsewhere"` // it signs in through an identity provider
	Since       time.Time         `json:"created_at"`
	By          string            `json:"created_by"`
	SignedIn    *time.Time        `json:"signed_in_at"`
	Link        string            `json:"link,omitempty"` // shown once
	LinkExpires *time.Time        `json:"link_expires_at,omitempty"`
	WayIn       string            `json:"way_in,omitempty"` // who makes the link of an administration without a password: console, sysadmin
}

// ViewUser is an account as those who keep accounts see it, over HTTP and on the command line.
func ViewUser(a land.Account) UserView {
	way := ""
	if a.State() == land.AccountNoPassword {
		switch a.Role {
		case land.RoleSecAdmin, land.RoleAuditor:
			way = "console"
		case land.RoleSysAdmin:
			way = "sysadmin"
		default:
		}
	}
	return UserView{
		WayIn: way, Name: a.Name, Person: a.Person, Role: roleOrNull(a.Role), CommandPost: textOrNull(a.Post), Names: a.Granted, State: a.State(),
		Elsewhere: a.Elsewhere, Since: a.Since, By: a.By, SignedIn: a.SignedIn,
	}
}

// Welcome is the address of a one-time link. Its secret stands behind #, which no browser sends and no log sees.
func Welcome(base, secret string) string { return base + "/welcome#" + secret }

// purpose is what the links of this service are good for.
func (a *api) purpose() land.LinkPurpose {
	if a.day != nil {
		return land.LinkSignIn
	}
	return land.LinkPassword
}

// users lists the accounts.
func (a *api) users(c echo.Context) error {
	all, err := a.people.Accounts(c.Request().Context())
	if err != nil {
		return err
	}
	var views []UserView
	for _, one := range all {
		views = append(views, ViewUser(one))
	}
	return private(c, http.StatusOK, wholeList(views))
}

// user is one account.
func (a *api) user(c echo.Context) error {
	of, err := a.people.Account(c.Request().Context(), c.Param("name"))
	if err != nil {
		return inName(err)
	}
	return private(c, http.StatusOK, ViewUser(of))
}

// inName says that the name of the path is at fault.
func inName(err error) error {
	if f, ok := fault.As(err); ok && f.Code == "account.unknown" {
		return f.In("{name}")
	}
	return err
}

// addUser adds an account. It is not kept under an Idempotency-Key: the secret of its link would be kept with it.
func (a *api) addUser(c echo.Context) error {
	var asked struct {
		Name   string  `json:"name"`
		Person *string `json:"person"`
	}
	if err := bind(c, &asked); err != nil {
		return err
	}
	added, secret, ends, err := a.people.Add(c.Request().Context(), actor(c), asked.Name, account.Change{Person: asked.Person}, a.purpose())
	if err != nil {
		return err
	}
	view := ViewUser(added)
	view.Link, view.LinkExpires = Welcome(a.base(c.Request()), secret), &ends
	c.Response().Header().Set(echo.HeaderLocation, a.base(c.Request())+"/api/v1/users/"+url.PathEscape(added.Name))
	return private(c, http.StatusCreated, view)
}

// alterUser changes an account: the system administrator its person and whether it is disabled, the security administrator its role.
func (a *api) alterUser(c echo.Context) error {
	var asked struct {
		Person   *string    `json:"person"`
		Disabled *bool      `json:"disabled"`
		Role     *land.Role `json:"role"`
		Post     *string    `json:"command_post"`
		Names    *bool      `json:"names"`
	}
	if err := bind(c, &asked); err != nil {
		return err
	}
	by := actor(c)
	for member, wrong := range map[string]bool{
		"person": asked.Person != nil && assigners.admits(by.Role), "disabled": asked.Disabled != nil && assigners.admits(by.Role),
		"role": asked.Role != nil && !assigners.admits(by.Role), "command_post": asked.Post != nil && !assigners.admits(by.Role), "names": asked.Names != nil && !assigners.admits(by.Role),
	} {
		if wrong {
			return fault.New(fault.Forbidden, "access.role", "role", land.RoleNames[by.Role]).In("/" + member)
		}
	}
	after, err := a.people.Alter(c.Request().Context(), by, c.Param("name"), account.Change{Person: asked.Person, Disabled: asked.Disabled, Role: asked.Role, Post: asked.Post, Names: asked.Names})
	if err != nil {
		return inName(err)
	}
	return private(c, http.StatusOK, ViewUser(after))
}

// newLinkView is a one-time link, shown once.
type newLinkView struct {
	Link    string           `json:"link"`
	Purpose land.LinkPurpose `json:"purpose"`
	Expires time.Time        `json:"expires_at"`
}

// resetUser takes the password of an account away and makes a link by which its person sets another.
func (a *api) resetUser(c echo.Context) error {
	_, secret, ends, err := a.people.Reset(c.Request().Context(), actor(c), c.Param("name"), a.purpose())
	if err != nil {
		return inName(err)
	}
	return private(c, http.StatusCreated, newLinkView{Welcome(a.base(c.Request()), secret), a.purpose(), ends})
}

func (a *api) userSessions(c echo.Context) error { return inName(a.sessionsOf(c, c.Param("name"))) }

func (a *api) endUserSession(c echo.Context) error { return inName(a.endSession(c, c.Param("name"))) }

// endUserSessions signs an account out everywhere.
func (a *api) endUserSessions(c echo.Context) error {
	if err := a.people.EndSessions(c.Request().Context(), actor(c), c.Param("name")); err != nil {
		return inName(err)
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *api) userTokens(c echo.Context) error { return inName(a.tokensOf(c, c.Param("name"))) }

func (a *api) revokeUserToken(c echo.Context) error { return inName(a.revokeToken(c, c.Param("name"))) }

// revokeUserTokens revokes every token of an account.
func (a *api) revokeUserTokens(c echo.Context) error {
	if err := a.people.EndTokens(c.Request().Context(), actor(c), c.Param("name")); err != nil {
		return inName(err)
	}
	return c.NoContent(http.StatusNoContent)
}
