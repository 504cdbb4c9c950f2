package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// meter counts what the service does, for Prometheus.
type meter struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	handler  http.Handler
}

func newMeter(a *api) *meter {
	m := &meter{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "zhengbei_requests_total", Help: "Requests by route and status."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "zhengbei_request_seconds", Help: "How long requests took, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	count := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.seconds,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		count("zhengbei_tile_hits_total", "Tiles answered from the cache.", func() float64 { h, _, _, _, _ := a.tiles.Stats(); return float64(h) }),
		count("zhengbei_tile_misses_total", "Tiles that had to be made.", func() float64 { _, m, _, _, _ := a.tiles.Stats(); return float64(m) }),
		count("zhengbei_tile_stale_total", "Tiles answered from the cache while the database was away.", func() float64 { _, _, s, _, _ := a.tiles.Stats(); return float64(s) }),
		gauge("zhengbei_tile_cache_bytes", "Size of the tile cache.", func() float64 { _, _, _, b, _ := a.tiles.Stats(); return float64(b) }),
		gauge("zhengbei_tile_cache_tiles", "Tiles in the cache.", func() float64 { _, _, _, _, n := a.tiles.Stats(); return float64(n) }),
		gauge("zhengbei_event_readers", "Open event streams.", func() float64 { return float64(a.hub.Readers()) }),
		gauge("zhengbei_feed_heard", "1 while changes are heard from the database.", func() float64 {
			if a.hub.Hears() {
				return 1
			}
			return 0
		}),
		gauge("zhengbei_db_connections_used", "Database connections in use.", func() float64 { used, _, tiles, _ := a.db.Stats(); return float64(used + tiles) }),
		gauge("zhengbei_db_connections", "Database connections open.", func() float64 { _, all, _, tiles := a.db.Stats(); return float64(all + tiles) }),
	)
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{DisableCompression: true})
	return m
}

func (m *meter) request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func (a *api) metrics(c echo.Context) error {
	a.meter.handler.ServeHTTP(c.Response(), c.Request())
	return nil
}
