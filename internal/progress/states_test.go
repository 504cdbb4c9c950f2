package progress

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// anyOf is the place of one row of a table that nobody has closed yet.
func anyOf(table string) string {
	return fmt.Sprintf("(SELECT ctid FROM %s WHERE upper_inf(known) ORDER BY random() LIMIT 1)", table)
}

func closes(table string) string {
	return fmt.Sprintf("UPDATE %s SET known = tstzrange(lower(known), clock_timestamp()) WHERE ctid = %s", table, anyOf(table))
}

func records(kind, subject string) string {
	return fmt.Sprintf("INSERT INTO fact (subject_id, kind, occurred_on, recorded_by) SELECT subject_id, '%s', '2022-06-01', 'x' FROM subject WHERE kind = '%s' ORDER BY random() LIMIT 1", kind, subject)
}

// reshapes gives a zone or a plot another outline from today's knowledge on.
func reshapes(kind, shape string) string {
	return fmt.Sprintf(`DO $$ DECLARE v %[1]s_version; a timestamptz; BEGIN
		PERFORM ledger_enter(); a := clock_timestamp();
		SELECT * INTO v FROM %[1]s_version WHERE ctid = %[2]s;
		UPDATE %[1]s_version SET known = tstzrange(lower(known), a) WHERE fid = v.fid AND known = v.known AND valid = v.valid;
		v.shape := ST_SnapToGrid(%[3]s, 0.0001); v.version := v.version + 1; v.known := tstzrange(a, NULL); v.recorded_at := a;
		INSERT INTO %[1]s_version SELECT v.*; END $$`, kind, anyOf(kind+"_version"), shape)
}

// written are the ways in which psql may move states.
var written = []string{
	closes("contract_holding"), closes("holding_land"), closes("building_version"), closes("holding_version"), closes("contract_version"), closes("plot_version"), closes("command_post_parcel"),
	records("signed", "contract"), records("rescinded", "contract"), records("demolished", "building"), records("stored", "plot"),
	`INSERT INTO fact (subject_id, kind, occurred_on, recorded_by, voids, reason) SELECT f.subject_id, 'voided', f.occurred_on, 'x', f.fact_id, 'x'
	 FROM fact f WHERE f.kind IN ('signed', 'vacated', 'stored') AND NOT EXISTS (SELECT FROM fact v WHERE v.voids = f.fact_id) ORDER BY random() LIMIT 1`,
	reshapes("zone", "ST_Translate(v.shape, 20, 10)"),
	reshapes("plot", "ST_Scale(v.shape, ST_Point(0.98, 0.98, 4547), ST_Centroid(v.shape))"),
}

// differ are the names of the tables in which two readings differ.
func (s *states) differ(o *states) (names []string) {
	for name, same := range map[string]bool{
		"plots": equal(&s.plots, &o.plots), "holdings": equal(&s.holdings, &o.holdings), "contracts": equal(&s.contracts, &o.contracts), "parts": equal(&s.parts, &o.parts),
		"edges": equal(&s.edges, &o.edges), "lands": equal(&s.lands, &o.lands), "covers": equal(&s.covers, &o.covers), "rounds": maps.Equal(s.rounds, o.rounds),
	} {
		if !same {
			names = append(names, name)
		}
	}
	return names
}

func equal[T comparable](a, b *table[T]) bool {
	rows := map[T]int{}
	a.each(func(row *T) { rows[*row]++ })
	b.each(func(row *T) { rows[*row]-- })
	for _, left := range rows {
		if left != 0 {
			return false
		}
	}
	return true
}

// Whatever is written, also by a transaction that was open while another was read, and whoever asks, the states in memory are those that the console would read anew.
func TestStatesFollow(t *testing.T) {
	rounds := 150
	if testing.Short() {
		rounds = 10
	}
	d := storetest.Demo(t)
	r, console := NewReader(d.Front(t)), d.Open(t)
	one, other := d.Psql(t), d.Psql(t)
	rows, err := one.Query(t.Context(), "SELECT account_id, role FROM account WHERE role IS NOT NULL ORDER BY account_id")
	if err != nil {
		t.Fatal(err)
	}
	people, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (by land.Actor, err error) { return by, row.Scan(&by.ID, &by.Role) })
	if err != nil {
		t.Fatal(err)
	}
	people = append(people, land.Actor{})
	asked := len(people) // nobody asks first, as where a server reads the states when it starts
	if _, err := one.Exec(t.Context(), "SET lock_timeout = '300ms'"); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 77))
	agrees := func(after string) {
		t.Helper()
		by := people[(asked-1)%len(people)]
		asked++
		var has *states
		if err := r.snapshot(store.As(t.Context(), by), func(_ *store.Tx, s *states) error { has = s; return nil }); err != nil {
			t.Fatal(err)
		}
		fresh := &states{}
		if err := console.Read(t.Context(), func(tx *store.Tx) error { return fresh.add(t.Context(), tx, nil) }); err != nil {
			t.Fatal(err)
		}
		if names := has.differ(fresh); names != nil {
			t.Fatalf("%v differ for %q after %s", names, by.Role, after)
		}
	}
	agrees("nothing")
	wrote := 0
	for range rounds {
		open := false
		if random.IntN(3) == 0 {
			_, err := other.Exec(t.Context(), "BEGIN; "+written[random.IntN(len(written))])
			open = err == nil
		}
		move := written[random.IntN(len(written))]
		if _, err := one.Exec(t.Context(), "BEGIN; "+move+"; COMMIT"); err != nil { // what the ledger refuses, or what waits for the other
			_, _ = one.Exec(t.Context(), "ROLLBACK")
		} else {
			wrote++
		}
		agrees(move)
		if _, err := other.Exec(t.Context(), "COMMIT"); err != nil || !open {
			_, _ = other.Exec(t.Context(), "ROLLBACK")
		}
		agrees("the other's commit")
	}
	if wrote < rounds/3 {
		t.Errorf("only %d of %d writes were taken", wrote, rounds)
	}
	had := r.memory.last.version
	if _, err := one.Exec(t.Context(), "SELECT ledger_announce(NULL)"); err != nil {
		t.Fatal(err)
	}
	agrees("a change that did not say what moved")
	if r.memory.last.version == had {
		t.Error("it was not read again")
	}
}

// A plot that is of another use class from a day on takes its households with it on that day: each counts in one class.
func TestUseClassesAddUp(t *testing.T) {
	d := storetest.Demo(t)
	if _, err := d.Psql(t).Exec(t.Context(), `DO $$ DECLARE v plot_version; a timestamptz; days daterange; BEGIN
		PERFORM ledger_enter(); a := clock_timestamp();
		SELECT p.* INTO v FROM plot_version p JOIN holding_state h ON h.plot = p.fid AND upper_inf(h.known) AND h.valid @> date '2022-11-03'
		WHERE upper_inf(p.known) AND p.valid @> date '2022-11-03' AND p.valid @> date '2022-10-20' AND p.use_class <> 'other' LIMIT 1;
		UPDATE plot_version SET known = tstzrange(lower(known), a) WHERE fid = v.fid AND known = v.known AND valid = v.valid;
		days := v.valid; v.known := tstzrange(a, NULL);
		v.version := v.version + 1; v.valid := daterange(lower(days), '2022-11-01'); INSERT INTO plot_version SELECT v.*;
		v.version := v.version + 1; v.use_class := 'other'; v.valid := daterange('2022-11-01', upper(days)); INSERT INTO plot_version SELECT v.*; END $$`); err != nil {
		t.Fatal(err)
	}
	r := NewReader(d.Open(t))
	for _, day := range []int{3, 20} {
		clock := land.On(land.Day{Time: time.Date(2022, 11, day, 0, 0, 0, 0, time.UTC)})
		whole, err := r.Table(t.Context(), clock, nil)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, class := range land.UseClasses {
			part, err := r.Table(t.Context(), clock, &class)
			if err != nil {
				t.Fatal(err)
			}
			sum += part.Figures.Households.Whole
		}
		if sum != whole.Figures.Households.Whole {
			t.Errorf("on November %d the classes have %d households, the round %d", day, sum, whole.Figures.Households.Whole)
		}
	}
}

// What no reader can count is refused where it is written.
func TestOddRows(t *testing.T) {
	d := storetest.Demo(t)
	psql := d.Psql(t)
	for name, sql := range map[string]string{
		"no use class":     "INSERT INTO plot_version SELECT (jsonb_populate_record(v, '{\"use_class\": null, \"version\": 99, \"valid\": \"[2150-01-01,)\"}')).* FROM plot_version v LIMIT 1",
		"endless days":     "INSERT INTO contract_holding SELECT (jsonb_populate_record(v, '{\"valid\": \"[2150-01-01,infinity)\"}')).* FROM contract_holding v LIMIT 1",
		"endless instants": "INSERT INTO holding_land SELECT (jsonb_populate_record(v, '{\"known\": \"[2022-01-01,infinity)\"}')).* FROM holding_land v LIMIT 1",
		"no number":        "INSERT INTO subject (subject_id, kind, code) VALUES (-5, 'holding', 'H-9999')",
	} {
		if _, err := psql.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: taken", name)
		} else {
			t.Log(name, err)
		}
	}
}
