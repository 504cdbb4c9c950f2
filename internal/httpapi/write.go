package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// sameOrigin refuses a change that a page of another origin asks for through somebody's browser.
func (a *api) sameOrigin(r *http.Request) error {
	if err := a.origins.Check(r); err != nil {
		return fault.New(fault.Forbidden, "request.origin", "origin", r.Header.Get("Origin")).In("Origin:").Because(err)
	}
	return nil
}

// errTried rolls back a write that was only tried.
var errTried = errors.New("tried and not written")

// outcome is what a write answers once it is committed; tried, it is answered with 200 and without a place.
type outcome struct {
	status int    // 0: 201 Created
	place  string // the path of what is new, for Location
	tag    string // begins the strong tag: see tagOf
	body   any    // nil: nothing
	kind   string // its media type; application/json where it does not say
}

// write carries out a write once under its Idempotency-Key, if it has one: fn is to hand what is answered to keep, inside its transaction.
// With dry_run=true all is judged, answered with 200 and nothing is written.
func (a *api) write(c echo.Context, raw []byte, fn func(ctx context.Context, by land.Actor, keep func(tx *store.Tx, w outcome) error) error) error {
	r := c.Request()
	dry := c.QueryParam("dry_run")
	if err := oneOf("?dry_run", dry, []string{"", "true", "false"}); err != nil {
		return err
	}
	ctx := r.Context()
	key, keyed, err := keyed(r, raw)
	if err != nil {
		return err
	}
	if keyed {
		ctx = store.WithKey(ctx, key)
	}
	var answer store.Answered
	err = fn(ctx, actor(c), func(tx *store.Tx, w outcome) (err error) {
		if answer, err = w.answer(a.base(r)); err != nil {
			return err
		}
		if dry == "true" {
			if answer.Status == http.StatusCreated {
				answer.Status = http.StatusOK
			}
			delete(answer.Header, "ETag") // nothing was issued
			delete(answer.Header, echo.HeaderLocation)
			return errTried
		}
		return tx.Keep(ctx, answer)
	})
	if before := (store.Answered{}); errors.As(err, &before) {
		c.Response().Header().Set("Idempotency-Replayed", "true")
		answer, err = before, nil
	}
	if err != nil && !errors.Is(err, errTried) {
		return err
	}
	return reanswer(c, answer)
}

// keyed is the key of a request, if it has one.
func keyed(r *http.Request, raw []byte) (key store.Key, keyed bool, err error) {
	name := r.Header.Get("Idempotency-Key")
	if name == "" {
		return key, false, nil
	}
	by := store.Acting(r.Context())
	// What was answered to an officer is not repeated to whom has become something else since.
	standing := fmt.Sprintf("%s %q %s %t", r.Header.Get("If-Match"), by.Role, by.Post, by.SeesNames())
	key, err = store.NewKey(by.Account, name, r.Method, r.URL.RequestURI(), standing, raw)
	if e, bad := fault.As(err); bad {
		return key, false, e.In("Idempotency-Key:")
	}
	return key, true, err
}

// replayed answers a request that was carried out before under its key, whatever has become of the thing since.
func (a *api) replayed(c echo.Context, raw []byte) (done bool, err error) {
	key, keyed, err := keyed(c.Request(), raw)
	if err != nil || !keyed {
		return false, err
	}
	var before store.Answered
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		before, done, err = tx.Replayed(c.Request().Context(), key)
		return err
	})
	if err != nil || !done {
		return false, err
	}
	c.Response().Header().Set("Idempotency-Replayed", "true")
	return true, reanswer(c, before)
}

func reanswer(c echo.Context, answer store.Answered) error {
	for name, value := range answer.Header {
		c.Response().Header().Set(name, value)
	}
	if len(answer.Body) == 0 {
		return c.NoContent(answer.Status)
	}
	return c.Blob(answer.Status, cmp.Or(answer.Header[echo.HeaderContentType], echo.MIMEApplicationJSON), answer.Body)
}

func (w outcome) answer(base string) (store.Answered, error) {
	answer := store.Answered{Status: cmp.Or(w.status, http.StatusCreated), Header: map[string]string{}}
	if w.place != "" {
		answer.Header[echo.HeaderLocation] = base + w.place
	}
	if w.body == nil {
		return answer, nil
	}
	if w.kind != "" {
		answer.Header[echo.HeaderContentType] = w.kind
	}
	var err error
	if answer.Body, err = json.Marshal(w.body); err == nil && w.tag != "" {
		answer.Header["ETag"] = fmt.Sprintf("%q", w.tag+hashOf(answer.Body))
	}
	return answer, err
}
