package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Nobody rewrites history: not the service, not the owner, not a superuser with psql.
func TestHistoryOnlyCloses(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	refused := []string{
		`DELETE FROM feature_version`,
		`DELETE FROM parcel_version`,
		`TRUNCATE parcel_version`,
		`TRUNCATE feature_version`,
		`TRUNCATE round_version`,
		`UPDATE parcel_version SET name = 'x'`,
		`UPDATE parcel_version SET area_m2 = 1`,
		`UPDATE parcel_version SET valid = '[2020-01-01,)'`,
		`UPDATE parcel_version SET known = tstzrange(lower(known), lower(known))`,
		`UPDATE parcel_version SET known = tstzrange(lower(known) - interval '1 day', clock_timestamp())`,
		`UPDATE parcel_version SET known = tstzrange(lower(known), NULL)`,
		`UPDATE parcel_version SET known = tstzrange(lower(known), clock_timestamp()), name = 'x'`,
		`UPDATE round_version SET target_ha = 1`,
		`DELETE FROM round_version`,
	}
	for _, role := range []string{d.Admin(), d.Owner(), d.Service()} {
		conn, err := pgx.Connect(t.Context(), role)
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range refused {
			_, err := conn.Exec(t.Context(), sql)
			var pg *pgconn.PgError
			if !errors.As(err, &pg) || (pg.ConstraintName != "history_only_closes" && pg.Code != "42501") {
				t.Errorf("%s was not refused: %v", sql, err)
			}
		}
		_ = conn.Close(t.Context())
	}
	psql := d.Psql(t)
	if _, err := psql.Exec(t.Context(), `UPDATE parcel_version SET known = tstzrange(lower(known), clock_timestamp())`); err != nil {
		t.Errorf("closing is lawful: %v", err)
	}
	if _, err := psql.Exec(t.Context(), `UPDATE parcel_version SET known = tstzrange(lower(known), clock_timestamp())`); err == nil {
		t.Error("what is closed was closed again")
	}
}

// The service owns nothing and can change no schema.
func TestServiceRole(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	conn, err := pgx.Connect(t.Context(), d.Service())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for _, sql := range []string{
		`CREATE TABLE x ()`, `DROP TABLE outbox`, `ALTER TABLE feature_version DISABLE TRIGGER ALL`, `DELETE FROM outbox`, `DELETE FROM feature`,
		`UPDATE feature SET code = 'P-77'`, `INSERT INTO outbox (collection, fid, x_min, y_min, x_max, y_max) VALUES ('parcels', 1, 0, 0, 0, 0)`,
		`SET session_replication_role = replica`, `UPDATE round SET demo = true`, `CREATE ROLE x`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("the service may: %s", sql)
		}
	}
	for name, url := range map[string]string{"db.too_mighty": d.Owner(), "": d.Service()} {
		db, err := store.Open(t.Context(), store.Settings{URL: url, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Ready(t.Context())
		if name == "" && err != nil || name != "" && !fault.Is(err, name) {
			t.Errorf("as %s: %v", url, err)
		}
		db.Close()
	}
	db, err := store.Open(t.Context(), store.Settings{URL: d.Admin(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ready(t.Context()); !fault.Is(err, "db.too_mighty") {
		t.Errorf("as a superuser: %v", err)
	}
}

// What the schema holds whatever the code does.
func TestConstraints(t *testing.T) {
	t.Parallel()
	psql := storetest.Seeded(t).Psql(t)
	const insert = `INSERT INTO feature_version (collection, fid, version, change, kind, name, name_status, accuracy, source, source_en, shape, valid, recorded_by, reason)
		SELECT collection, fid, 2, 'changed', kind, name, name_status, accuracy, source, source_en, %s, %s, 'psql', 'test' FROM parcel_version WHERE fid = (SELECT fid FROM feature WHERE code = 'P-02')`
	tests := []struct{ name, shape, valid, constraint string }{
		{"two versions of one day", "shape", "valid", "parcel_version_one"},
		{"no days", "shape", "'empty'", "feature_version_valid"},
		{"off the grid", "ST_Translate(shape, 0.00003, 0)", "'[2000-01-01,2001-01-01)'", "feature_version_on_grid"},
		{"with heights", "ST_Force3D(shape)", "'[2000-01-01,2001-01-01)'", ""},
		{"a line", "ST_ExteriorRing(shape)", "'[2000-01-01,2001-01-01)'", "parcel_version_polygon"},
		{"a bow tie", "ST_GeomFromText('POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))', 4547)", "'[2000-01-01,2001-01-01)'", "feature_version_shape_valid"},
		{"empty", "ST_GeomFromText('POLYGON EMPTY', 4547)", "'[2000-01-01,2001-01-01)'", ""},
		{"a lawful earlier version", "shape", "'[2000-01-01,2001-01-01)'", "none"},
	}
	for _, tt := range tests {
		_, err := psql.Exec(t.Context(), fmt.Sprintf(insert, tt.shape, tt.valid))
		var pg *pgconn.PgError
		errors.As(err, &pg)
		switch {
		case tt.constraint == "none" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.constraint == "" && pg == nil:
			t.Errorf("%s was accepted", tt.name)
		case tt.constraint != "" && tt.constraint != "none" && (pg == nil || pg.ConstraintName != tt.constraint):
			t.Errorf("%s: %v, want %s", tt.name, err, tt.constraint)
		}
	}
	for _, code := range []string{"P-1", "p-01", "Z-01", "X-01", "P-01 "} {
		if _, err := psql.Exec(t.Context(), `INSERT INTO feature (collection, code, round_id) SELECT 'parcels', $1, round_id FROM round`, code); err == nil {
			t.Errorf("the code %q was accepted", code)
		}
	}
}

// recorder is a follower that remembers.
type recorder struct {
	mu    sync.Mutex
	seen  map[int64]int
	lost  atomic.Int64
	found atomic.Int64
}

func (r *recorder) Changed(touches []land.Touch, _ store.Cursor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range touches {
		if !t.Ledger { // a parcel that changes moves figures as well, and says so
			r.seen[t.Seq]++
		}
	}
}
func (r *recorder) Lost()  { r.lost.Add(1) }
func (r *recorder) Found() { r.found.Add(1) }

func (r *recorder) count() int { r.mu.Lock(); defer r.mu.Unlock(); return len(r.seen) }

func follow(t *testing.T, db *store.DB) *recorder {
	t.Helper()
	r := &recorder{seen: map[int64]int{}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); db.Follow(ctx, r) }()
	t.Cleanup(func() { cancel(); <-ended })
	eventually(t, "the feed is heard", func() bool { return r.found.Load() > 0 })
	return r
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 6000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

const touch = `UPDATE feature_version v SET known = tstzrange(lower(known), clock_timestamp()) FROM feature f WHERE f.fid = v.fid AND f.code = $1`

// A change that began first and commits last is not lost behind a higher number.
func TestFeedMissesNoLateCommit(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	r := follow(t, d.Open(t))
	slow, quick := d.Psql(t), d.Psql(t)
	tx, err := slow.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), touch, "P-01"); err != nil {
		t.Fatal(err)
	}
	if _, err := quick.Exec(t.Context(), touch, "P-02"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the quick change is heard", func() bool { return r.count() == 1 })
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the slow change is heard", func() bool { return r.count() == 2 })
	for seq, n := range r.seen {
		if n != 1 {
			t.Errorf("change %d came %d times", seq, n)
		}
	}
}

// A feed whose connection dies says so, comes back, and brings what it missed.
func TestFeedComesBack(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	r := follow(t, d.Open(t))
	psql := d.Psql(t)
	for i, code := range []string{"P-01", "P-02", "P-03"} {
		if _, err := psql.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zhengbei feed' AND datname = current_database()`); err != nil {
			t.Fatal(err)
		}
		if _, err := psql.Exec(t.Context(), touch, code); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the missed change is brought", func() bool { return r.count() == i+1 })
	}
	if r.lost.Load() < 3 {
		t.Errorf("lost %d times, and said so %d times", 3, r.lost.Load())
	}
}

// A connection that died in the pool costs nobody an error.
func TestPoolSurvivesItsConnections(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	db := d.Open(t)
	psql := d.Psql(t)
	count := func() error {
		return db.Read(t.Context(), func(tx *store.Tx) error {
			_, err := tx.CountFeatures(t.Context(), store.Page{Collection: land.Parcels, Clock: land.On(land.DayOf(time.Now()))})
			return err
		})
	}
	for range 5 {
		if err := count(); err != nil {
			t.Fatal(err)
		}
		if _, err := psql.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zhengbei' AND datname = current_database()`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // the backends end
	}
	if err := count(); err != nil {
		t.Errorf("after its connections died: %v", err)
	}
}

// A settled instant stays as it was answered, under writers that read their clock behind the shared lock.
// The control shows that the lock is what keeps the promise: without it a write slips under the instant.
func TestSettledInstantsStay(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	db := d.Open(t)
	setUp := d.Psql(t)
	if _, err := setUp.Exec(t.Context(), `CREATE TABLE note (at timestamptz NOT NULL); GRANT ALL ON note TO zhengbei_service`); err != nil {
		t.Fatal(err)
	}
	moved := func(locked bool) int {
		ctx, cancel := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		for range 4 {
			conn := d.Psql(t)
			writers.Go(func() {
				for ctx.Err() == nil {
					enter := ""
					if locked {
						enter = "SELECT ledger_enter();"
					}
					_, _ = conn.Exec(context.Background(), "BEGIN;"+enter+"INSERT INTO note SELECT clock_timestamp(); SELECT pg_sleep(0.005); COMMIT")
				}
			})
		}
		reader := d.Psql(t)
		count := func(at time.Time) (n int) {
			if err := reader.QueryRow(t.Context(), `SELECT count(*) FROM note WHERE at <= $1`, at).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		type answer struct {
			at time.Time
			n  int
		}
		var given []answer
		for range 20 {
			at := time.Now()
			if err := db.Settle(t.Context(), at); err != nil {
				t.Fatal(err)
			}
			given = append(given, answer{at, count(at)})
		}
		cancel()
		writers.Wait()
		changed := 0
		for _, a := range given {
			if count(a.at) != a.n {
				changed++
			}
		}
		return changed
	}
	if n := moved(true); n > 0 {
		t.Errorf("%d of 20 settled instants changed", n)
	}
	if n := moved(false); n == 0 {
		t.Error("without the lock nothing changed either: this test cannot fail")
	}
}

// Servers that start together migrate once; what is missing is named with the line that mends it.
func TestMigrate(t *testing.T) {
	t.Parallel()
	d := storetest.Bare(t)
	if _, err := store.Migrate(t.Context(), d.Owner(), 0); !fault.Is(err, "db.no_extension") || !strings.Contains(err.Error(), "postgis, btree_gist") {
		t.Fatalf("without extensions: %v", err)
	}
	if _, err := d.Psql(t).Exec(t.Context(), `CREATE EXTENSION postgis; CREATE EXTENSION btree_gist`); err != nil {
		t.Fatal(err)
	}
	db := d.Open(t)
	if err := db.Ready(t.Context()); !fault.Is(err, "db.schema_behind") {
		t.Errorf("without a schema: %v", err)
	}
	var all sync.WaitGroup
	var steps atomic.Int64
	for range 8 {
		all.Go(func() {
			n, err := store.Migrate(t.Context(), d.Owner(), 0)
			if err != nil {
				t.Error(err)
			}
			steps.Add(int64(n))
		})
	}
	all.Wait()
	if err := db.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	step, err := store.Step(t.Context(), d.Owner())
	if err != nil || steps.Load() != step {
		t.Errorf("%d steps were applied, the schema is at %d: %v", steps.Load(), step, err)
	}
	if _, err := d.Psql(t).Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Ready(t.Context()); !fault.Is(err, "db.schema_ahead") {
		t.Errorf("with a newer schema: %v", err)
	}
}

// Several hosts with target_session_attrs: the one that answers is taken.
func TestSeveralHosts(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	config, err := pgx.ParseConfig(d.Service())
	if err != nil {
		t.Fatal(err)
	}
	url := fmt.Sprintf("host=127.0.0.1,%s port=1,%d user=%s dbname=%s target_session_attrs=read-write", config.Host, config.Port, config.User, config.Database)
	db, err := store.Open(t.Context(), store.Settings{URL: url, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := store.Open(t.Context(), store.Settings{URL: "postgres://%zz", Now: time.Now}); !fault.Is(err, "db.url") {
		t.Errorf("a URL that does not parse: %v", err)
	}
	if _, err := store.Examine(t.Context(), "host=127.0.0.1 port=1 user=a dbname=b"); !fault.Is(err, "db.unreachable") {
		t.Errorf("a database that is not there: %v", err)
	}
}

// However many changes one transaction brings, none is cut off.
func TestFeedBringsALargeImport(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	r := follow(t, d.Open(t))
	const n = 150_000
	if _, err := d.Psql(t).Exec(t.Context(), `WITH many AS (INSERT INTO outbox (collection, fid, x_min, y_min, x_max, y_max)
		SELECT 'parcels', f.fid, 0, 0, 1, 1 FROM feature f, generate_series(1, $1) WHERE f.code = 'P-01' RETURNING 1) SELECT pg_notify('zhengbei_change', '') FROM many LIMIT 1`, n); err != nil {
		t.Fatal(err)
	}
	eventually(t, "all of it is heard", func() bool { return r.count() == n })
}
