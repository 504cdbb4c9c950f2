package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// request is a write under a key of its own, which stands in what it writes.
type request struct {
	key, method, path, kind, body, tag string
	by                                 int // the number of the writer
}

// visitOf records a visit, whose note is its key.
func visitOf(key string) request {
	body := fmt.Sprintf(`{"subject":{"kind":"holding","id":"H-0%03d"},"kind":"visited","occurred_on":"2022-12-30","note":%q}`, 1+crc32.ChecksumIEEE([]byte(key))%900, key)
	return request{key: key, method: http.MethodPost, path: "/api/v1/facts", kind: "application/json", body: body}
}

// zoneOf draws a square of 20 m where nobody else draws, whose name is its key.
func zoneOf(key string, column, row int) request {
	west, south := 114.15+0.0003*float64(column), 22.6+0.0003*float64(row)
	body := fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[%[2]f,%[3]f],[%[4]f,%[3]f],[%[4]f,%[5]f],[%[2]f,%[5]f],[%[2]f,%[3]f]]]},
		"properties":{"name":%[1]q,"accuracy":"surveyed","source":"测试","source_en":"test","reason":"drawn"}}`, key, west, south, west+0.0002, south+0.0002)
	return request{key: key, method: http.MethodPost, path: zoneItems, kind: "application/geo+json", body: body}
}

const zoneItems = "/ogc/collections/zones/items"

// correctionOf gives the zone at an address another reason: its key.
func correctionOf(key, address, tag string) request {
	return request{
		key: key, method: http.MethodPatch, path: address, kind: "application/merge-patch+json", tag: tag,
		body: fmt.Sprintf(`{"properties":{"name_en":%q,"reason":%q}}`, key, key),
	}
}

// writers send requests, each as an officer of their own, and keep what was acknowledged and what was not answered.
type writers struct {
	tokens  []string
	url     atomic.Value
	mu      sync.Mutex
	acked   map[string]bool
	unsure  map[string]request
	refused []string
	last    string // what was said last to one that is not sure
}

// many is how many write at once.
const many = 16

// officers are as many as write at once.
func officers(t *testing.T, env ...string) []string {
	t.Helper()
	tokens := make([]string, many)
	for n := range tokens {
		tokens[n] = tokenOf(t, fmt.Sprint("writer", n), env...)
	}
	return tokens
}

func newWriters(url string, tokens []string) *writers {
	w := &writers{tokens: tokens, acked: map[string]bool{}, unsure: map[string]request{}}
	w.url.Store(url)
	return w
}

// send answers the address and the tag of what was written, if it is sure.
func (w *writers) send(q request) (address, tag string, sure bool) {
	req, err := http.NewRequestWithContext(context.Background(), q.method, w.url.Load().(string)+q.path, strings.NewReader(q.body))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", q.kind)
	req.Header.Set("Idempotency-Key", q.key)
	req.Header.Set("Authorization", "Bearer "+w.tokens[q.by])
	if q.tag != "" {
		req.Header.Set("If-Match", q.tag)
	}
	status, says := 0, ""
	if res, err := (&http.Client{Timeout: 8 * time.Second}).Do(req); err == nil {
		raw, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err == nil {
			status, says = res.StatusCode, string(raw)
			address, tag = res.Header.Get("Location"), res.Header.Get("ETag")
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case status == http.StatusCreated || status == http.StatusOK:
		w.acked[q.key] = true
		delete(w.unsure, q.key)
		return address, tag, true
	case status == 0 || status >= 500:
		w.unsure[q.key] = q
		w.last = fmt.Sprint(q.method, " ", q.path, ": ", status, " ", says)
	default: // an answer as well; of a change to what was lost, it is that there is no such thing
		delete(w.unsure, q.key)
		w.refused = append(w.refused, fmt.Sprint(q.method, " ", q.path, ": ", status, " ", says))
	}
	return "", "", false
}

// drawn tells the rounds of one test apart, so that no two draw in one place.
var drawn atomic.Int64

// during writes with 16 writers while fn goes on: facts, and squares that are drawn and then corrected.
func (w *writers) during(name string, fn func()) {
	var all sync.WaitGroup
	done := make(chan struct{})
	for n := range many {
		send := func(q request) (string, string, bool) { q.by = n; return w.send(q) }
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				key := fmt.Sprintf("%s-%d-%d", name, n, i)
				_, _, sure := send(visitOf(key))
				if place := int(drawn.Add(1)); sure && i%2 == 0 {
					var address, tag string
					if address, tag, sure = send(zoneOf(key+"-drawn", place%300, place/300)); sure {
						_, _, sure = send(correctionOf(key+"-corrected", pathOf(address), tag))
					}
				}
				if !sure {
					time.Sleep(250 * time.Millisecond) // nobody is there
				}
			}
		})
	}
	fn()
	close(done)
	all.Wait()
}

// pathOf is the path of an address: the server may have another port when it comes back.
func pathOf(address string) string {
	if i := strings.Index(address, "/ogc/"); i >= 0 {
		return address[i:]
	}
	return address
}

// settle sends all that was not answered again, and holds what is there against what was acknowledged.
func (w *writers) settle(t *testing.T, s *server) (lost, twice int) {
	t.Helper()
	w.url.Store(s.url)
	for try := range 30 { // on a machine that is busy otherwise it may take a while until all are answered
		if len(w.unsure) == 0 {
			break
		}
		if try > 0 {
			time.Sleep(time.Second)
		}
		w.mu.Lock()
		var again []request
		for _, q := range w.unsure {
			again = append(again, q)
		}
		w.mu.Unlock()
		for _, q := range again {
			w.send(q)
		}
	}
	if len(w.unsure) > 0 {
		t.Fatalf("%d requests are never answered: %.400s", len(w.unsure), w.last)
	}
	written := map[string]int{}
	count := func(key *string) {
		if key != nil {
			written[*key]++
		}
	}
	s.pages(t, s.url+"/api/v1/facts?kind=visited&from=2022-12-30&limit=10000", func(raw []byte) string {
		var page struct {
			Items []struct{ Note *string }
			Next  *string
		}
		if err := json.Unmarshal(raw, &page); err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Items {
			count(f.Note)
		}
		if page.Next == nil {
			return ""
		}
		return *page.Next
	})
	s.pages(t, s.url+zoneItems+"?limit=10000", func(raw []byte) string {
		var page struct {
			Features []struct {
				Properties struct{ Name, Reason *string }
			}
			Links []struct{ Rel, Href string }
		}
		if err := json.Unmarshal(raw, &page); err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Features {
			count(f.Properties.Name)
			count(f.Properties.Reason)
		}
		for _, l := range page.Links {
			if l.Rel == "next" {
				return l.Href
			}
		}
		return ""
	})
	for key := range w.acked {
		switch written[key] {
		case 0:
			lost++
		case 1:
		default:
			twice++
		}
	}
	t.Logf("%d writes acknowledged, %d of them lost, %d written twice", len(w.acked), lost, twice)
	return lost, twice
}

// whole fails where anything acknowledged is lost or anything was written twice.
func (w *writers) whole(t *testing.T, s *server) {
	t.Helper()
	lost, twice := w.settle(t, s)
	if lost > 0 || twice > 0 {
		t.Errorf("of %d acknowledged writes %d are lost, %d were written twice", len(w.acked), lost, twice)
	}
	if len(w.refused) > 0 {
		t.Errorf("%d requests are refused: %.400v", len(w.refused), w.refused)
	}
	if len(w.acked) < 50 {
		t.Errorf("only %d writes: nothing was tried", len(w.acked))
	}
}

// pages reads a list to its end; read answers the address of the next page.
func (s *server) pages(t *testing.T, next string, read func([]byte) string) {
	t.Helper()
	for next != "" {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, next, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+s.token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		next = read(raw)
	}
}

// killPostgres stops the one process that writes the log in the background, lets everybody write on for a while, and kills
// PostgreSQL with all its processes: what it had promised and held in memory alone is gone, as when the power fails.
func killPostgres(t *testing.T, data string, after time.Duration) {
	t.Helper()
	raw, err := os.ReadFile(strings.TrimPrefix(data, "ZHENGBEI_DATA=") + "/cluster/postmaster.pid")
	if err != nil {
		t.Error(err)
		return
	}
	pid, err := strconv.Atoi(strings.SplitN(string(raw), "\n", 2)[0])
	if err != nil {
		t.Error(err)
		return
	}
	held := false
	for _, child := range childrenOf(pid) {
		if title, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child)); err == nil && strings.Contains(string(title), "walwriter") {
			held = syscall.Kill(child, syscall.SIGSTOP) == nil
		}
	}
	if !held {
		t.Error("PostgreSQL has no process that writes its log in the background")
	}
	time.Sleep(after)
	for _, each := range append([]int{pid}, childrenOf(pid)...) {
		if err := syscall.Kill(each, syscall.SIGKILL); err != nil && each == pid {
			t.Error(err)
		}
	}
}

// childrenOf are the processes that a process has started.
func childrenOf(pid int) (children []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		number, rest, _ := strings.Cut(string(raw), " ")
		after := strings.Fields(rest[strings.LastIndexByte(rest, ')')+1:])
		if len(after) > 1 && after[1] == strconv.Itoa(pid) {
			if child, err := strconv.Atoi(number); err == nil {
				children = append(children, child)
			}
		}
	}
	return children
}

// wide is an extent that has room beside the outlines.
const wide = "ZHENGBEI_EXTENT=113.9,22.5,114.4,22.9"

// kill -9 of the server, and of PostgreSQL, under 16 writers with keys: nothing acknowledged is lost, nothing is written twice
// when all that was not answered is sent again.
func TestKilledUnderWriters(t *testing.T) {
	t.Parallel()
	each, kills := 60*time.Second, 8
	if testing.Short() {
		each, kills = 4*time.Second, 2
	}
	t.Run("the server", func(t *testing.T) {
		t.Parallel()
		d := storetest.Demo(t)
		env := []string{"DATABASE_URL=" + d.Service(), "ZHENGBEI_DEMO=1", wide}
		s := start(t, env...)
		w := newWriters(s.url, officers(t, env...))
		w.during("server", func() {
			for range kills {
				time.Sleep(each / time.Duration(kills))
				_ = s.cmd.Process.Kill()
				<-s.ended
				s = start(t, env...)
				w.url.Store(s.url)
			}
		})
		w.whole(t, s)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("loads the demonstration into a PostgreSQL of its own")
		}
		data := dataFolder(t)
		s := start(t, data, "ZHENGBEI_DEMO=1", wide)
		w := newWriters(s.url, officers(t, data, "ZHENGBEI_DEMO=1"))
		s.token = w.tokens[0]
		w.during("postgres", func() {
			for range kills {
				killPostgres(t, data, each/time.Duration(kills))
				eventually(t, "the service is ready again", func() bool { code, _ := s.get(t, "/readyz"); return code == 200 })
			}
		})
		w.whole(t, s)
	})
}

// The control: with synchronous_commit off the same kill loses writes that were acknowledged, so that the test above can fail.
func TestAsynchronousCommitLoses(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the demonstration into a PostgreSQL of its own")
	}
	data := dataFolder(t)
	s := start(t, data, "ZHENGBEI_DEMO=1", wide)
	tokens := officers(t, data, "ZHENGBEI_DEMO=1") // before commits can be lost, so that the writers themselves are not
	s.token = tokens[0]
	conn, err := pgx.Connect(t.Context(), "host="+strings.TrimPrefix(data, "ZHENGBEI_DATA=")+"/run port=5432 user="+admin+" dbname=postgres")
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()"} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	_ = conn.Close(t.Context())
	for kill := range 5 {
		w := newWriters(s.url, tokens)
		w.during(fmt.Sprintf("off-%d", kill), func() {
			killPostgres(t, data, 3*time.Second)
			eventually(t, "the service is ready again", func() bool { code, _ := s.get(t, "/readyz"); return code == 200 })
		})
		if lost, _ := w.settle(t, s); lost > 0 {
			return
		}
	}
	t.Error("nothing was lost without synchronous commits either: the test of kills cannot fail")
}
