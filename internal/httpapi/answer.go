package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"

	"github.com/labstack/echo/v4"
)

// answer sends a document with a strong tag of its content, or 304; version stands before the tag where there is one.
func answer(c echo.Context, contentType, version string, document any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	return answerBytes(c, contentType, version, body)
}

// hashOf tells one representation from another, in 16 characters.
func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

func answerBytes(c echo.Context, contentType, version string, body []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, revalidated)
	same, err := unchanged(c, version+hashOf(body))
	if err != nil {
		return err
	}
	if same {
		return c.NoContent(http.StatusNotModified)
	}
	h.Set(echo.HeaderContentType, contentType)
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err = c.Response().Write(body)
	return ignoreGone(c, err)
}

// answerInLanguage is answer for a document whose words follow Accept-Language.
func answerInLanguage(c echo.Context, document any) error {
	if err := onlyJSON(c); err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept-Language")
	c.Response().Header().Set("Content-Language", string(speaks(c.Request())))
	return answer(c, ogc.TypeJSON, "", document)
}

// onlyJSON refuses a format that is not offered yet.
func onlyJSON(c echo.Context) error {
	if q := c.QueryParams(); q.Has("f") && q.Get("f") != "json" {
		return fault.New(fault.Malformed, "format.unknown", "value", q.Get("f")).In("?f")
	}
	return nil
}

// ignoreGone: a client that left while its answer was written is no error of ours.
func ignoreGone(c echo.Context, err error) error {
	if err != nil && c.Response().Committed {
		return nil
	}
	return err
}

// clock reads at, datetime and known, and settles an instant that is named.
func (a *api) clock(c echo.Context) (land.Clock, error) {
	clock, err := ogc.ParseClock(c.QueryParams(), a.today())
	if err != nil {
		return clock, err
	}
	return clock, a.settle(c, clock)
}

// settle promises that an instant that is named stays as it is answered.
func (a *api) settle(c echo.Context, clock land.Clock) error {
	if clock.Known.IsZero() {
		return nil
	}
	return a.db.Settle(c.Request().Context(), clock.Known)
}
