package store_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"

	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// zoneInPsql is a statement that draws a zone as somebody with psql would: a rectangle of free ground, in metres.
func zoneInPsql(code string, west, south, east, north int) string {
	return strings.NewReplacer("$code", code, "$box", box(west, south, east, north)).Replace(`
		WITH f AS (INSERT INTO feature (collection, code, round_id) SELECT 'zones', '$code', max(round_id) FROM round RETURNING fid)
		INSERT INTO feature_version (collection, fid, version, change, kind, name, accuracy, source, source_en, shape, valid, recorded_by, reason)
		SELECT 'zones', f.fid, 1, 'created', 'zone', 'x', 'surveyed', 'x', 'x', $box, '[2022-01-01,)', 'psql', 'x' FROM f`)
}

func box(west, south, east, north int) string {
	at := func(v, from int) string { return strconv.Itoa(from + v) }
	return "ST_MakeEnvelope(" + at(west, 520000) + "," + at(south, 2520000) + "," + at(east, 520000) + "," + at(north, 2520000) + ", 4547)"
}

// refusedBy is the name of the constraint that an error is about.
func refusedBy(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.ConstraintName
	}
	return ""
}

// Whoever writes, no two things of a layer overlap when the transaction ends; they may touch, and change places within one.
func TestBackstop(t *testing.T) {
	t.Parallel()
	d := storetest.Seeded(t)
	psql := d.Psql(t)
	run := func(statements ...string) error {
		return pgx.BeginFunc(t.Context(), psql, func(tx pgx.Tx) error {
			for _, s := range statements {
				if _, err := tx.Exec(t.Context(), s); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := run(zoneInPsql("Z-50", 0, 0, 100, 100), zoneInPsql("Z-51", 100, 0, 200, 100)); err != nil {
		t.Fatalf("neighbours that touch: %v", err)
	}
	if err := run(zoneInPsql("Z-52", 50, 50, 150, 150)); refusedBy(err) != "feature_no_overlap" || !strings.Contains(err.Error(), "2500") {
		t.Errorf("an overlap: %v", err)
	}
	if err := run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", zoneInPsql("Z-53", 300, 0, 400, 100)); refusedBy(err) != "ledger_isolation" {
		t.Errorf("a snapshot that is older than the locks: %v", err)
	}
	swap := []string{
		"CREATE TEMP TABLE was ON COMMIT DROP AS SELECT v.*, f.code FROM feature_version v JOIN feature f USING (collection, fid) WHERE f.code IN ('Z-50', 'Z-51')",
		"UPDATE feature_version v SET known = tstzrange(lower(v.known), clock_timestamp()) FROM was WHERE v.fid = was.fid AND upper_inf(v.known)",
		`INSERT INTO feature_version (collection, fid, version, change, kind, name, accuracy, source, source_en, shape, valid, recorded_by, reason)
		 SELECT a.collection, a.fid, 2, 'corrected', a.kind, a.name, a.accuracy, a.source, a.source_en, b.shape, a.valid, 'psql', 'swap' FROM was a JOIN was b ON b.fid <> a.fid`,
	}
	if err := run(swap...); err != nil {
		t.Errorf("two that change places in one transaction: %v", err)
	}
	if err := run(strings.Replace(zoneInPsql("Z-54", 0, 0, 100, 100), "[2022-01-01,)", "[2020-01-01,2022-01-01)", 1)); err != nil {
		t.Errorf("the same land on other days: %v", err)
	}
	var unchecked int
	if err := psql.QueryRow(t.Context(), "SELECT count(*) FROM unchecked").Scan(&unchecked); err != nil || unchecked != 0 {
		t.Errorf("%d notes were left (%v)", unchecked, err)
	}
}

// Of sixteen who draw one square in psql at the same instant one commits, inside the mapped extent and outside.
// The control is the same without the trigger: there are always more.
func TestBackstopHoldsRaces(t *testing.T) {
	t.Parallel()
	rounds := 5
	if !testing.Short() {
		rounds = 60
	}
	for name, guarded := range map[string]bool{"guarded": true, "control": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := storetest.Seeded(t)
			if !guarded {
				if _, err := d.Psql(t).Exec(t.Context(), "CREATE OR REPLACE FUNCTION edit_guard() RETURNS void LANGUAGE sql AS ''"); err != nil {
					t.Fatal(err)
				}
			}
			var writers []*pgx.Conn
			for range 16 {
				writers = append(writers, d.Psql(t))
			}
			broken := 0
			for round := range rounds {
				won := make([]bool, len(writers))
				start := make(chan struct{})
				var all sync.WaitGroup
				for i, w := range writers {
					all.Go(func() {
						<-start
						_, err := w.Exec(context.WithoutCancel(t.Context()), zoneInPsql("Z-"+strconv.Itoa(1000+100*round+i), 0, 200*round, 100, 200*round+100))
						won[i] = err == nil
						if by := refusedBy(err); err != nil && by != "feature_no_overlap" && !strings.Contains(err.Error(), "40001") && !strings.Contains(err.Error(), "40P01") {
							t.Errorf("refused for another reason: %v", err)
						}
					})
				}
				close(start)
				all.Wait()
				winners := 0
				for _, w := range won {
					if w {
						winners++
					}
				}
				if winners != 1 {
					broken++
				}
				if guarded && winners != 1 {
					t.Fatalf("round %d has %d winners", round, winners)
				}
			}
			if !guarded && broken == 0 {
				t.Error("the control found nothing: the race is none")
			}
		})
	}
}
