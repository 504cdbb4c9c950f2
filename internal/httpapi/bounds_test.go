package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhengbei/internal/geometry"
	"zhengbei/internal/land"
	"zhengbei/internal/progress"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"
)

// inside is what an answer may never say: SQL, a name of a table or a constraint, a stack, a path, a driver's word.
var inside = regexp.MustCompile(`(?i)\bselect\b.{1,80}\bfrom\b|\binsert into\b|\bdelete from\b|\bupdate \w+ set\b|sqlstate|\b(feature|zone|parcel|plot|context|round|holding|building|contract|party)_version|subject_state|outbox|goroutine|\.go:\d|pgx|pgconn|postgres(ql)?://|/(home|root|tmp|usr|work|dev/shm)/|runtime error|0x[0-9a-f]{6,}`)

// discreet fails where a problem document says what belongs in the log alone.
func discreet(t testing.TB, url string, header http.Header, body []byte) {
	t.Helper()
	if header.Get("Content-Type") != "application/problem+json" {
		return
	}
	if said := inside.Find(body); said != nil {
		t.Errorf("the problem of %s says %q: %s", url, said, body)
	}
	if header.Get("Cache-Control") != "no-store" {
		t.Errorf("the problem of %s may be kept: %q", url, header.Get("Cache-Control"))
	}
}

// contents is a mark of all that a database holds but the record of refusals: two are equal where nothing was written in between.
func contents(t testing.TB, psql *pgx.Conn) string {
	t.Helper()
	rows, err := psql.Query(t.Context(), `SELECT format('SELECT %L || count(*) || '':'' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM %I t', c.relname || ' ', c.relname)
		FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'spatial_ref_sys' AND c.relname NOT LIKE 'audit%' ORDER BY c.relname`) // the trail of refusals is no content
	if err != nil {
		t.Fatal(err)
	}
	queries, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, q := range queries {
		var mark string
		if err := psql.QueryRow(t.Context(), q).Scan(&mark); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		fmt.Fprintln(&b, mark)
	}
	return b.String()
}

// questions change nothing, though they are sent as POST.
var questions = []string{"/api/v1/progress/selection", "/api/v1/progress/what-if"}

// examples stand for the parameters of paths: things that are there, and where asking could end or change something, things that are not.
var examples = []struct {
	begins string
	values map[string]string
}{
	{"/ogc/", map[string]string{":collection": "zones", ":id": "Z-01"}},
	{"/api/v1/features/", map[string]string{":collection": "zones", ":id": "Z-01", ":version": "1"}},
	{"/api/v1/exports/", map[string]string{":file": "zones.geojson"}},
	{"/api/v1/holdings", map[string]string{":id": "H-0001"}},
	{"/api/v1/buildings", map[string]string{":id": "B-0001"}},
	{"/api/v1/contracts", map[string]string{":id": "C-0001"}},
	{"/api/v1/parties", map[string]string{":id": "R-0001"}},
	{"/api/v1/command-posts", map[string]string{":id": "F-01"}},
	{"/zones/", map[string]string{":id": "Z-01"}},
	{"/parcels/", map[string]string{":id": "P-02"}},
	{"/plots/", map[string]string{":id": "L-000001"}},
	{"/assets/", map[string]string{":file": "app-1.js"}},
	{"/docs/problems/", map[string]string{":code": "internal"}},
	{"/tiles/", map[string]string{":z": "9", ":x": "417", ":y": "222.mvt"}},
	{"/api/v1/users", map[string]string{":name": "no-such-person", ":id": "999999"}},
	{"/api/v1/me/", map[string]string{":id": "999999"}},
	{"/api/v1/tokens", map[string]string{":id": "999999"}},
	{"/", map[string]string{":id": "1"}},
}

// example is a path of a route that leads somewhere.
func example(t testing.TB, path string) string {
	t.Helper()
	for _, e := range examples {
		if strings.HasPrefix(path, e.begins) {
			for name, value := range e.values {
				path = strings.ReplaceAll(path, "/"+name, "/"+value)
			}
			break
		}
	}
	if strings.Contains(path, "/:") {
		t.Fatalf("%s has no example", path)
	}
	return path
}

// unsafe are the routes that write.
func unsafe() (all []route) {
	for _, r := range routes {
		if r.method != get && !slices.Contains(questions, r.path) {
			all = append(all, r)
		}
	}
	return all
}

// Every route that writes refuses pages of other origins, and admits its own page and programs.
// It is the table that is asked, so that a new route is held as well.
func TestEveryWriteAsksForItsOwnOrigin(t *testing.T) {
	t.Parallel()
	s := newService(t)
	psql := s.Psql(t)
	if len(unsafe()) < 2 {
		t.Fatal("nothing writes")
	}
	who := map[string][2]string{}
	for _, r := range unsafe() {
		header, value := s.asks(t, r)
		who[r.method+r.path] = [2]string{header, value}
	}
	before := contents(t, psql)
	for _, r := range unsafe() {
		if r.rule&(passersby|readers) != 0 && !strings.HasPrefix(r.path, "/api/v1/session") && r.path != "/api/v1/links/use" {
			t.Errorf("%s %s writes, and admits %s", r.method, r.path, r.rule)
		}
		asked := who[r.method+r.path]
		for name, headers := range map[string][]string{
			"another site's page":      {"Origin", "https://evil.example"},
			"another site's form":      {"Sec-Fetch-Site", "cross-site"},
			"a page of another port":   {"Origin", "http://127.0.0.1:1"},
			"a sandboxed frame":        {"Origin", "null"},
			"a subdomain of this host": {"Sec-Fetch-Site", "same-site"},
			"an origin that is none":   {"Origin", "http://[::1"},
			"its own origin, then not": {"Origin", s.url, "Sec-Fetch-Site", "cross-site"},
		} {
			got := s.send(t, r.method, example(t, r.path), strings.NewReader("{}"), append(headers, asked[:]...)...)
			if p := read[problem](t, got); got.status != http.StatusForbidden || p.Code != "request.origin" {
				t.Errorf("%s %s by %s: %d %s", r.method, r.path, name, got.status, got.body)
			}
		}
		// Who is admitted is told what is wrong with the body, and so has passed.
		for name, headers := range map[string][]string{"a program": nil, "the own page": {"Origin", s.url, "Sec-Fetch-Site", "same-origin"}, "an address that was typed": {"Sec-Fetch-Site", "none"}} {
			if got := s.send(t, r.method, example(t, r.path), strings.NewReader(`{"colour":`), append(headers, asked[:]...)...); got.status == http.StatusForbidden || got.status == http.StatusUnauthorized && r.rule&passersby == 0 {
				t.Errorf("%s %s by %s: %d %s", r.method, r.path, name, got.status, got.body)
			}
		}
	}
	if after := contents(t, psql); after != before {
		t.Errorf("something was written:\n%s%s", before, after)
	}
}

// A strange host is refused on every route, before anything else is looked at.
func TestHostOnEveryRoute(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, r := range routes {
		req, err := http.NewRequestWithContext(t.Context(), r.method, s.url+example(t, r.path), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "evil.example"
		res, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if p := read[problem](t, reply{res.StatusCode, res.Header, body}); res.StatusCode != http.StatusBadRequest || p.Code != "request.host" {
			t.Errorf("%s %s under a strange name: %d %s", r.method, r.path, res.StatusCode, p.Code)
		}
	}
}

// A body of more than 10 MB is 413 on every route that reads one, and 400 on one that reads none, however its length is told; nothing is written.
func TestTenMegabyteBody(t *testing.T) {
	t.Parallel()
	s := newService(t)
	psql := s.Psql(t)
	who := map[string][2]string{}
	for _, r := range routes {
		header, value := s.asks(t, r)
		who[r.method+r.path] = [2]string{header, value}
	}
	before := contents(t, psql)
	large := []byte(`{"reason":"` + strings.Repeat("x", int(mB10)) + `"}`)
	for _, r := range routes {
		if r.method == get || r.path == "/api/v1/imports" { // a file may be larger
			continue
		}
		for name, body := range map[string]io.Reader{"its length told": bytes.NewReader(large), "in chunks": io.MultiReader(bytes.NewReader(large))} {
			kind := "application/json"
			if r.method == http.MethodPatch && strings.HasPrefix(r.path, "/ogc/") {
				kind = "application/merge-patch+json"
			}
			status, code, asked := http.StatusRequestEntityTooLarge, "body.too_large", who[r.method+r.path]
			if r.body == noBody {
				status, code = http.StatusBadRequest, "body.unwanted"
			}
			got := s.send(t, r.method, example(t, r.path), body, "Content-Type", kind, "If-Match", "*", asked[0], asked[1])
			if p := read[problem](t, got); got.status != status || p.Code != code {
				t.Errorf("%s %s, %s: %d %.300s", r.method, r.path, name, got.status, got.body)
			}
		}
	}
	if after := contents(t, psql); after != before {
		t.Errorf("something was written:\n%s%s", before, after)
	}
}

// blanks are as many as anybody reads.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// A file of more than 100 MB is 413, and nothing of it is kept.
func TestHundredMegabyteFile(t *testing.T) {
	t.Parallel()
	s := newService(t)
	psql := s.Psql(t)
	before := contents(t, psql)
	form := io.MultiReader(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"collection\"\r\n\r\nplots\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.geojson\"\r\n\r\n"),
		io.LimitReader(blanks{}, mostImport+1), strings.NewReader("\r\n--x--\r\n"))
	got := s.send(t, post, "/api/v1/imports", form, "Content-Type", "multipart/form-data; boundary=x")
	if p := read[problem](t, got); got.status != http.StatusRequestEntityTooLarge || p.Code != "body.too_large" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if after := contents(t, psql); after != before {
		t.Errorf("something was written:\n%s%s", before, after)
	}
}

// Every list ends at its largest page.
func TestLargestPage(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lists := 0
	for _, r := range routes {
		if r.method != get || !slices.Contains(r.query, "limit") {
			continue
		}
		lists++
		header, value := s.asks(t, r)
		path := example(t, strings.Replace(r.path, "search", "search?q=P", 1))
		glue := "?"
		if strings.Contains(path, "?") {
			glue = "&"
		}
		for _, n := range []string{"10001", "0", "-1", "1e3", "99999999999999999999"} {
			if got := s.get(t, path+glue+"limit="+n, header, value); got.status != http.StatusBadRequest || read[problem](t, got).Code != "limit.malformed" {
				t.Errorf("%s with %s: %d %.200s", path, n, got.status, got.body)
			}
		}
	}
	if lists < 8 {
		t.Errorf("only %d lists", lists)
	}
	if got := s.get(t, "/ogc/collections/parcels/items?limit=10000"); got.status != 200 {
		t.Errorf("the largest page: %d", got.status)
	}
}

// What a body names is counted: things, vertices and rings.
func TestLongLists(t *testing.T) {
	t.Parallel()
	s := newService(t)
	ids := `"H-0001"` + strings.Repeat(`,"H-0001"`, progress.MostIDs)
	ring := func(n int) string {
		var b strings.Builder
		b.WriteString("[")
		for i := range n - 1 {
			fmt.Fprintf(&b, "[%.9f,22.7],", 114+float64(i)*1e-9)
		}
		return b.String() + "[114,22.7]]"
	}
	small := `[[114.0,22.7],[114.001,22.7],[114.001,22.701],[114.0,22.7]]`
	for body, code := range map[string]string{
		`{"holdings":[` + ids + `]}`: "ids.too_many",
		`{"polygon":{"type":"Polygon","coordinates":[` + ring(geometry.MaxVertices+2) + `]}}`:                                          "geometry.too_many",
		`{"polygon":{"type":"Polygon","coordinates":[` + small + strings.Repeat(","+small, geometry.MaxRings) + `]}}`:                  "geometry.too_many",
		`{"polygon":{"type":"MultiPolygon","coordinates":[[` + small + `]` + strings.Repeat(",["+small+"]", geometry.MaxRings) + `]}}`: "geometry.too_many",
	} {
		got := s.post(t, "/api/v1/progress/selection", body)
		if p := read[problem](t, got); got.status != http.StatusUnprocessableEntity || p.Code != code {
			t.Errorf("%.60s: %d %.300s", body, got.status, got.body)
		}
	}
}

// bare is the service behind a server whose times are changed.
func (s *service) bare(t *testing.T, change func(*http.Server)) string {
	t.Helper()
	server := NewServer(s.api.handler(), slog.New(slog.DiscardHandler))
	change(server)
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(Listener(l)) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

// trickle sends a request and then a byte now and then; it answers after how long the server had enough, and what it said.
func trickle(t *testing.T, address, begins, drop string) (took time.Duration, said string) {
	t.Helper()
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	start := time.Now()
	_ = c.SetDeadline(start.Add(20 * time.Second))
	go func() {
		_, err := io.WriteString(c, begins)
		for err == nil {
			time.Sleep(50 * time.Millisecond)
			_, err = io.WriteString(c, drop)
		}
	}()
	raw, _ := io.ReadAll(c)
	return time.Since(start), string(raw)
}

// The server's times are set, and a client that sends a byte now and then is cut off: in its headers, in its body, and when idle.
func TestSlowLoris(t *testing.T) {
	t.Parallel()
	s := demo(t)
	server := NewServer(s.api.handler(), slog.New(slog.DiscardHandler))
	for name, within := range map[string][2]time.Duration{
		"headers": {server.ReadHeaderTimeout, 10 * time.Second}, "reading": {server.ReadTimeout, time.Minute}, "writing": {server.WriteTimeout, 2 * time.Minute}, "idle": {server.IdleTimeout, 5 * time.Minute},
	} {
		if within[0] <= 0 || within[0] > within[1] {
			t.Errorf("%s: %v", name, within[0])
		}
	}
	const short = 500 * time.Millisecond
	before := s.facts(t)
	for name, tt := range map[string]struct {
		change       func(*http.Server)
		begins, drop string
	}{
		"headers": {func(h *http.Server) { h.ReadHeaderTimeout = short }, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", "x"},
		"body":    {func(h *http.Server) { h.ReadTimeout = short }, "POST /api/v1/facts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + storetest.Token("officer") + "\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n" + visit, " "},
		"idle":    {func(h *http.Server) { h.IdleTimeout = short }, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", ""},
	} {
		took, said := trickle(t, s.bare(t, tt.change), tt.begins, tt.drop)
		if took < short/2 || took > 8*short {
			t.Errorf("%s: cut off after %v", name, took)
		}
		if name == "body" && !strings.Contains(said, "body.cut_off") {
			t.Errorf("%s: %q", name, said)
		}
	}
	if n := s.facts(t); n != before {
		t.Errorf("half a body wrote %d facts", n-before)
	}
}

// The event stream lasts as long as its reader: the server's own times do not end it, nor does reading the request.
func TestStreamOutlastsTheServersTimes(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const short = 300 * time.Millisecond
	address := s.bare(t, func(h *http.Server) { h.ReadTimeout, h.WriteTimeout, h.IdleTimeout = short, short, short })
	other := *s
	other.url = "http://" + address
	stream := other.events(t, "")
	stream.next(t)
	time.Sleep(4 * short)
	correct(t, s.Psql(t), "P-02")
	if e := stream.next(t); e.name != "change" {
		t.Errorf("got %+v", e)
	}
}

// A client that leaves takes its question with it: the database goes on with something else.
func TestLeavingEndsTheQuery(t *testing.T) {
	t.Parallel()
	s := newService(t)
	psql, watch := s.Psql(t), s.Psql(t)
	tx, err := psql.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), "LOCK TABLE feature_version IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	waiting := func() (n int) {
		if err := watch.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'zhengbei' AND state = 'active' AND wait_event_type = 'Lock'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	soon := func(what string, n int) {
		t.Helper()
		begun := time.Now()
		for waiting() != n {
			if time.Since(begun) > 2*time.Second {
				t.Fatalf("%s: %d questions wait, not %d", what, waiting(), n)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	for _, path := range []string{"/ogc/collections/parcels/items/P-02", "/ogc/collections/parcels/items", "/api/v1/exports/parcels.geojson"} {
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan struct{})
		go func() {
			defer close(left)
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
			if err != nil {
				panic(err)
			}
			if res, err := s.client.Do(req); err == nil {
				_ = res.Body.Close()
			}
		}()
		soon(path, 1)
		leave()
		<-left
		soon("after leaving "+path, 0)
	}
}

// While the pool is taken a request waits 3 s and is told when to come again; nothing is 500, and the health of the process is no question of the pool.
func TestPoolTaken(t *testing.T) {
	t.Parallel()
	s := newService(t)
	tx, err := s.Psql(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE feature_version IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	const many = 12 // more than there are connections
	got := make(chan reply, many)
	for range many {
		go func() {
			res, err := s.client.Get(s.url + "/ogc/collections/parcels/items/P-02") //nolint:noctx // the client has its own time
			if err != nil {
				got <- reply{}
				return
			}
			body, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			got <- reply{res.StatusCode, res.Header, body}
		}()
	}
	time.Sleep(100 * time.Millisecond)
	if r := s.get(t, "/healthz"); r.status != 200 {
		t.Errorf("the process: %d", r.status)
	}
	tile := s.get(t, tileOver(114.02, 22.69, 9))
	if tile.status != http.StatusServiceUnavailable || tile.header.Get("Cache-Control") != "no-store" || tile.header.Get("Retry-After") == "" || tile.header.Get("Content-Encoding") != "" {
		t.Errorf("a tile that cannot be made: %d %v", tile.status, tile.header)
	}
	codes := map[string]int{}
	for range many {
		r := <-got
		discreet(t, "a taken pool", r.header, r.body)
		if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
			t.Errorf("got %d %s", r.status, r.body)
			continue
		}
		codes[read[problem](t, r).Code]++
	}
	if codes["db.busy"] == 0 || codes["db.slow"] == 0 || codes["db.busy"]+codes["db.slow"] != many {
		t.Errorf("got %v", codes)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := s.get(t, "/ogc/collections/parcels/items/P-02"); r.status != 200 {
		t.Errorf("afterwards: %d", r.status)
	}
	if r := s.get(t, tileOver(114.02, 22.69, 9)); r.status != 200 || len(r.body) == 0 {
		t.Errorf("the tile that failed was kept: %d with %d bytes", r.status, len(r.body))
	}
}

// said keeps what a log says.
type said struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *said) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }

func (l *said) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// What goes wrong in the database is told without its words: those stand in the log.
func TestBugsTellNothing(t *testing.T) {
	t.Parallel()
	var log said
	s := serve(t, storetest.Seeded(t), func(a *api) { a.log = slog.New(slog.NewTextHandler(&log, nil)) })
	must(t, s.Psql(t), "ALTER TABLE feature_version RENAME COLUMN reason TO cause")
	must(t, s.Psql(t), "DROP VIEW land CASCADE")
	seen := 0
	for _, path := range []string{"/ogc/collections/parcels/items/P-02", "/ogc/collections/parcels/items", "/ogc/collections", "/api/v1/search?q=P", "/tiles/9/417/222.mvt", "/api/v1/features/parcels/P-02/versions"} {
		r := s.send(t, http.MethodGet, path, nil)
		if r.status != http.StatusInternalServerError {
			continue
		}
		seen++
		if p := read[problem](t, r); p.Code != "internal" || p.RequestID == "" {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	if seen < 3 || !strings.Contains(log.String(), "land") {
		t.Errorf("%d of the questions met the bug; the log says %.300s", seen, log.String())
	}
}

// A control of the test above: it finds what a problem may not say.
func TestDiscreetFinds(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		`SELECT v.fid FROM land v`, `relation "feature_version" does not exist`, `ERROR: x (SQLSTATE 42P01)`, "goroutine 7 [running]", "/srv/zhengbei/internal/store/db.go:12", "pgx: no rows", "runtime error: index out of range",
	} {
		if inside.FindString(said) == "" {
			t.Errorf("%q passes", said)
		}
	}
	for _, fine := range []string{"The version has moved on; read it again.", "/ogc/collections/zones/items/Z-01", "feature.no_version", "Update the page and select an area again."} {
		if said := inside.FindString(fine); said != "" {
			t.Errorf("%q is found in %q", said, fine)
		}
	}
}

// A panic in a handler of a write commits nothing.
func TestPanicWritesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, storetest.Seeded(t), func(a *api) {
		a.table = append([]route{{post, "/panic", officers, toEdit, writing, mB10, light, nil, func(a *api, c echo.Context) error {
			return a.write(c, nil, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
				return a.db.Write(ctx, by, func(tx *store.Tx) error {
					if err := keep(tx, outcome{body: "done"}); err != nil {
						return err
					}
					panic("late")
				})
			})
		}}}, routes...)
	})
	before := contents(t, s.Psql(t))
	if r := s.send(t, post, "/panic", strings.NewReader("{}"), "Idempotency-Key", "k"); r.status != http.StatusInternalServerError {
		t.Errorf("got %d", r.status)
	}
	if after := contents(t, s.Psql(t)); after != before {
		t.Errorf("something was written:\n%s%s", before, after)
	}
	if used, _, _, _ := s.db.Stats(); used != 0 {
		t.Errorf("%d connections are not given back", used)
	}
}
