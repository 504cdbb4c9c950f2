package signing_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

const writers = 8

// patience is how many rounds a control may take to show its harm.
const patience = 30

var (
	anna = land.Actor{Account: "anna", Role: land.RoleConsole}
	bert = land.Actor{Account: "bert", Role: land.RoleConsole}
)

func day(text string) land.Day {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return land.Day{Time: t}
}

func subject(code string) land.Subject {
	kinds := map[byte]land.SubjectKind{'C': land.OfContract, 'B': land.OfBuilding, 'H': land.OfHolding, 'L': land.OfPlot, 'P': land.OfParcel}
	return land.Subject{Kind: kinds[code[0]], Code: code}
}

func fact(on, kind, code string) land.Fact {
	return land.Fact{Subject: subject(code), Kind: land.FactKind(kind), OccurredOn: day(on)}
}

func void(id int64, on string) land.Fact {
	reason := "录错"
	return land.Fact{Kind: land.Voided, OccurredOn: day(on), Voids: &id, Reason: &reason}
}

// village is a database with n holdings on one plot, L-000001 of P-01: H-0001 with B-0001 and C-0001, and so on.
func village(t testing.TB, n int) (storetest.Database, *store.DB) {
	t.Helper()
	d := storetest.Seeded(t)
	const plot = `
		WITH f AS (INSERT INTO feature (collection, code, round_id) SELECT 'plots', 'L-000001', round_id FROM round RETURNING fid)
		INSERT INTO plot_version (collection, fid, version, change, kind, parcel, disposition, use_class, accuracy, source, source_en, shape, valid, recorded_by, reason)
		SELECT 'plots', f.fid, 1, 'created', 'plot', p.fid, 'storage', 'industrial', 'approximate', 'test', 'test', ST_MakeEnvelope(500000, 2510000, 500100, 2510100, 4547), daterange('2021-06-01', NULL), 'test', 'test'
		FROM   f, feature p WHERE p.code = 'P-01'`
	if _, err := d.Psql(t).Exec(t.Context(), plot); err != nil {
		t.Fatal(err)
	}
	db := d.Open(t)
	now := time.Now()
	since := land.Period{From: day("2021-06-01"), Known: now}
	var l land.Ledger
	for i := 1; i <= n; i++ {
		h, b, c := fmt.Sprintf("H-%04d", i), fmt.Sprintf("B-%04d", i), fmt.Sprintf("C-%04d", i)
		l.Holdings = append(l.Holdings, land.HoldingVersion{Period: since, Number: 1, Code: h, Parcel: "P-01", Name: h, Class: "residential"})
		l.HoldingLand = append(l.HoldingLand, land.HoldingLandVersion{Period: since, Holding: h, Plot: "L-000001", AreaM2: "100"})
		l.Buildings = append(l.Buildings, land.BuildingVersion{Period: since, Number: 1, Code: b, Holding: h, Plot: "L-000001", FloorAreaM2: "300", Storeys: 3, Use: "residential"})
		l.Contracts = append(l.Contracts, land.ContractVersion{Period: since, Number: 1, Code: c, Parcel: "P-01", Kind: "relocation"})
		l.Covers = append(l.Covers, land.CoverVersion{Period: since, Contract: c, Holding: h})
	}
	if err := db.Write(t.Context(), anna, func(tx *store.Tx) error { return tx.LoadLedger(t.Context(), l, "test") }); err != nil {
		t.Fatal(err)
	}
	return d, db
}

// record records what must be lawful.
func record(t testing.TB, db *store.DB, by land.Actor, facts ...land.Fact) []land.Fact {
	t.Helper()
	recorded, _, err := signing.Record(t.Context(), db, by, facts, nil)
	if err != nil {
		t.Fatal(err)
	}
	return recorded
}

func appraise(t testing.TB, db *store.DB, n int) {
	t.Helper()
	var facts []land.Fact
	for i := 1; i <= n; i++ {
		h := fmt.Sprintf("H-%04d", i)
		facts = append(facts, fact("2022-01-05", "surveyed", h), fact("2022-01-06", "measured", h), fact("2022-01-07", "appraised", h))
	}
	record(t, db, anna, facts...)
}

// stages are the stages of a thing that are known now, by day.
func stages(t testing.TB, d storetest.Database, code string) string {
	t.Helper()
	var text string
	err := d.Psql(t).QueryRow(t.Context(), `
		SELECT string_agg(coalesce(lower(s.valid)::text, '') || ' ' || s.stage, ', ' ORDER BY s.valid)
		FROM   subject_state s JOIN subject c USING (subject_id) WHERE c.code = $1 AND upper_inf(s.known)`, code).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A plot goes its whole way, and one fact is taken back.
func TestRecord(t *testing.T) {
	t.Parallel()
	d, db := village(t, 2)
	appraise(t, db, 2)
	signed := record(t, db, anna, fact("2022-02-01", "signed", "C-0001"), fact("2022-02-02", "signed", "C-0002"))
	record(t, db, anna, fact("2022-03-01", "vacated", "B-0001"), fact("2022-03-01", "vacated", "H-0002"), fact("2022-03-05", "demolished", "B-0001"), fact("2022-03-06", "demolished", "B-0002"))
	done := record(t, db, anna, fact("2022-04-01", "title_accepted", "L-000001"), fact("2022-04-02", "site_accepted", "L-000001"), fact("2022-04-09", "stored", "L-000001"))
	const whole = "2021-06-01 planned, 2022-02-01 partly_signed, 2022-02-02 all_signed, 2022-03-06 cleared, 2022-04-01 title_accepted, 2022-04-02 accepted"
	if got := stages(t, d, "L-000001"); got != whole+", 2022-04-09 stored" {
		t.Errorf("the plot went %s", got)
	}
	if signed[0].ID == 0 || signed[0].RecordedAt.IsZero() || signed[0].RecordedBy != "anna" || signed[1].ID <= signed[0].ID {
		t.Errorf("recorded as %+v", signed)
	}
	_, _, err := signing.Record(t.Context(), db, bert, []land.Fact{void(signed[0].ID, "2022-05-01")}, nil)
	if !fault.Is(err, "fact.void_needed") {
		t.Errorf("a signature that an acceptance needs is taken back: %v", err)
	}
	_, _, err = signing.Record(t.Context(), db, anna, []land.Fact{void(done[2].ID, "2022-05-01")}, nil)
	if !fault.Is(err, "fact.second_person") {
		t.Errorf("the author voids: %v", err)
	}
	_, _, err = signing.Record(t.Context(), db, anna, []land.Fact{void(1<<40, "2022-05-01"), fact("2022-05-01", "visited", "H-9999")}, nil)
	f, _ := fault.As(err)
	if f == nil || len(f.Each()) != 2 || f.Each()[0].Code != "fact.unknown" || f.Each()[1].Code != "fact.subject_unknown" {
		t.Errorf("got %v", err)
	}
	taken := record(t, db, bert, void(done[2].ID, "2022-05-01"))
	if taken[0].Subject != subject("L-000001") {
		t.Errorf("the void speaks of %v", taken[0].Subject)
	}
	if got := stages(t, d, "L-000001"); got != whole {
		t.Errorf("the plot went %s", got)
	}
	if _, _, err := signing.Record(t.Context(), db, anna, []land.Fact{void(done[2].ID, "2022-05-01")}, nil); !fault.Is(err, "fact.voided_already") {
		t.Errorf("voided twice: %v", err)
	}
}

// Nothing of a list with a fault is written.
func TestRecordAllOrNothing(t *testing.T) {
	t.Parallel()
	d, db := village(t, 1)
	if _, _, err := signing.Record(t.Context(), db, anna, []land.Fact{fact("2022-01-05", "surveyed", "H-0001"), fact("2022-01-06", "appraised", "H-0001")}, nil); !fault.Is(err, "fact.needs") {
		t.Errorf("got %v", err)
	}
	if got := stages(t, d, "H-0001"); got != "2021-06-01 registered" {
		t.Errorf("the holding went %s", got)
	}
}

// An objection against a parcel and a signature in it, at the same instant: one of them is refused, whoever comes first.
func TestObjectionMeetsSignature(t *testing.T) {
	t.Parallel()
	_, db := village(t, 1)
	appraise(t, db, 1)
	for round := range 10 {
		lists := [][]land.Fact{{fact("2022-02-01", "signed", "C-0001")}, {fact("2022-01-20", "objected", "P-01")}}
		errs := make([]error, len(lists))
		made := make([][]land.Fact, len(lists))
		var all sync.WaitGroup
		for i, list := range lists {
			all.Go(func() { made[i], _, errs[i] = signing.Record(t.Context(), db, anna, list, nil) })
		}
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("round %d: %v and %v", round, errs[0], errs[1])
		}
		for i, err := range errs {
			if err == nil {
				record(t, db, bert, void(made[i][0].ID, "2022-02-02"))
			} else if !fault.Is(err, "fact.refused_while") && !fault.Is(err, "fact.makes_unlawful") {
				t.Fatalf("round %d: %v", round, err)
			}
		}
	}
}

// Eight writers sign for the eight holdings of one plot at once, and take it back, round after round.
// Without the row locks the plot's stage comes out wrong, or writers fail: that is the control.
func TestEightWritersOnOnePlot(t *testing.T) {
	t.Parallel()
	rounds := 8
	if testing.Short() {
		rounds = 3
	}
	t.Run("with the locks", func(t *testing.T) {
		t.Parallel()
		d, db := village(t, writers)
		appraise(t, db, writers)
		for range rounds {
			wrong, failed := race(t, d, func(i int) error {
				made, _, err := signing.Record(t.Context(), db, anna, []land.Fact{fact("2022-02-01", "signed", fmt.Sprintf("C-%04d", i))}, nil)
				if err == nil && i%2 == 0 {
					_, _, err = signing.Record(t.Context(), db, bert, []land.Fact{void(made[0].ID, "2022-02-02")}, nil)
				}
				if err == nil && i%2 == 0 {
					_, _, err = signing.Record(t.Context(), db, anna, []land.Fact{fact("2022-02-01", "signed", fmt.Sprintf("C-%04d", i))}, nil)
				}
				return err
			})
			if wrong || failed > 0 {
				t.Fatalf("the stage is wrong: %v; %d writers failed", wrong, failed)
			}
			undo(t, d, db)
		}
	})
	t.Run("control: without them, but for the backstop", func(t *testing.T) {
		t.Parallel()
		d, db := village(t, writers)
		appraise(t, db, writers)
		again := 0
		for round := 0; round < patience && again == 0; round++ {
			var tries atomic.Int64
			wrong, failed := race(t, d, unlocked(t.Context(), db, &tries))
			if wrong {
				t.Fatal("the backstop of the database let a wrong stage pass")
			}
			again += failed + int(tries.Load()) - writers
			undo(t, d, db)
		}
		if again == 0 {
			t.Error("without the locks nobody had to begin anew: the test shows nothing")
		}
	})
	t.Run("control: without them and without the backstop", func(t *testing.T) {
		t.Parallel()
		d, db := village(t, writers)
		appraise(t, db, writers)
		strip(t, d)
		harm := 0
		for round := 0; round < patience && harm == 0; round++ {
			var tries atomic.Int64
			wrong, failed := race(t, d, unlocked(t.Context(), db, &tries))
			if wrong || failed > 0 || tries.Load() > writers {
				harm++
			}
			if harm == 0 { // else the projection is not to be trusted any more
				undo(t, d, db)
			}
		}
		if harm == 0 {
			t.Error("without locks and backstop no stage was wrong and nobody failed: the test shows nothing")
		}
	})
}

// unlocked signs as Record does, but takes no row locks and judges nothing.
func unlocked(ctx context.Context, db *store.DB, tries *atomic.Int64) func(int) error {
	return func(i int) error {
		return db.Write(ctx, anna, func(tx *store.Tx) error {
			tries.Add(1)
			f := fact("2022-02-01", "signed", fmt.Sprintf("C-%04d", i))
			f.RecordedAt, f.RecordedBy = tx.Now, "anna"
			time.Sleep(time.Duration(i%3) * time.Millisecond) // a network between two statements
			_, err := tx.AppendFacts(ctx, []land.Fact{f})
			return err
		})
	}
}

// race lets the writers go at once, and reports whether the plot's stage is other than its facts say, and how many failed.
func race(t *testing.T, d storetest.Database, write func(int) error) (wrong bool, failed int) {
	t.Helper()
	var all sync.WaitGroup
	var errs [writers]error
	for i := range writers {
		all.Go(func() { errs[i] = write(i + 1) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			if _, ok := fault.As(err); ok && !fault.Is(err, "db.busy") && !fault.Is(err, "db.slow") {
				t.Fatal(err)
			}
			failed++
		}
	}
	conn := d.Psql(t)
	var faults int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM projection_faults(clock_timestamp())").Scan(&faults); err != nil {
		t.Fatal(err)
	}
	if got := stages(t, d, "L-000001"); failed == 0 && !strings.HasSuffix(got, "2022-02-01 all_signed") {
		return true, failed
	}
	return faults > 0, failed
}

// undo takes all signatures back.
func undo(t *testing.T, d storetest.Database, db *store.DB) {
	t.Helper()
	rows, err := d.Psql(t).Query(t.Context(), "SELECT fact_id FROM fact f WHERE kind = 'signed' AND NOT EXISTS (SELECT FROM fact v WHERE v.voids = f.fact_id)")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []land.Fact
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		list = append(list, void(id, "2022-02-03"))
	}
	if len(list) > 0 {
		record(t, db, bert, list...)
	}
}

// strip takes the row locks and the refusals of latecomers out of the database's own functions.
func strip(t *testing.T, d storetest.Database) {
	t.Helper()
	conn := d.Psql(t)
	for name, parts := range map[string][]string{
		"derive_noted": {`whole := ledger_lock\(noted\);`, `(?s)IF EXISTS \(SELECT FROM subject s WHERE .*?END IF;`, `UPDATE subject s SET derived_at = last WHERE .*?;`},
		"derive_level": {`(?s)IF EXISTS \(SELECT FROM subject_state o WHERE .*?END IF;`},
	} {
		var text string
		if err := conn.QueryRow(t.Context(), "SELECT pg_get_functiondef($1::regproc)", name).Scan(&text); err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			re := regexp.MustCompile(part)
			if !re.MatchString(text) {
				t.Fatal(errors.New(name + " has no " + part))
			}
			text = re.ReplaceAllString(text, "")
		}
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}

// The schema knows the kinds of facts that the order has.
func TestKindsStandInTheSchema(t *testing.T) {
	t.Parallel()
	rows, err := storetest.Empty(t).Psql(t).Query(t.Context(), "SELECT kind FROM fact_kind")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	known := map[land.FactKind]bool{}
	for rows.Next() {
		var kind land.FactKind
		if err := rows.Scan(&kind); err != nil {
			t.Fatal(err)
		}
		known[kind] = true
	}
	for _, r := range land.Order {
		if !known[r.Kind] {
			t.Errorf("%s may not stand in the ledger", r.Kind)
		}
	}
	if len(known) != len(land.Order) {
		t.Errorf("the schema has %d kinds, the order %d", len(known), len(land.Order))
	}
}

// BenchmarkSign is a signature with its holding and plots derived, and its void, in the demonstration.
func BenchmarkSign(b *testing.B) {
	d := storetest.Demo(b)
	db := d.Open(b)
	var code string
	err := d.Psql(b).QueryRow(b.Context(), `SELECT c.code FROM contract_state s JOIN subject c USING (subject_id) JOIN contract k ON k.contract = s.subject_id AND k.kind = 'relocation'
		JOIN contract_holding h ON h.contract = s.subject_id JOIN fact f ON f.subject_id = h.holding AND f.kind = 'appraised' WHERE s.stage IN ('draft', 'offered') AND upper_inf(s.known) AND upper_inf(s.valid) LIMIT 1`).Scan(&code)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		signed := record(b, db, anna, fact("2023-06-01", "signed", code))
		record(b, db, bert, void(signed[0].ID, "2023-06-02"))
	}
}

// A list in which a fact could not be read is judged all the same: every fault of it comes in one answer.
func TestUnreadBesideJudged(t *testing.T) {
	t.Parallel()
	db := storetest.Demo(t).Open(t)
	list := []land.Fact{
		fact("2022-12-30", "visited", "H-0001"),
		{Subject: land.Subject{Kind: land.OfHolding, Code: "H-0002"}, Kind: "surveyed", Value: []byte("{}")}, // its day could not be read
		fact("2022-12-30", "visited", "H-9999"),
		fact("2022-12-30", "objection_closed", "H-0002"), // what it needs may have been the one that could not be read
		fact("2190-01-01", "visited", "H-0001"),
	}
	unread := []*fault.Error{fault.New(fault.Malformed, "date.malformed", "value", "x").In("/1/occurred_on")}
	_, _, err := signing.RecordRead(t.Context(), db, land.Actor{Account: "anna", Role: land.RoleConsole}, list, unread, nil)
	e, ok := fault.As(err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	var got []string
	for _, one := range e.Each() {
		got = append(got, one.Field+" "+one.Code)
	}
	if want := []string{"/1/occurred_on date.malformed", "/2/subject/id fact.subject_unknown", "/4/occurred_on fact.in_future"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
