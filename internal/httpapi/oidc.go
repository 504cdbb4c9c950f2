package httpapi

import (
	"zhengbei/internal/ogc"

	"github.com/labstack/echo/v4"
)

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
