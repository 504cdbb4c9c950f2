package httpapi

import (
	"net/http"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/labstack/echo/v4"
)

// TokenView is a token without its secret, which is shown when it is made and never again.
type TokenView struct {
	ID      int32      `json:"id"`
	Name    string     `json:"name"`
	Scopes  []string   `json:"scopes"`
	Reason  *string    `json:"reason"`
	Since   time.Time  `json:"created_at"`
	Expires time.Time  `json:"expires_at"`
	Used    *time.Time `json:"used_at"`
	Token   string     `json:"token,omitempty"`
}

// ViewToken is a token, over HTTP and on the command line; its secret only when it is made.
func ViewToken(t land.Token, secret string) TokenView {
	return TokenView{t.ID, t.Name, t.Scopes, textOrNull(t.Why), t.Since, t.Ends, t.Used, secret}
}

func (a *api) tokensOf(c echo.Context, name string) error {
	all, err := a.people.Tokens(c.Request().Context(), name)
	if err != nil {
		return err
	}
	var views []TokenView
	for _, t := range all {
		views = append(views, ViewToken(t, ""))
	}
	return private(c, http.StatusOK, wholeList(views))
}

func (a *api) myTokens(c echo.Context) error { return a.tokensOf(c, actor(c).Account) }

// createToken makes a token of whoever asks. It is not kept under an Idempotency-Key: its secret would be kept with it.
func (a *api) createToken(c echo.Context) error {
	var asked struct {
		Name   string   `json:"name"`
		Scopes []string `json:"scopes"`
		Days   int      `json:"days"`
		Reason string   `json:"reason"`

		Password string `json:"password"`
	}
	if err := bind(c, &asked); err != nil {
		return err
	}
	day := 24 * time.Hour
	lasts := time.Duration(min(max(asked.Days, 0), int(account.LongestToken/day)+1)) * day
	t, secret, err := a.people.CreateToken(c.Request().Context(), actor(c), actor(c).Account, account.NewToken{Name: asked.Name, Scopes: asked.Scopes, Why: asked.Reason, Lasts: lasts, Present: asked.Password})
	if err != nil {
		return retry(c, err)
	}
	return private(c, http.StatusCreated, ViewToken(t, secret))
}

func (a *api) revokeMyToken(c echo.Context) error { return a.revokeToken(c, actor(c).Account) }

// revokeToken revokes one token of an account.
func (a *api) revokeToken(c echo.Context, name string) error {
	number, err := numberIn(c, "id", fault.New(fault.NotFound, "token.not_there"))
	if err == nil {
		err = a.people.EndToken(c.Request().Context(), actor(c), name, number)
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
