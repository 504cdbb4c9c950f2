package httpapi

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// What somebody with psql does: the service has no hand in it.

const columns = `collection, fid, change, kind, name, name_en, name_status, accuracy, source, source_en, published`

// correct moves a parcel ten metres east, as if it had always been there.
func correct(t testing.TB, psql *pgx.Conn, code string) {
	t.Helper()
	must(t, psql, `WITH old AS (
			UPDATE feature_version v SET known = tstzrange(lower(v.known), clock_timestamp())
			FROM feature f WHERE f.fid = v.fid AND f.code = $1 AND upper_inf(v.known) RETURNING v.*)
		INSERT INTO feature_version (`+columns+`, version, shape, valid, recorded_by, reason)
		SELECT collection, fid, 'corrected', kind, name, name_en, name_status, accuracy, source, source_en, published,
		       version + 1, ST_SnapToGrid(ST_Translate(shape, CASE version % 2 WHEN 1 THEN 10 ELSE -10 END, 0), 0.0001), valid, 'psql', 'correction' FROM old`, code)
}

// change moves a parcel east from a day on.
func change(t testing.TB, psql *pgx.Conn, code, day string, metres float64) {
	t.Helper()
	must(t, psql, `WITH old AS (
			UPDATE feature_version v SET known = tstzrange(lower(v.known), clock_timestamp())
			FROM feature f WHERE f.fid = v.fid AND f.code = $1 AND upper_inf(v.known) RETURNING v.*)
		INSERT INTO feature_version (`+columns+`, version, shape, valid, recorded_at, recorded_by, reason)
		SELECT collection, fid, change, kind, name, name_en, name_status, accuracy, source, source_en, published,
		       version, shape, daterange(lower(valid), $2::date), recorded_at, recorded_by, reason FROM old
		UNION ALL
		SELECT collection, fid, 'changed', kind, name, name_en, name_status, accuracy, source, source_en, published,
		       version + 1, ST_SnapToGrid(ST_Translate(shape, $3, 0), 0.0001), daterange($2::date, NULL), NULL, 'psql', 'change' FROM old`, code, day, metres)
}

// retire ends a parcel on a day.
func retire(t testing.TB, psql *pgx.Conn, code, day string) {
	t.Helper()
	must(t, psql, `WITH old AS (
			UPDATE feature_version v SET known = tstzrange(lower(v.known), clock_timestamp())
			FROM feature f WHERE f.fid = v.fid AND f.code = $1 AND upper_inf(v.known) RETURNING v.*)
		INSERT INTO feature_version (`+columns+`, version, shape, valid, recorded_at, recorded_by, reason)
		SELECT collection, fid, change, kind, name, name_en, name_status, accuracy, source, source_en, published,
		       version, shape, daterange(lower(valid), $2::date), recorded_at, recorded_by, reason FROM old`, code, day)
}

func must(t testing.TB, psql *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := psql.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// correctLast corrects the newest version of a parcel for all its days.
func correctLast(t testing.TB, psql *pgx.Conn, code string) {
	t.Helper()
	must(t, psql, `WITH old AS (
			UPDATE feature_version v SET known = tstzrange(lower(v.known), clock_timestamp())
			FROM feature f WHERE f.fid = v.fid AND f.code = $1 AND upper_inf(v.known) AND upper_inf(v.valid) RETURNING v.*)
		INSERT INTO feature_version (`+columns+`, version, shape, valid, recorded_by, reason)
		SELECT collection, fid, 'corrected', kind, name, name_en, name_status, accuracy, source, source_en, published,
		       version + 1, shape, valid, 'psql', 'correction' FROM old`, code)
}

// endLast ends the newest version of a parcel on a day; another one follows where it is a change.
func endLast(t testing.TB, psql *pgx.Conn, code, day string, follows bool) {
	t.Helper()
	must(t, psql, `WITH old AS (
			UPDATE feature_version v SET known = tstzrange(lower(v.known), clock_timestamp())
			FROM feature f WHERE f.fid = v.fid AND f.code = $1 AND upper_inf(v.known) AND upper_inf(v.valid) RETURNING v.*)
		INSERT INTO feature_version (`+columns+`, version, shape, valid, recorded_at, recorded_by, reason)
		SELECT collection, fid, change, kind, name, name_en, name_status, accuracy, source, source_en, published,
		       version, shape, daterange(lower(valid), $2::date), recorded_at, recorded_by, reason FROM old
		UNION ALL
		SELECT collection, fid, 'changed', kind, name, name_en, name_status, accuracy, source, source_en, published,
		       version + 1, shape, daterange($2::date, NULL), NULL, 'psql', 'change' FROM old WHERE $3`, code, day, follows)
}
