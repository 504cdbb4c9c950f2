package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

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
