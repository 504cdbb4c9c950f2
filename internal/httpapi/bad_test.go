package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
)

// What is asked wrongly is told what, where and how to mend it; none of it is a 500, and the service goes on.
func TestBadInput(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const items = "/ogc/collections/parcels/items"
	tests := []struct {
		path    string
		status  int
		code    string
		pointer string
	}{
		{"/nothing", 404, "route.unknown", ""},
		{"/ogc/collections/houses", 404, "collection.unknown", "{collection}"},
		{"/ogc/collections/houses/items", 404, "collection.unknown", "{collection}"},
		{items + "?colour=red", 400, "parameter.unknown", "?colour"},
		{items + "?limit=1&limit=2", 400, "parameter.twice", "?limit"},
		{items + "/P-99", 404, "feature.unknown", ""},
		{items + "/P-02?colour=red", 400, "parameter.unknown", "?colour"},
		{items + "?bbox=114.1,22.6,114.0,22.7", 400, "bbox.turned_round", "?bbox"},
		{items + "?bbox=114.0,22.7,114.1,22.6", 400, "bbox.turned_round", "?bbox"},
		{items + "?bbox=-400,22.6,114.1,22.7", 400, "bbox.out_of_range", "?bbox"},
		{items + "?bbox=NaN,22.6,114.1,22.7", 400, "bbox.malformed", "?bbox"},
		{items + "?bbox=114.0,22.6,+Inf,22.7", 400, "bbox.malformed", "?bbox"},
		{items + "?bbox=1,2,3", 400, "bbox.malformed", "?bbox"},
		{items + "?bbox=", 400, "bbox.malformed", "?bbox"},
		{items + "?limit=0", 400, "limit.malformed", "?limit"},
		{items + "?limit=-1", 400, "limit.malformed", "?limit"},
		{items + "?limit=1000000000", 400, "limit.malformed", "?limit"},
		{items + "?limit=ten", 400, "limit.malformed", "?limit"},
		{items + "?next=rubbish", 400, "next.forged", "?next"},
		{items + "?next=" + strings.Repeat("A", 400), 400, "next.forged", "?next"},
		{items + "?next=", 400, "next.forged", "?next"},
		{items + "?datetime=2022-02-01/2022-01-01", 400, "datetime.upside_down", "?datetime"},
		{items + "?datetime=2022-01-01&at=2022-01-01", 400, "datetime.with_at", "?datetime"},
		{items + "?datetime=yesterday", 400, "date.malformed", "?datetime"},
		{items + "?at=2022-02-30", 400, "date.malformed", "?at"},
		{items + "?at=99999-01-01", 400, "date.malformed", "?at"},
		{items + "?at=0001-01-01", 400, "date.out_of_range", "?at"},
		{items + "?known=9999-01-01", 400, "known.in_future", "?known"},
		{items + "?known=soon", 400, "known.malformed", "?known"},
		{items + "?fid=-1", 400, "fid.malformed", "?fid"},
		{items + "?fid=99999999999999", 400, "fid.malformed", "?fid"},
		{items + "?f=shp", 400, "format.unknown", "?f"},
		{items + "?at=%00", 400, "request.not_text", "?at"},
		{"/tiles/23/0/0.mvt", 404, "tile.zoom", "{z}"},
		{"/tiles/-1/0/0.mvt", 404, "tile.zoom", "{z}"},
		{"/tiles/3/8/0.mvt", 404, "tile.range", "{x}"},
		{"/tiles/3/0/-1.mvt", 404, "tile.range", "{y}"},
		{"/tiles/3/0/0.png", 404, "tile.format", "{y}"},
		{"/tiles/3/0/zero.mvt", 404, "tile.number", "{y}"},
		{"/tiles/3/00/0.mvt", 404, "tile.number", "{x}"},
		{"/tiles/99999999999999999999/0/0.mvt", 404, "tile.number", "{z}"},
		{"/tiles/3/0/0.mvt?at=never", 400, "date.malformed", "?at"},
		{"/tiles/3/0/0.mvt?when=now", 400, "parameter.unknown", "?when"},
		{"/api/v1/exports/parcels.exe", 404, "export.format", "{file}"},
		{"/api/v1/exports/houses.geojson", 404, "collection.unknown", "{collection}"},
		{"/api/v1/search", 400, "search.words", "?q"},
		{"/api/v1/search?q=" + strings.Repeat("x", 101), 400, "search.words", "?q"},
		{"/api/v1/features/parcels/P-02/versions/0", 404, "feature.no_version", "{version}"},
		{"/api/v1/features/parcels/P-02/versions/9", 404, "feature.no_version", ""},
		{"/assets/nothing.js", 404, "route.unknown", ""},
		{"/assets/..%2f..%2fgo.mod", 404, "route.unknown", ""},
		{"/docs/problems/nothing", 404, "route.unknown", ""},
		{items + "?bbox=" + strings.Repeat("1", 9000), 413, "request.too_long", "?"},
	}
	for _, tt := range tests {
		r := s.get(t, tt.path)
		p := read[problem](t, r)
		if r.status != tt.status || p.Code != tt.code || p.Errors[0].Pointer != tt.pointer {
			t.Errorf("%.80s: %d %s at %q", tt.path, r.status, p.Code, p.Errors[0].Pointer)
		}
		if r.header.Get("Content-Type") != "application/problem+json" || p.Status != r.status || p.Detail == "" || p.Errors[0].Mend == "" || p.RequestID == "" ||
			r.header.Get("Cache-Control") != "no-store" || strings.ContainsAny(p.Detail+p.Errors[0].Mend, "{}") && tt.code != "tile.format" {
			t.Errorf("%.80s: no good problem: %+v", tt.path, p)
		}
		if r := s.get(t, p.Type); r.status != 200 || !bytes.Contains(r.body, []byte(p.Code)) {
			t.Errorf("%s is not documented at %s", p.Code, p.Type)
		}
		en := read[problem](t, s.get(t, tt.path, "Accept-Language", "en"))
		if en.Detail == p.Detail || en.Code != p.Code {
			t.Errorf("%.80s: %q is not English", tt.path, en.Detail)
		}
	}
	if r := s.get(t, "/healthz"); r.status != 200 {
		t.Errorf("the service answers %d afterwards", r.status)
	}
}

// All faults of one request come in one answer.
func TestEveryFaultIsListed(t *testing.T) {
	t.Parallel()
	p := read[problem](t, newService(t).get(t, "/ogc/collections/parcels/items?bbox=1&limit=0&at=x&f=y&fid=z"))
	if len(p.Errors) != 5 {
		t.Errorf("got %+v", p.Errors)
	}
}

func TestTokenBelongsToItsQuery(t *testing.T) {
	t.Parallel()
	s := newService(t)
	page := read[collectionAnswer](t, s.get(t, "/ogc/collections/parcels/items?limit=2&at=2022-01-01"))
	next, err := url.Parse(page.link("next"))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(url.Values, *string){
		"another limit":      func(q url.Values, _ *string) { q.Set("limit", "3") },
		"another day":        func(q url.Values, _ *string) { q.Set("at", "2022-01-02") },
		"a box more":         func(q url.Values, _ *string) { q.Set("bbox", "113,22,115,23") },
		"another collection": func(_ url.Values, path *string) { *path = "/ogc/collections/zones/items" },
		"a letter changed": func(q url.Values, _ *string) {
			token := []byte(q.Get("next"))
			token[len(token)-2] ^= 1
			q.Set("next", string(token))
		},
	} {
		q, path := next.Query(), next.Path
		change(q, &path)
		if p := read[problem](t, s.get(t, path+"?"+q.Encode())); p.Code != "next.forged" {
			t.Errorf("%s: %s", name, p.Code)
		}
	}
}

func TestRubbishTags(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, path := range []string{"/ogc/collections/parcels/items/P-02", "/tiles/12/3345/1783.mvt", "/", "/api/v1/round"} {
		for _, tag := range []string{"rubbish", `"open`, `W/`, `"a" "b"`, `,`, `"a",,`} {
			r := s.get(t, path, "If-None-Match", tag)
			if p := read[problem](t, r); r.status != 400 || p.Code != "etag.malformed" || p.Errors[0].Pointer != "If-None-Match:" {
				t.Errorf("%s with %q: %d %s", path, tag, r.status, p.Code)
			}
		}
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		r := s.do(t, method, "/ogc/collections/parcels")
		if p := read[problem](t, r); r.status != 405 || p.Code != "route.method" || !strings.Contains(r.header.Get("Allow"), "GET") || !strings.Contains(p.Errors[0].Mend, "GET") {
			t.Errorf("%s: %d %s, allowed %q", method, r.status, p.Code, r.header.Get("Allow"))
		}
	}
}

// A name that is not ours is refused: DNS rebinding would read unannounced boundaries through an officer's browser.
func TestHost(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t), func(a *api) { a.public = &url.URL{Scheme: "https", Host: "land.example"} })
	for host, status := range map[string]int{"evil.example": 400, "localhost:8080": 200, "127.0.0.1": 200, "[::1]:80": 200, "land.example": 200} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/ogc", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("%s: %d", host, res.StatusCode)
		}
	}
	if landing := string(s.get(t, "/ogc").body); !strings.Contains(landing, `"https://land.example/ogc/collections"`) {
		t.Errorf("links do not honour the public address: %s", landing)
	}
}

// A query of 10 MB is answered with a problem, though net/http never shows it to a handler.
func TestTenMegabyteQuery(t *testing.T) {
	t.Parallel()
	s := newService(t)
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	go func() {
		_, _ = fmt.Fprintf(c, "GET /ogc?q=%s HTTP/1.1\r\nHost: localhost\r\n\r\n", strings.Repeat("x", 10<<20))
	}()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body bytes.Buffer
	_, _ = body.ReadFrom(res.Body)
	if p := read[problem](t, reply{res.StatusCode, res.Header, body.Bytes()}); res.StatusCode != 413 || p.Code != "request.too_long" {
		t.Errorf("got %d %s", res.StatusCode, body.String())
	}
	if r := s.get(t, "/healthz"); r.status != 200 {
		t.Errorf("the service answers %d afterwards", r.status)
	}
}

// A panic is one 500 without details, with its stack in the log alone; in a stream it cuts the connection.
func TestPanic(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t), func(a *api) {
		a.table = append([]route{
			{get, "/panic", anyone, toRead, reading, noBody, light, nil, func(*api, echo.Context) error { panic("secret detail") }},
			{get, "/late", anyone, toRead, reading, noBody, light, nil, func(_ *api, c echo.Context) error {
				c.Response().WriteHeader(200)
				_, _ = c.Response().Write([]byte("half"))
				c.Response().Flush()
				panic("too late")
			}},
			{get, "/closed", nobody, toRead, reading, noBody, light, nil, func(*api, echo.Context) error { return nil }},
		}, routes...)
	})
	r := s.get(t, "/panic")
	if p := read[problem](t, r); r.status != 500 || p.Code != "internal" || bytes.Contains(r.body, []byte("secret")) {
		t.Errorf("got %d %s", r.status, r.body)
	}
	if res, err := s.client.Get(s.url + "/late"); err == nil { //nolint:noctx // cut off by design
		var b bytes.Buffer
		if _, err := b.ReadFrom(res.Body); err == nil {
			t.Errorf("a stream that broke looks whole: %q", b.String())
		}
		_ = res.Body.Close()
	}
	if r := s.get(t, "/closed"); r.status != 404 {
		t.Errorf("a route without a rule answers %d", r.status)
	}
	if r := s.get(t, "/healthz"); r.status != 200 {
		t.Errorf("the service answers %d afterwards", r.status)
	}
}

// A client that leaves in the middle is nobody's error.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for i := range 40 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*200*time.Microsecond)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+[]string{"/ogc/collections/context/items", "/tiles/12/3345/1783.mvt?at=2022-01-0" + fmt.Sprint(1+i%9), "/api/v1/events"}[i%3], nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := s.client.Do(req); err == nil {
			_ = res.Body.Close()
		}
		cancel()
	}
	metrics := string(s.get(t, "/metrics").body)
	for line := range strings.SplitSeq(metrics, "\n") {
		if strings.HasPrefix(line, "zhengbei_requests_total") && strings.Contains(line, `status="5`) {
			t.Errorf("a client that left was counted as %s", line)
		}
	}
	if r := s.get(t, "/ogc/collections/context/items"); r.status != 200 {
		t.Errorf("the service answers %d afterwards", r.status)
	}
}
