package httpapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"zhengbei/internal/account"
	"zhengbei/internal/land"
	"zhengbei/internal/progress"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
	"zhengbei/internal/tile"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// service is a whole service on a seeded database, as a client sees it.
type service struct {
	storetest.Database
	url    string
	client *http.Client
	api    *api
	db     *store.DB
}

var site = fstest.MapFS{
	"index.html":         {Data: []byte("<!doctype html><title>整备</title>")},
	"assets/app-1.js":    {Data: []byte("export {}")},
	"assets/app-1.js.gz": {Data: []byte("gzip of it")},
	"favicon.svg":        {Data: []byte("<svg/>")},
}

func newDatabase(t testing.TB) storetest.Database { t.Helper(); return storetest.Seeded(t) }

func newService(t testing.TB) *service {
	t.Helper()
	return serve(t, storetest.Seeded(t), nil)
}

// serve starts a service on a database; with changes the table of routes first.
func serve(t testing.TB, d storetest.Database, with func(*api)) *service {
	t.Helper()
	s := &service{Database: d, client: clientOf("officer")}
	s.db = d.Open(t)
	front := d.Front(t)
	pages, err := NewSite(site)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	hub := NewHub()
	tiles := tile.NewServer(s.db.Tile, time.Now, 16<<20)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); s.db.Follow(ctx, store.Followers{tiles, hub}) }()
	s.api = &api{db: front, tiles: tiles, hub: hub, site: pages, release: "test", log: log, now: time.Now, table: routes, figures: progress.NewReader(front)}
	s.api.people, s.api.origins = account.NewKeeper(front, time.Now, log), http.NewCrossOriginProtection()
	s.api.rates = newRates(time.Now, 1000) // tests ask faster than people
	s.api.meter = newMeter(s.api)
	if with != nil {
		with(s.api)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewServer(s.api.handler(), log)
	server.RegisterOnShutdown(hub.Close)
	go func() { _ = server.Serve(Listener(l)) }()
	t.Cleanup(func() {
		_ = server.Close()
		cancel()
		<-ended
	})
	s.url = "http://" + l.Addr().String()
	select {
	case <-hub.Heard():
	case <-time.After(10 * time.Second):
		t.Fatal("the service does not hear changes")
	}
	return s
}

// as is the same service, asked by another account of storetest; empty: by nobody.
func (s *service) as(name string) *service {
	other := *s
	other.client = clientOf(name)
	return &other
}

// session signs an account of storetest in, as the database has it; the header shows it.
func (s *service) session(t testing.TB, name string) (header, value string) {
	t.Helper()
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	shown := base64.RawURLEncoding.EncodeToString(secret)
	sum := sha256.Sum256([]byte(shown))
	tag, err := s.Psql(t).Exec(t.Context(), `INSERT INTO session (account_id, secret, ends_at, address, agent)
		SELECT account_id, $2, clock_timestamp() + interval '1 hour', '127.0.0.1', 'test' FROM account WHERE name = $1`, name, sum[:])
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatalf("%s is not signed in: %v", name, err)
	}
	return "Cookie", cookiePlain + "=" + shown
}

// asks is what to send with a request so that its route admits it, in a database with the demonstration or with outlines alone.
func (s *service) asks(t testing.TB, r route) (header, value string) {
	t.Helper()
	for _, role := range land.Roles {
		if r.rule.admits(role) && role != land.RolePost {
			if r.scope == bySession {
				return s.session(t, string(role))
			}
			return "Authorization", "Bearer " + storetest.Token(string(role))
		}
	}
	t.Fatalf("%s %s admits nobody", r.method, r.path)
	return "", ""
}

// clientOf asks as an account of storetest.
func clientOf(name string) *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: shows{name, &http.Transport{DisableCompression: true}}}
}

// shows puts the token of an account into each request that shows no credential.
type shows struct {
	name string
	http.RoundTripper
}

func (s shows) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.name != "" && r.Header.Get("Authorization") == "" && r.Header.Get("Cookie") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+storetest.Token(s.name))
	}
	return s.RoundTripper.RoundTrip(r)
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) etag() string { return r.header.Get("ETag") }

func (s *service) get(t testing.TB, path string, headers ...string) reply {
	t.Helper()
	return s.do(t, http.MethodGet, path, headers...)
}

// do asks without a body.
func (s *service) do(t testing.TB, method, path string, headers ...string) reply {
	t.Helper()
	return s.send(t, method, path, nil, headers...)
}

// send asks with any method, any body and any headers, and holds the answer against the OpenAPI document.
func (s *service) send(t testing.TB, method, path string, body io.Reader, headers ...string) reply {
	t.Helper()
	if address, absolute := strings.CutPrefix(path, "http://"); absolute { // as Location gave it, perhaps of another service on the same database
		path = address[strings.Index(address, "/"):]
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	discreet(t, method+" "+path, res.Header, raw)
	if method != http.MethodHead && res.Header.Get("Content-Encoding") == "" {
		describe(t, req, res, raw)
	}
	return reply{res.StatusCode, res.Header, raw}
}

func read[T any](t testing.TB, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("status %d: %v: %.300s", r.status, err, r.body)
	}
	return v
}

var described = func() routers.Router {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI30(openAPIFile))
	if err != nil {
		panic(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		panic(err)
	}
	doc.Servers = nil
	r, err := gorillamux.NewRouter(doc)
	if err != nil {
		panic(err)
	}
	openapi3filter.RegisterBodyDecoder("application/geo+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/problem+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/jsonl", openapi3filter.PlainBodyDecoder)
	return r
}()

// describe fails where an answer is not what the OpenAPI document says.
func describe(t testing.TB, req *http.Request, res *http.Response, body []byte) {
	t.Helper()
	route, params, err := described.FindRoute(req)
	if err != nil || !strings.Contains(res.Header.Get("Content-Type"), "json") || strings.Contains(res.Header.Get("Content-Type"), "openapi") {
		return // the page's files, tiles and metrics are not described by a schema
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		t.Errorf("%s is not as described: %v", req.URL, err)
	}
}
