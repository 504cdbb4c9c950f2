package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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
			"path", c.Request().URL.Path, "account", actor(c).Account, "status", code, "bytes", c.Response().Size, "ms", took.Milliseconds())
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

// permissions: the page asks a phone where it stands, and for nothing else.
const permissions = "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"

// guard sets the headers that every answer has, and refuses strange hosts and overlong queries.
func (a *api) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions)
		h.Set(echo.HeaderCacheControl, "no-store") // until a handler says otherwise
		r := c.Request()
		if r.TLS != nil {
			h.Set(echo.HeaderStrictTransportSecurity, "max-age=31536000")
		}
		if !a.knowsHost(r.Host) && (a.public != nil || c.Get(throughKey) == nil) { // a proxy knows its own names
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
	return ip != nil && ip.IsLoopback() || a.certificate != nil && a.certificate.Names(name)
}

// isText is what a database can store: valid UTF-8 without NUL.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

type rowOf struct{}

// rowFor is the row of the table that a request is held to; there is none for what no route answers.
func rowFor(c echo.Context) (route, bool) {
	r, ok := c.Request().Context().Value(rowOf{}).(*route)
	if !ok {
		return route{}, false
	}
	return *r, true
}

// admit holds a row of the table: who may ask, how often, with how much, for how long.
func (a *api) admit(r route) echo.HandlerFunc {
	via := r.method + " " + r.path
	return func(c echo.Context) error {
		by, ended, err := a.identify(c)
		by.Via = via
		ctx := store.As(context.WithValue(c.Request().Context(), rowOf{}, &r), by)
		if r.load != open {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, time.Duration(r.load))
			defer cancel()
		}
		c.SetRequest(c.Request().WithContext(ctx))                // once: it copies the request
		if strange := a.sameOrigin(c.Request()); strange != nil { // before anything is counted: another site spends nothing of whoever reads it
			return strange
		}
		who := a.askerOf(c.Request(), by, r.class)
		if err := a.measured(c, who); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		if r.class == signingIn {
			if err := a.measured(c, asker{address: who.address, class: entering}); err != nil {
				return err
			}
		}
		if err := a.let(c, r, by, ended); err != nil {
			return err
		}
		if r.rule&readers != 0 { // the same address answers exactly to one and generalised to another
			c.Response().Header().Add(echo.HeaderVary, "Authorization, Cookie") // one line: tiles are many
		}
		if err := a.takes(c, r); err != nil {
			return err
		}
		if r.load != open { // a reader that stalls holds a connection no longer than the request's own bound
			_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(time.Duration(r.load) + 5*time.Second)) //nolint:forbidigo // a deadline of the socket, not a time of the domain
		}
		err = r.handle(a, c)
		if err == nil && r.class == signingIn {
			a.rates.giveBack(who)
		}
		return err
	}
}

// takes refuses what a route does not take: parameters, a body, a question that is not for whoever asks.
func (a *api) takes(c echo.Context, r route) error {
	if err := r.parameters(c); err != nil {
		return err
	}
	if err := a.todayAlone(c, r); err != nil {
		return err
	}
	return r.body.hold(c)
}

// revalidated lets nobody but the reader's own program keep an answer, which asks each time whether it still holds:
// no cache between may hand to one what was answered to another.
const revalidated = "private, no-cache"

// parameters refuses what a route does not know, in its path and in its query.
func (r route) parameters(c echo.Context) error {
	for i, value := range c.ParamValues() {
		if !isText(value) {
			return fault.New(fault.Malformed, "request.not_text").In("{" + c.ParamNames()[i] + "}")
		}
	}
	if c.Request().URL.RawQuery == "" {
		return nil
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
	return nil
}

// hold refuses a body that is larger than a route reads, as soon as that is known; where it reads none, any.
func (most size) hold(c echo.Context) error {
	r := c.Request()
	if most == noBody {
		if r.ContentLength > 0 || r.ContentLength < 0 && r.Body != http.NoBody && !isEmpty(r.Body) {
			return fault.New(fault.Malformed, "body.unwanted")
		}
		return nil
	}
	if r.ContentLength > int64(most) {
		return most.exceeded()
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, int64(most))
	return nil
}

func (most size) exceeded() error {
	return fault.New(fault.TooLarge, "body.too_large", "max_mb", float64(most)/(1<<20))
}

// isEmpty reads a body whose length is not told: its first byte tells enough.
func isEmpty(body io.Reader) bool {
	n, _ := io.ReadFull(body, make([]byte, 1))
	return n == 0
}
