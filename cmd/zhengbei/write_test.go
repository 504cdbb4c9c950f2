package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"zhengbei/internal/store/storetest"
)

// writers record visits under keys of their own, and keep what was acknowledged and what was not answered.
type writers struct {
	url     atomic.Value
	mu      sync.Mutex
	acked   map[string]bool
	unsure  map[string]bool
	refused []string
}

// send records a visit, whose note is its key.
func (w *writers) send(key string) {
	body := fmt.Sprintf(`{"subject":{"kind":"holding","id":"H-0%03d"},"kind":"visited","occurred_on":"2022-12-30","note":%q}`, 1+crc32.ChecksumIEEE([]byte(key))%900, key)
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.url.Load().(string)+"/api/v1/facts", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	status, says := 0, ""
	if res, err := (&http.Client{Timeout: 8 * time.Second}).Do(req); err == nil {
		raw, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err == nil {
			status, says = res.StatusCode, string(raw)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case status == http.StatusCreated:
		w.acked[key] = true
		delete(w.unsure, key)
	case status == 0 || status >= 500:
		w.unsure[key] = true
	default:
		w.refused = append(w.refused, fmt.Sprint(status, " ", says))
	}
}

// during writes with 16 writers while fn goes on.
func (w *writers) during(name string, fn func()) {
	var all sync.WaitGroup
	done := make(chan struct{})
	for n := range 16 {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				before := w.count()
				w.send(fmt.Sprintf("%s-%d-%d", name, n, i))
				if w.count() == before {
					time.Sleep(250 * time.Millisecond) // nobody is there
				}
			}
		})
	}
	fn()
	close(done)
	all.Wait()
}

func (w *writers) count() int { w.mu.Lock(); defer w.mu.Unlock(); return len(w.acked) }

// settle sends all that was not answered again, and holds the ledger against what was acknowledged.
func (w *writers) settle(t *testing.T, s *server) {
	t.Helper()
	w.url.Store(s.url)
	for range 5 {
		w.mu.Lock()
		var again []string
		for key := range w.unsure {
			again = append(again, key)
		}
		w.mu.Unlock()
		for _, key := range again {
			w.send(key)
		}
	}
	if len(w.unsure) > 0 || len(w.refused) > 0 {
		t.Fatalf("%d requests are never answered, %d are refused: %.300v", len(w.unsure), len(w.refused), w.refused)
	}
	written := map[string]int{}
	for next := s.url + "/api/v1/facts?kind=visited&from=2022-12-30&limit=10000"; next != ""; {
		res, err := http.Get(next) //nolint:noctx,gosec // the test's own server
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Items []struct{ Note *string }
			Next  *string
		}
		err = json.NewDecoder(res.Body).Decode(&page)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Items {
			if f.Note != nil {
				written[*f.Note]++
			}
		}
		if next = ""; page.Next != nil {
			next = *page.Next
		}
	}
	lost, twice := 0, 0
	for key := range w.acked {
		switch written[key] {
		case 0:
			lost++
		case 1:
		default:
			twice++
		}
	}
	t.Logf("%d facts acknowledged", len(w.acked))
	if lost > 0 || twice > 0 {
		t.Errorf("of %d acknowledged facts %d are lost, %d were written twice", len(w.acked), lost, twice)
	}
}

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
		env := []string{"DATABASE_URL=" + d.Service(), "ZHENGBEI_DEMO=1"}
		w := &writers{acked: map[string]bool{}, unsure: map[string]bool{}}
		s := start(t, env...)
		w.url.Store(s.url)
		w.during("server", func() {
			for range kills {
				time.Sleep(each / time.Duration(kills))
				_ = s.cmd.Process.Kill()
				<-s.ended
				s = start(t, env...)
				w.url.Store(s.url)
			}
		})
		w.settle(t, s)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		if testing.Short() {
			t.Skip("loads the demonstration into a PostgreSQL of its own")
		}
		data := dataFolder(t)
		s := start(t, data, "ZHENGBEI_DEMO=1")
		w := &writers{acked: map[string]bool{}, unsure: map[string]bool{}}
		w.url.Store(s.url)
		w.during("postgres", func() {
			for range kills {
				time.Sleep(each / time.Duration(kills))
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
				if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
					t.Error(err)
				}
				eventually(t, "the service is ready again", func() bool { code, _ := s.get(t, "/readyz"); return code == 200 })
			}
		})
		w.settle(t, s)
	})
}
