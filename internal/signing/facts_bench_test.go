package signing_test

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// BenchmarkFacts records visits in the demonstration: sixteen people one each at a time, and lists of 10,000. facts/s is the figure to read.
func BenchmarkFacts(b *testing.B) {
	const people = 16
	d := storetest.Demo(b)
	db, err := store.Open(b.Context(), store.Settings{URL: d.Service() + fmt.Sprintf("&pool_max_conns=%d", people), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(db.Close)
	visit := func(n int) land.Fact { return fact("2022-12-30", "visited", fmt.Sprintf("H-%04d", 1+n%1400)) }
	b.Run("sixteen people", func(b *testing.B) {
		var left atomic.Int64
		left.Store(int64(b.N))
		b.ResetTimer()
		var all sync.WaitGroup
		for range people {
			all.Go(func() {
				for n := left.Add(-1); n >= 0; n = left.Add(-1) {
					if _, _, err := signing.Record(b.Context(), db, anna, []land.Fact{visit(int(n))}, nil); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "facts/s")
	})
	b.Run("a list of 10,000", func(b *testing.B) {
		list := make([]land.Fact, 10_000)
		for n := range list {
			list[n] = visit(n)
		}
		for b.Loop() {
			if _, _, err := signing.Record(b.Context(), db, anna, list, nil); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(list)*b.N)/b.Elapsed().Seconds(), "facts/s")
	})
}
