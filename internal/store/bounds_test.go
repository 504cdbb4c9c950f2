package store_test

import (
	"context"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// The bounds of a statement, a lock and an idle transaction stand in every connection.
func TestSessionBounds(t *testing.T) {
	t.Parallel()
	db := storetest.Empty(t).Open(t)
	for _, pool := range []struct {
		tiles bool
		want  map[string]string
	}{
		{false, map[string]string{"statement_timeout": "5s", "lock_timeout": "3s", "idle_in_transaction_session_timeout": "10s", "TimeZone": "UTC"}},
		{true, map[string]string{"statement_timeout": "2s", "lock_timeout": "1s", "TimeZone": "UTC"}},
	} {
		for name, want := range pool.want {
			if got, err := db.Setting(t.Context(), pool.tiles, name); err != nil || got != want {
				t.Errorf("tiles %v: %s is %q and not %q: %v", pool.tiles, name, got, want, err)
			}
		}
	}
}

// A statement and a lock end within their bounds, as a fault that says so, and the transaction leaves nothing behind.
func TestSlowIsCutOff(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	db, psql := d.Open(t), d.Psql(t)
	tx, err := psql.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE feature_version IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	err = db.Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Feature(t.Context(), land.Parcels, "P-02", land.On(land.DayOf(time.Now())))
		return err
	})
	if took := time.Since(start); !fault.Is(err, "db.slow") || took < 2*time.Second || took > 5*time.Second {
		t.Errorf("behind a lock: %v after %v", err, took)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Feature(t.Context(), land.Parcels, "P-02", land.On(land.DayOf(time.Now())))
		return err
	}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// Who finds every connection taken waits 3 s and is told to come again; tiles have connections of their own, and the other way round.
func TestNoConnectionLeft(t *testing.T) {
	t.Parallel()
	db := storetest.Seeded(t).Open(t)
	read := func(ctx context.Context) error {
		return db.Read(ctx, func(tx *store.Tx) error { _, err := tx.Extent(ctx, 0); return err })
	}
	tile := func(ctx context.Context) error {
		_, err := db.Tile(ctx, 9, 417, 222, land.On(land.DayOf(time.Now())))
		return err
	}
	for _, all := range []struct {
		tiles           bool
		stuck, unharmed func(context.Context) error
	}{{false, read, tile}, {true, tile, read}} {
		release, err := db.Hold(t.Context(), all.tiles)
		if err != nil {
			t.Fatal(err)
		}
		if err := all.unharmed(t.Context()); err != nil {
			t.Errorf("tiles %v: the other pool: %v", all.tiles, err)
		}
		start := time.Now()
		if err := all.stuck(t.Context()); !fault.Is(err, "db.busy") || time.Since(start) < 2*time.Second || time.Since(start) > 5*time.Second {
			t.Errorf("tiles %v: %v after %v", all.tiles, err, time.Since(start))
		}
		release()
		if err := all.stuck(t.Context()); err != nil {
			t.Errorf("tiles %v: afterwards: %v", all.tiles, err)
		}
	}
}
