package httpapi

import (
	"net/http"

	"zhengbei/internal/fault"

	"github.com/labstack/echo/v4"
)

// healthz says that the process lives.
func (a *api) healthz(c echo.Context) error {
	return c.JSON(http.StatusOK, struct {
		Alive   bool   `json:"alive"`
		Version string `json:"version"`
	}{true, a.release})
}

// readyz says whether it can serve, and if not, why.
func (a *api) readyz(c echo.Context) error {
	type state struct {
		Ready bool   `json:"ready"`
		Code  string `json:"code,omitempty"`
		Why   string `json:"why,omitempty"`
		Mend  string `json:"mend,omitempty"`
	}
	err := a.db.Ready(c.Request().Context())
	if err == nil && !a.hub.Hears() {
		err = fault.New(fault.Busy, "feed.lost")
	}
	if err == nil {
		return c.JSON(http.StatusOK, state{Ready: true})
	}
	f := a.faultOf(err, c)
	lang := speaks(c.Request())
	c.Response().Header().Set(echo.HeaderRetryAfter, retryAfter)
	return c.JSON(http.StatusServiceUnavailable, state{Code: f.Code, Why: f.Says(lang), Mend: f.Mend(lang)})
}
