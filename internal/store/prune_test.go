package store_test

import (
	"testing"
	"time"

	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// Changes older than a week are forgotten, younger ones and those of open transactions are not; who comes too late is told so.
func TestPrune(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	db, psql := d.Open(t), d.Psql(t)
	count := func() (n int) {
		t.Helper()
		if err := psql.QueryRow(t.Context(), "SELECT count(*) FROM outbox").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	since := func(place store.Cursor) (touches int, next store.Cursor, gone bool) {
		t.Helper()
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			found, now, lost, err := tx.Since(t.Context(), place, 10)
			touches, next, gone = len(found), now, lost
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return touches, next, gone
	}
	exec := func(sql string) {
		t.Helper()
		if _, err := psql.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	before := count()
	if err := db.Prune(t.Context()); err != nil || count() != before || before == 0 {
		t.Fatalf("%d of %d young changes are left: %v", count(), before, err)
	}
	if _, _, gone := since("1"); gone {
		t.Error("something is said to be forgotten")
	}
	exec("UPDATE outbox SET at = at - interval '8 days'")
	passed := false
	for range 200 { // other tests' transactions, in the same cluster, hold the horizon back
		if err := psql.QueryRow(t.Context(), "SELECT pg_snapshot_xmin(pg_current_snapshot()) > max(xact) FROM outbox").Scan(&passed); err != nil {
			t.Fatal(err)
		}
		if passed {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if !passed {
		t.Fatal("somebody's transaction is open for too long")
	}
	_, place, _ := since("")
	exec("SELECT ledger_announce('{}')")
	if err := db.Prune(t.Context()); err != nil || count() != 1 {
		t.Fatalf("%d changes are left: %v", count(), err)
	}
	if touches, _, gone := since(place); touches != 1 || gone {
		t.Errorf("who was there in time sees %d changes, gone %v", touches, gone)
	}
	if _, _, gone := since("1"); !gone {
		t.Error("who comes too late is not told")
	}
}
