package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"zhengbei/internal/fault"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"
)

// status is the one place where a kind of fault becomes a status and a title.
var status = map[fault.Kind]struct {
	code   int
	zh, en string
}{
	fault.Internal:         {http.StatusInternalServerError, "服务出错", "Internal error"},
	fault.Malformed:        {http.StatusBadRequest, "请求写法有误", "Malformed request"},
	fault.Unauthenticated:  {http.StatusUnauthorized, "未登录", "Not signed in"},
	fault.Forbidden:        {http.StatusForbidden, "无权限", "Not permitted"},
	fault.NotFound:         {http.StatusNotFound, "未找到", "Not found"},
	fault.MethodNotAllowed: {http.StatusMethodNotAllowed, "方法不支持", "Method not allowed"},
	fault.NotAcceptable:    {http.StatusNotAcceptable, "无可用格式", "Not acceptable"},
	fault.Conflict:         {http.StatusConflict, "与其他数据冲突", "Conflict"},
	fault.Gone:             {http.StatusGone, "已注销", "Retired"},
	fault.Stale:            {http.StatusPreconditionFailed, "版本已变", "Stale version"},
	fault.TooLarge:         {http.StatusRequestEntityTooLarge, "请求过大", "Too large"},
	fault.Unsupported:      {http.StatusUnsupportedMediaType, "格式不支持", "Unsupported media type"},
	fault.Invalid:          {http.StatusUnprocessableEntity, "内容不符合规定", "Not lawful"},
	fault.Required:         {http.StatusPreconditionRequired, "缺少前提条件", "Precondition required"},
	fault.TooMany:          {http.StatusTooManyRequests, "请求过多", "Too many requests"},
	fault.Busy:             {http.StatusServiceUnavailable, "暂时不可用", "Temporarily unavailable"},
}

// retryAfter is how many seconds a client may wait after 503: PostgreSQL starts again in about two.
const retryAfter = "2"

// problem is RFC 9457, with every fault of the request in errors.
type problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Code      string  `json:"code"`
	Detail    string  `json:"detail"`
	Instance  string  `json:"instance"`
	RequestID string  `json:"request_id"`
	Errors    []entry `json:"errors"`
	Links     []link  `json:"links,omitempty"`
}

type entry struct {
	Code    string      `json:"code"`
	Detail  string      `json:"detail"`
	Pointer string      `json:"pointer,omitempty"` // a JSON pointer into the body, ?name of a parameter, {name} of the path, or a header's name:
	Point   *[2]float64 `json:"point,omitempty"`
	Mend    string      `json:"mend,omitempty"`
}

type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

var languages = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// speaks is the language that a request asks for; Chinese where it does not say.
func speaks(r *http.Request) fault.Language {
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(wanted) == 0 {
		return fault.Chinese
	}
	if _, i, _ := languages.Match(wanted...); i == 1 {
		return fault.English
	}
	return fault.Chinese
}

// fail answers an error: a fault as it is, a departed client with nothing, anything else as a bug without details.
func (a *api) fail(err error, c echo.Context) {
	r := c.Request()
	if c.Response().Committed {
		return
	}
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		c.Response().Status = statusClientGone // for the log; nobody reads it
		return
	}
	f := a.faultOf(err, c)
	a.recordRefusal(c, f)
	if opensAsPage(c) {
		a.sayRefused(c, f)
		return
	}
	lang := speaks(r)
	p, code := newProblem(f, lang)
	p.Instance = r.URL.Path
	p.RequestID = requestID(c)
	for _, l := range f.Links {
		p.Links = append(p.Links, link{l.Rel, a.base(r) + "/ogc/collections/" + l.Collection + "/items/" + l.ID})
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/problem+json")
	h.Set("Content-Language", string(lang))
	h.Add(echo.HeaderVary, "Accept-Language")
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Del("ETag")
	if code == http.StatusServiceUnavailable {
		h.Set(echo.HeaderRetryAfter, retryAfter)
	}
	if code == http.StatusUnauthorized {
		h.Add(echo.HeaderWWWAuthenticate, "Bearer")
		if r.Header.Get("Sec-Fetch-Site") == "" { // a browser would open its own box over the page's; QGIS asks for a name
			h.Add(echo.HeaderWWWAuthenticate, `Basic realm="zhengbei", charset="UTF-8"`)
		}
	}
	c.Response().WriteHeader(code)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(c.Response()).Encode(with(p, f.Shows))
	}
}

// with is a problem with the members that its fault brings, such as what stands there now.
func with(p problem, shows []fault.Member) any {
	if len(shows) == 0 {
		return p
	}
	members := map[string]json.RawMessage{}
	raw, _ := json.Marshal(p) // a problem is of strings and numbers
	_ = json.Unmarshal(raw, &members)
	for _, m := range shows {
		members[m.Name] = m.JSON
	}
	return members
}

// statusClientGone is nginx's word for a client that left before the answer.
const statusClientGone = 499

func newProblem(f *fault.Error, lang fault.Language) (problem, int) {
	s := status[f.Kind]
	p := problem{Type: "/docs/problems/" + f.Code, Title: s.zh, Status: s.code, Code: f.Code, Detail: f.Says(lang), Errors: []entry{}}
	if lang == fault.English {
		p.Title = s.en
	}
	for _, one := range f.Each() {
		p.Errors = append(p.Errors, entry{Code: one.Code, Detail: one.Says(lang), Pointer: one.Field, Point: one.Point, Mend: one.Mend(lang)})
	}
	return p, s.code
}

func (a *api) faultOf(err error, c echo.Context) *fault.Error {
	if f, ok := fault.As(err); ok {
		if f.Kind == fault.Busy || f.Kind == fault.Internal {
			a.log.Warn("refused", "id", requestID(c), "error", err)
		}
		return f
	}
	var h *echo.HTTPError
	if errors.As(err, &h) {
		switch h.Code {
		case http.StatusNotFound:
			return fault.New(fault.NotFound, "route.unknown", "path", c.Request().URL.Path)
		case http.StatusMethodNotAllowed:
			allow := c.Response().Header().Get(echo.HeaderAllow)
			return fault.New(fault.MethodNotAllowed, "route.method", "method", c.Request().Method, "allow", allow)
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		a.log.Warn("a request took too long", "id", requestID(c), "error", err)
		return fault.New(fault.Busy, "request.slow")
	}
	a.log.Error("a bug", "id", requestID(c), "method", c.Request().Method, "path", c.Request().URL.Path, "error", err)
	return fault.New(fault.Internal, "internal")
}

// gzipMark ends the tag of an answer in gzip, since another coding is another representation.
const gzipMark = "-gzip"

// unchanged sets the strong tag and reports whether the client has this content already, in whichever coding.
func unchanged(c echo.Context, tag string) (bool, error) {
	c.Response().Header().Set("ETag", fmt.Sprintf("%q", tag))
	asked := c.Request().Header.Values("If-None-Match")
	if len(asked) == 0 {
		return false, nil
	}
	tags, err := parseTags("If-None-Match:", strings.Join(asked, ","))
	if err != nil {
		return false, err
	}
	for _, t := range tags {
		if t.text == "*" || strings.TrimSuffix(t.text, gzipMark) == strings.TrimSuffix(tag, gzipMark) {
			if t.text != "*" {
				c.Response().Header().Set("ETag", fmt.Sprintf("%q", t.text))
			}
			return true, nil
		}
	}
	return false, nil
}
