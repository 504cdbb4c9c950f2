package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// mostQuery is the longest query string that is read; the longest lawful one is a few hundred bytes.
const mostQuery = 8 << 10

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// observe numbers each request, logs it once and counts it.
func (a *api) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := a.now()
		var id [8]byte
		_, _ = rand.Read(id[:])
		c.Response().Header().Set(echo.HeaderXRequestID, hex.EncodeToString(id[:]))
		if err := next(c); err != nil {
			c.Error(err)
		}
		took := a.now().Sub(start)
		path, code := c.Path(), c.Response().Status
		if path == "" {
			path = "none"
		}
		level := slog.LevelDebug // a map in motion asks for dozens of tiles a second
		if code >= http.StatusInternalServerError {
			level = slog.LevelWarn
		} else if !strings.HasPrefix(path, "/tiles/") && !strings.HasPrefix(path, "/assets/") {
			level = slog.LevelInfo
		}
		a.log.Log(c.Request().Context(), level, "request", "id", requestID(c), "method", c.Request().Method,
			"path", c.Request().URL.Path, "status", code, "bytes", c.Response().Size, "ms", took.Milliseconds())
		a.meter.request(c.Request().Method, path, code, took)
		return nil
	}
}

// catch turns a panic into one 500; a stream that has begun is cut off, so that nobody takes a part for the whole.
func (a *api) catch(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			cause, _ := p.(error)
			cut := errors.Is(cause, http.ErrAbortHandler)
			if !cut && c.Response().Committed {
				a.log.Error("panic in a stream", "id", requestID(c), "panic", p, "stack", string(debug.Stack()))
			}
			if cut || c.Response().Committed {
				panic(http.ErrAbortHandler)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}()
		return next(c)
	}
}

// csp lets nothing in from elsewhere; geoman's icons are data: images.
const csp = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

// guard sets the headers that every answer has, and refuses strange hosts and overlong queries.
func (a *api) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set(echo.HeaderCacheControl, "no-store") // until a handler says otherwise
		r := c.Request()
		if !a.knowsHost(r.Host) {
			return fault.New(fault.Malformed, "request.host", "host", r.Host).In("Host:")
		}
		if len(r.URL.RawQuery) > mostQuery {
			return tooLong
		}
		return next(c)
	}
}

var tooLong = fault.New(fault.TooLarge, "request.too_long", "max", mostQuery).In("?")

// knowsHost guards against DNS rebinding: the name asked for is the public one or this machine's own.
func (a *api) knowsHost(host string) bool {
	if a.public != nil && strings.EqualFold(host, a.public.Host) {
		return true
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return ip != nil && ip.IsLoopback()
}

// isText is what a database can store: valid UTF-8 without NUL.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// routeKey is where a request keeps its row of the table.
const routeKey = "route"

// admit holds a route's rule, its parameters and its deadline.
func (a *api) admit(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		by, ended, err := a.identify(c)
		c.SetRequest(c.Request().WithContext(store.As(c.Request().Context(), by)))
		c.Set(routeKey, r)
		if err != nil {
			return err
		}
		if err := a.sameOrigin(c.Request()); err != nil {
			return err
		}
		if err := a.let(c, r, by, ended); err != nil {
			return err
		}
		for i, value := range c.ParamValues() {
			if !isText(value) {
				return fault.New(fault.Malformed, "request.not_text").In("{" + c.ParamNames()[i] + "}")
			}
		}
		for name, values := range c.QueryParams() {
			if !isText(name) || !isText(values[0]) {
				return fault.New(fault.Malformed, "request.not_text").In("?" + strings.ToValidUTF8(name, "�"))
			}
			if !slices.Contains(r.query, name) && !slices.Contains(r.query, anyParam) {
				known := strings.Join(r.query, ", ")
				if known == "" {
					known = "—"
				}
				return fault.New(fault.Malformed, "parameter.unknown", "value", name, "known", known).In("?" + name)
			}
			if len(values) > 1 && slices.Contains(r.query, name) {
				return fault.New(fault.Malformed, "parameter.twice", "value", name).In("?" + name)
			}
		}
		if r.load == open {
			return r.handle(a, c)
		}
		limit := time.Duration(r.load)
		ctx, cancel := context.WithTimeout(c.Request().Context(), limit)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		// A reader that stalls holds a connection no longer than the request's own bound.
		_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(limit + 5*time.Second)) //nolint:forbidigo // a deadline of the socket, not a time of the domain
		return r.handle(a, c)
	}
}
