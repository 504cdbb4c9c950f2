package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// policied are the tables with row level security whose rows lists read.
const policied = `DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT c.oid FROM pg_class c WHERE c.relrowsecurity AND c.relnamespace = 'public'::regnamespace LOOP
	EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', t); END LOOP; END $$`

// BenchmarkContractsPage reads a page of 100 contracts of the demonstration under the policies beside the same without them,
// in turns in one run, as an officer and as a command post: the median of the ratios of each pair of turns is the figure to read.
func BenchmarkContractsPage(b *testing.B) { pages(b, (*store.Tx).Contracts) }

// BenchmarkHoldingsPage reads a page of 100 holdings, BenchmarkContractsPage says how.
func BenchmarkHoldingsPage(b *testing.B) { pages(b, (*store.Tx).Holdings) }

// BenchmarkPartiesPage reads a page of 100 parties, BenchmarkContractsPage says how.
func BenchmarkPartiesPage(b *testing.B) { pages(b, (*store.Tx).Parties) }

func pages[T any](b *testing.B, list func(*store.Tx, context.Context, store.Filter) ([]T, int64, error)) {
	with, bare := storetest.Demo(b), storetest.Demo(b)
	psql := with.Psql(b)
	if _, err := bare.Psql(b).Exec(b.Context(), policied); err != nil {
		b.Fatal(err)
	}
	dbs := []*store.DB{bare.Front(b), with.Front(b)}
	for _, name := range []string{"officer", "post1"} {
		by := account(b, psql, name)
		if name == "post1" {
			by.Post, by.Parcels = "F-01", []string{"P-01"}
		}
		b.Run(name, func(b *testing.B) {
			f := store.Filter{Clock: land.On(land.DayOf(time.Now())), Limit: 101}
			read := func(db *store.DB) time.Duration {
				begun := time.Now()
				if err := db.Read(store.As(b.Context(), by), func(tx *store.Tx) error {
					page, _, err := list(tx, b.Context(), f)
					if err == nil && len(page) == 0 {
						b.Fatal("nothing to read")
					}
					return err
				}); err != nil {
					b.Fatal(err)
				}
				return time.Since(begun)
			}
			for _, db := range dbs {
				read(db)
			}
			var took [2][]time.Duration
			var ratios []float64
			for b.Loop() {
				without, under := read(dbs[0]), read(dbs[1])
				took[0], took[1] = append(took[0], without), append(took[1], under)
				ratios = append(ratios, float64(under)/float64(without))
			}
			for i, unit := range []string{"bare-p50-ms", "policies-p50-ms"} {
				slices.Sort(took[i])
				b.ReportMetric(float64(took[i][len(took[i])/2].Microseconds())/1000, unit)
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "ratio-p50")
		})
	}
}

// BenchmarkActing begins and ends a transaction as somebody beside one as nobody, who is looked up nowhere: the difference is what acting_as costs.
func BenchmarkActing(b *testing.B) {
	d := storetest.Demo(b)
	psql := d.Psql(b)
	db := d.Front(b)
	for name, by := range map[string]land.Actor{"nobody": {}, "officer": account(b, psql, "officer"), "post1": account(b, psql, "post1")} {
		b.Run(name, func(b *testing.B) {
			ctx := store.As(b.Context(), by)
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				if err := db.Read(ctx, func(*store.Tx) error { return nil }); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-µs")
		})
	}
}
