package progress_test

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/progress"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

//go:embed testdata/large.sql
var large string

// plots of the benchmarks' district; ZHENGBEI_BENCH_PLOTS makes it larger.
const plots = 20_000

func district(b *testing.B) (storetest.Database, *store.DB) {
	b.Helper()
	n := plots
	if more, err := strconv.Atoi(os.Getenv("ZHENGBEI_BENCH_PLOTS")); err == nil {
		n = more
	}
	d := storetest.Filled(b, fmt.Sprintf("district_%d", n), strings.ReplaceAll(large, ":plots", strconv.Itoa(n)))
	db, err := store.Open(b.Context(), store.Settings{URL: d.Service(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	return d, db
}

// random is a day of the four years and an instant, settled, at which some of the late facts were known.
func random(r *rand.Rand) land.Clock {
	clock := land.On(land.Day{Time: time.Date(2021, 7, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(600))})
	clock.Known = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(51 * 24 * time.Hour))))
	return clock
}

var seeds atomic.Uint64

// spread runs fn from so many callers and reports the median and the 99th percentile.
func spread(b *testing.B, callers int, fn func(*rand.Rand) error) {
	b.Helper()
	took := make(chan time.Duration, b.N+callers)
	work := make(chan uint64)
	done := make(chan error, callers)
	for range callers {
		go func() {
			for seed := range work {
				began := time.Now()
				if err := fn(rand.New(rand.NewPCG(seed, 4547))); err != nil {
					done <- err
					return
				}
				took <- time.Since(began)
			}
			done <- nil
		}()
	}
	b.ResetTimer()
	for range b.N {
		work <- seeds.Add(1) // a question asked before would be answered from what is kept
	}
	close(work)
	for range callers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	close(took)
	var all []time.Duration
	for t := range took {
		all = append(all, t)
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[min(len(all)-1, len(all)*99/100)].Microseconds())/1000, "p99-ms")
}

// Figures of a random day and instant at 20,000 plots and holdings, 60,000 buildings, 400,000 facts.
func BenchmarkFigures(b *testing.B) {
	_, db := district(b)
	ctx := context.Background()
	figures := progress.NewReader(db)
	began := time.Now()
	if err := figures.Warm(ctx); err != nil {
		b.Fatal(err)
	}
	b.Logf("states read in %s", time.Since(began).Round(time.Millisecond))
	for _, callers := range []int{1, 4} {
		b.Run(fmt.Sprintf("progress/callers=%d", callers), func(b *testing.B) {
			spread(b, callers, func(r *rand.Rand) error {
				_, err := figures.Table(ctx, random(r), nil)
				return err
			})
		})
	}
	b.Run("progress/kept", func(b *testing.B) {
		clock := land.On(land.Day{Time: time.Date(2022, 12, 30, 0, 0, 0, 0, time.UTC)})
		spread(b, 1, func(*rand.Rand) error {
			_, err := figures.Table(ctx, clock, nil)
			return err
		})
	})
	b.Run("series/four_years_by_week", func(b *testing.B) {
		spread(b, 1, func(r *rand.Rand) error {
			clock := random(r)
			_, err := figures.Series(ctx, clock, progress.Span{To: land.Day{Time: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)}, Step: progress.Weekly})
			return err
		})
	})
	b.Run("blocks", func(b *testing.B) {
		spread(b, 1, func(r *rand.Rand) error {
			_, err := figures.Blocks(ctx, random(r), "", 0)
			return err
		})
	})
	b.Run("keystones", func(b *testing.B) {
		spread(b, 1, func(r *rand.Rand) error {
			_, err := figures.Keystones(ctx, random(r), "", 20)
			return err
		})
	})
}
