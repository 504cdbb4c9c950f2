package store_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// hamlet is two plots side by side in P-02, a holding on each, and a relocation contract that covers nobody yet.
const hamlet = `
WITH r AS (SELECT round_id FROM round LIMIT 1)
INSERT INTO feature (collection, code, round_id) SELECT 'plots', 'L-00000' || g, round_id FROM r, generate_series(1, 2) g;
INSERT INTO feature_version (collection, fid, version, change, kind, parcel, disposition, use_class, accuracy, source, source_en, shape, valid, recorded_by, reason)
SELECT 'plots', f.fid, 1, 'created', 'plot', (SELECT fid FROM feature WHERE code = 'P-02'), 'storage', 'industrial', 'approximate', 't', 't',
       ST_SetSRID(ST_MakeEnvelope(502000 + 100 * right(f.code, 1)::int, 2510000, 502100 + 100 * right(f.code, 1)::int, 2510100), 4547), '[2021-06-01,)', 't', 't'
FROM   feature f WHERE f.collection = 'plots';
INSERT INTO subject (kind, code) VALUES ('holding', 'H-0001'), ('holding', 'H-0002'), ('contract', 'C-0001');
INSERT INTO holding_version (holding, version, parcel, name, class, valid, recorded_by, reason)
SELECT h.subject_id, 1, p.subject_id, 't', 'factory', '[2021-06-01,)', 't', 't' FROM subject h JOIN subject p ON p.code = 'P-02' WHERE h.kind = 'holding';
INSERT INTO holding_land (holding, plot, area_m2, valid, recorded_by, reason)
SELECT h.subject_id, p.subject_id, 100, '[2021-06-01,)', 't', 't' FROM subject h JOIN subject p ON p.kind = 'plot' AND right(p.code, 1) = right(h.code, 1) WHERE h.kind = 'holding';
INSERT INTO contract (contract, kind, parcel) SELECT c.subject_id, 'relocation', p.subject_id FROM subject c JOIN subject p ON p.code = 'P-02' WHERE c.kind = 'contract';
INSERT INTO contract_version (contract, version, valid, recorded_by, reason) SELECT contract, 1, '[2021-06-01,)', 't', 't' FROM contract;
`

const (
	cover = `INSERT INTO contract_holding (contract, holding, valid, recorded_by, reason)
		SELECT c.subject_id, h.subject_id, '[2021-06-01,)', 't', 't' FROM subject c JOIN subject h ON h.code = 'H-0001' WHERE c.code = 'C-0001'`
	sign = `INSERT INTO fact (subject_id, kind, occurred_on, recorded_by) SELECT subject_id, 'signed', '2022-02-01', 't' FROM subject WHERE code = 'C-0001'`
)

func settlement(t *testing.T) (storetest.Database, *pgx.Conn) {
	t.Helper()
	d := storetest.Seeded(t)
	psql := d.Psql(t)
	do(t, psql, hamlet)
	return d, psql
}

func do(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%v: %.80s", err, sql)
	}
}

// sound fails where the projection is not what facts, rows and shapes give.
func sound(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	var faults string
	if err := conn.QueryRow(t.Context(), `SELECT coalesce(string_agg(f::text, E'\n'), '') FROM projection_faults(clock_timestamp()) f`).Scan(&faults); err != nil {
		t.Fatal(err)
	}
	if faults != "" {
		t.Errorf("the projection is wrong:\n%s", faults)
	}
}

// Nothing is recorded at a settled instant or ahead of the clock, by whatever way; and a void speaks of the same thing as the fact that it takes back.
func TestLedgerRefuses(t *testing.T) {
	t.Parallel()
	_, psql := settlement(t)
	do(t, psql, cover)
	do(t, psql, sign)
	do(t, psql, `SELECT ledger_settle()`)
	for sql, constraint := range map[string]string{
		`UPDATE contract_holding SET known = tstzrange(lower(known), (SELECT instant FROM ledger_settled))`:                                                                                                     "ledger_settled",
		`INSERT INTO fact (subject_id, kind, occurred_on, recorded_by, recorded_at) SELECT subject_id, 'effective', '2022-02-02', 't', (SELECT instant FROM ledger_settled) FROM subject WHERE code = 'C-0001'`: "ledger_settled",
		`INSERT INTO fact (subject_id, kind, occurred_on, recorded_by, recorded_at) SELECT subject_id, 'effective', '2022-02-02', 't', clock_timestamp() + interval '1 day' FROM subject WHERE code = 'C-0001'`: "ledger_future",
		`INSERT INTO party_version (party_id, version, name, kind, valid, known, recorded_by, reason) SELECT 1, 1, 't', 'person', '(,)', tstzrange('2021-06-01', NULL), 't', 't'`:                               "ledger_settled",
		`INSERT INTO fact (subject_id, kind, occurred_on, recorded_by, reason, voids) SELECT s.subject_id, 'voided', '2022-02-02', 't', 't', f.fact_id FROM fact f, subject s WHERE s.code = 'H-0002'`:          "fact_voids",
	} {
		if strings.Contains(sql, "party_version") {
			do(t, psql, `INSERT INTO party (code) VALUES ('R-0001') ON CONFLICT DO NOTHING`)
		}
		_, err := psql.Exec(t.Context(), sql)
		if err == nil || !strings.Contains(err.Error(), constraint) && !strings.Contains(pgConstraint(err), constraint) {
			t.Errorf("%.60s: %v, not %s", sql, err, constraint)
		}
	}
	sound(t, psql)
}

// An UPDATE reads its clock behind the ledger lock too: what settles while it waits stays as it is.
func TestUpdateWaitsBeforeItsClock(t *testing.T) {
	t.Parallel()
	d, psql := settlement(t)
	do(t, psql, cover)
	holder := d.Psql(t)
	tx, err := holder.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT pg_advisory_xact_lock(0, 1)`); err != nil { // as settling does
		t.Fatal(err)
	}
	writer := d.Psql(t)
	done := make(chan error, 1)
	go func() {
		_, err := writer.Exec(t.Context(), `UPDATE contract_holding SET known = tstzrange(lower(known), clock_timestamp())`)
		done <- err
	}()
	time.Sleep(100 * time.Millisecond) // let it reach the lock; where it does not, the test only shows less
	var settled time.Time
	if err := tx.QueryRow(t.Context(), `SELECT ledger_settle()`).Scan(&settled); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	var closed time.Time
	if err := psql.QueryRow(t.Context(), `SELECT upper(known) FROM contract_holding`).Scan(&closed); err != nil || !closed.After(settled) {
		t.Errorf("settled at %v, closed at %v, %v", settled, closed, err)
	}
}

// Two who write in psql what bears on the same state end with the right one, or the later one begins anew.
func TestWritersAtOnce(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][2]string{
		"a contract is signed while it comes to cover": {cover, sign},
		"neighbours are drawn at once": {
			`UPDATE feature_version v SET known = tstzrange(lower(v.known), clock_timestamp()) FROM feature f WHERE f.fid = v.fid AND f.code = 'L-000001'`,
			`UPDATE feature_version v SET known = tstzrange(lower(v.known), clock_timestamp()) FROM feature f WHERE f.fid = v.fid AND f.code = 'L-000002'`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, psql := settlement(t)
			var both sync.WaitGroup
			for _, statement := range statements {
				conn := d.Psql(t)
				both.Go(func() {
					for range 20 {
						_, err := conn.Exec(t.Context(), `BEGIN; `+statement+`; SELECT pg_sleep(0.05); COMMIT`)
						if err == nil {
							return
						}
						_, _ = conn.Exec(t.Context(), `ROLLBACK`)
						if code := pgCode(err); code != "40001" && code != "40P01" {
							t.Errorf("%v", err)
							return
						}
					}
					t.Error("it had to begin anew again and again")
				})
			}
			both.Wait()
			sound(t, psql)
		})
	}
}

func pgCode(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

func pgConstraint(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.ConstraintName
	}
	return ""
}
