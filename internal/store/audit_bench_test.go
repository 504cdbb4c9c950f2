package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/audit"
	"zhengbei/internal/cadastre"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/paulmach/orb"
)

// BenchmarkEditsAudited lets sixteen save plots that lie far apart, with the audit record and the sealer beside the same without either,
// in turns in one run: the median of the ratios of each pair of turns is the figure to read.
func BenchmarkEditsAudited(b *testing.B) {
	const editors, turns = 16, 8
	d := storetest.Seeded(b)
	psql := d.Psql(b)
	settings := store.Settings{URL: d.Service() + fmt.Sprintf("&pool_max_conns=%d", editors), Now: time.Now, Log: slog.New(slog.DiscardHandler), As: land.Operator}
	open := func() *store.DB {
		db, err := store.Open(b.Context(), settings)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(db.Close)
		return db
	}
	with, without := open(), open()
	without.WithoutAudit()
	square := func(west, south, size float64) orb.Polygon {
		var ring orb.Ring
		for _, p := range [][2]float64{{0, 0}, {size, 0}, {size, size}, {0, size}, {0, 0}} {
			var at orb.Point
			if err := psql.QueryRow(b.Context(), "SELECT ST_X(p), ST_Y(p) FROM ST_Transform(ST_SetSRID(ST_Point($1::float8, $2::float8), 4547), 4490) p", west+p[0], south+p[1]).Scan(&at[0], &at[1]); err != nil {
				b.Fatal(err)
			}
			ring = append(ring, at)
		}
		return orb.Polygon{ring}
	}
	name, status, reason := "试", "placeholder", "测"
	draft := func(code string, shape orb.Polygon) land.Draft {
		return land.Draft{Collection: land.Zones, Code: code, Kind: "zone", Name: &name, NameStatus: &status, Accuracy: "surveyed", Source: "测量", SourceEn: "survey", Geometry: shape}
	}
	save := func(db *store.DB, d land.Draft, version int32) (code string) {
		s := cadastre.Save{Draft: d, New: version == 0, From: land.DayOf(time.Now()), Reason: reason}
		if version > 0 {
			s.Base, s.Seen, s.Same = land.Base{Versions: []int32{version}, Exact: true}, version, true
		}
		apply := func() error {
			return s.Apply(b.Context(), db, land.Operator, func(_ *store.Tx, done cadastre.Saved) error { code = done.Code; return nil })
		}
		err := apply()
		for fault.Is(err, "db.slow") || fault.Is(err, "db.busy") { // on a machine that is busy otherwise
			err = apply()
		}
		if err != nil {
			b.Error(err)
		}
		return code
	}
	type desk struct {
		code    string
		shapes  [2]orb.Polygon
		version int32
	}
	desks := make([]*desk, editors)
	for i := range desks {
		west := 520_000 + 1000*float64(i)
		desks[i] = &desk{shapes: [2]orb.Polygon{square(west, 2_530_000, 60), square(west, 2_530_000, 61)}, version: 1}
		desks[i].code = save(with, draft("", desks[i].shapes[0]), 0)
	}
	run := func(db *store.DB, edits int) float64 {
		var left atomic.Int64
		left.Store(int64(edits))
		begun := time.Now()
		var all sync.WaitGroup
		for _, at := range desks {
			all.Go(func() {
				for left.Add(-1) >= 0 {
					save(db, draft(at.code, at.shapes[at.version%2]), at.version)
					at.version++
				}
			})
		}
		all.Wait()
		return float64(edits) / time.Since(begun).Seconds()
	}
	folder := b.TempDir()
	sealed := func(fn func() float64) float64 {
		stop := startSealer(b, audit.Sealer{DB: with, Folder: folder, Log: slog.New(slog.DiscardHandler)})
		defer stop()
		return fn()
	}
	edits := max(b.N, 48) // in each turn: -benchtime 1000x on a machine that does nothing else
	run(without, edits)
	b.ResetTimer()
	var rates [2][]float64
	var ratios []float64
	for turn := range turns {
		var a, n float64
		measureWith := func() { a = sealed(func() float64 { return run(with, edits) }) }
		if turn%2 == 0 {
			measureWith()
			n = run(without, edits)
		} else {
			n = run(without, edits)
			measureWith()
		}
		rates[0], rates[1], ratios = append(rates[0], a), append(rates[1], n), append(ratios, a/n)
	}
	for _, all := range [][]float64{rates[0], rates[1], ratios} {
		slices.Sort(all)
	}
	b.ReportMetric(rates[0][turns/2], "audited/s")
	b.ReportMetric(rates[1][turns/2], "plain/s")
	b.ReportMetric((ratios[turns/2-1]+ratios[turns/2])/2, "ratio")
	b.ReportMetric(0, "ns/op")
}

// startSealer seals until it is stopped, and what is left then.
func startSealer(b *testing.B, s audit.Sealer) (stop func()) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	return func() { cancel(); <-ended }
}
