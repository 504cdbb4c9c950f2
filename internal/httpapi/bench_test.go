package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
)

// BenchmarkServe asks over loopback with four callers: a tile from the cache, a tile that is made, a list and an item,
// beside the floor: an echo handler that sends the same bytes. requests/s is the figure to read.
func BenchmarkServe(b *testing.B) {
	s := newService(b)
	hit := tileOver(114.022, 22.692, 13)
	body := s.get(b, hit, "Accept-Encoding", "gzip").body
	floor := serve(b, s.Database, func(a *api) {
		a.table = append([]route{{get, "/floor", anyone, toRead, reading, noBody, open, nil, func(_ *api, c echo.Context) error {
			return c.Blob(http.StatusOK, "application/vnd.mapbox-vector-tile", body)
		}}}, routes...)
	})
	var day atomic.Int64
	for _, bench := range []struct {
		name string
		url  func() string
	}{
		{"echo no-op", func() string { return floor.url + "/floor" }},
		{"tile hit", func() string { return s.url + hit }},
		{"tile miss", func() string { // another day is another tile
			n := day.Add(1)
			return fmt.Sprintf("%s%s?at=%d-%02d-%02d", s.url, hit, 2022+n/28/12%100, 1+n/28%12, 1+n%28)
		}},
		{"items bbox limit 100", func() string { return s.url + "/ogc/collections/parcels/items?bbox=114,22.6,114.1,22.7&limit=100" }},
		{"item", func() string { return s.url + "/ogc/collections/parcels/items/P-02" }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			client := &http.Client{Transport: shows{"officer", &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}}
			b.SetParallelism(2)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, bench.url(), nil)
					if err != nil {
						b.Error(err)
						return
					}
					req.Header.Set("Accept-Encoding", "gzip")
					res, err := client.Do(req)
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
					if res.StatusCode != http.StatusOK {
						b.Errorf("%s: %d", req.URL, res.StatusCode)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}

// unchecked is the service without the checks: nobody is identified, measured or refused, and answers are not kept private.
func (a *api) unchecked() http.Handler {
	e := echo.New()
	e.HTTPErrorHandler = a.fail
	e.Use(a.observe, a.catch, a.guard)
	for _, r := range a.table {
		e.Add(r.method, r.path, func(c echo.Context) error {
			ctx, cancel := context.WithTimeout(c.Request().Context(), time.Duration(r.load))
			defer cancel()
			c.SetRequest(c.Request().WithContext(ctx))
			if err := r.parameters(c); err != nil {
				return err
			}
			_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(time.Duration(r.load) + 5*time.Second))
			return r.handle(a, c)
		})
	}
	return packed(e)
}

// BenchmarkChecks asks for one tile from the cache by session, with the checks and without, in ten runs each that alternate; cost-% is the figure to read:
// of the medians of the runs, each the median of its requests, since a machine that does other things as well spoils means.
func BenchmarkChecks(b *testing.B) {
	const runs, each = 10, 1500
	s := newService(b)
	_, cookie := s.session(b, "officer")
	tile := tileOver(114.022, 22.692, 13)
	open, checked := httptest.NewServer(s.api.unchecked()), httptest.NewServer(s.api.handler())
	defer open.Close()
	defer checked.Close()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	run := func(url string) time.Duration {
		took := make([]time.Duration, each)
		for i := range took {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url+tile, nil)
			if err != nil {
				b.Fatal(err)
			}
			req.Header.Set("Accept-Encoding", "gzip")
			req.Header.Set("Cookie", cookie)
			req.Header.Set("Sec-Fetch-Site", "same-origin")
			begun := time.Now()
			res, err := client.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			took[i] = time.Since(begun)
			if res.StatusCode != http.StatusOK {
				b.Fatalf("%d", res.StatusCode)
			}
		}
		slices.Sort(took)
		return took[each/2]
	}
	run(open.URL)
	run(checked.URL)
	var with, without []time.Duration
	for range b.N {
		for i := range runs {
			if i%2 == 0 {
				with = append(with, run(checked.URL))
			}
			without = append(without, run(open.URL))
			if i%2 == 1 {
				with = append(with, run(checked.URL))
			}
		}
	}
	slices.Sort(with)
	slices.Sort(without)
	w, wo := float64(with[len(with)/2].Nanoseconds()), float64(without[len(without)/2].Nanoseconds())
	b.ReportMetric(w/1000, "us/tile")
	b.ReportMetric(wo/1000, "us/tile-unchecked")
	b.ReportMetric(100*(w/wo-1), "cost-%")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAdmit is what the checks take of the processor, without a network: their own time, and what they allocate.
func BenchmarkAdmit(b *testing.B) {
	s := newService(b)
	_, cookie := s.session(b, "officer")
	for name, h := range map[string]http.Handler{"checked": s.api.handler(), "unchecked": s.api.unchecked()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, tileOver(114.022, 22.692, 13), nil)
			r.Host = "localhost"
			r.Header.Set("Accept-Encoding", "gzip")
			r.Header.Set("Cookie", cookie)
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			for b.Loop() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatalf("%d", w.Code)
				}
			}
		})
	}
}
