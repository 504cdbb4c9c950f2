package httpapi

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"

	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"

	"github.com/labstack/echo/v4"
)

// bind reads a JSON value strictly: no unknown members, none twice, nothing behind it.
func bind(c echo.Context, into any) error {
	raw, err := body(c)
	if err != nil {
		return err
	}
	return strict(raw, into)
}

// typeMergePatch is RFC 7396.
const typeMergePatch = "application/merge-patch+json"

// body reads a JSON body as it was sent, as application/json or as one of the types.
func body(c echo.Context, types ...string) ([]byte, error) {
	r := c.Request()
	if kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); err != nil || kind != echo.MIMEApplicationJSON && !slices.Contains(types, kind) {
		return nil, fault.New(fault.Unsupported, "body.not_json", "value", r.Header.Get(echo.HeaderContentType)).In("Content-Type:")
	}
	raw, err := io.ReadAll(r.Body) // within the bound of its route
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, size(large.Limit).exceeded()
	}
	if err != nil {
		return nil, fault.New(fault.Malformed, "body.cut_off").Because(err)
	}
	if !isText(string(raw)) {
		return nil, fault.New(fault.Malformed, "request.not_text")
	}
	return raw, exchange.Once(raw)
}

// strict decodes a JSON value that body has read.
func strict(raw []byte, into any) error { return exchange.Strict(raw, into) }
