package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/jackc/pgx/v5"
)

// account is an account of a test database, as it acts.
func account(t testing.TB, psql *pgx.Conn, name string) land.Actor {
	t.Helper()
	a := land.Actor{Account: name}
	if err := psql.QueryRow(t.Context(), "SELECT account_id, role FROM account WHERE name = $1", name).Scan(&a.ID, &a.Role); err != nil {
		t.Fatal(err)
	}
	return a
}

// unnarrowed is an account of which the code believes that it sees all: the database alone holds it back.
func unnarrowed(t testing.TB, psql *pgx.Conn, name string) land.Actor {
	t.Helper()
	a := account(t, psql, name)
	a.Role = land.RoleOfficer
	return a
}

// codes are the codes of the register by the parcel that they belong to.
func codesIn(t testing.TB, psql *pgx.Conn, parcel string) map[string]bool {
	t.Helper()
	rows, err := psql.Query(t.Context(), `SELECT s.code FROM subject s JOIN subject p ON p.subject_id = s.parcel WHERE p.code = $1 AND s.kind IN ('holding', 'building', 'contract')
		UNION SELECT y.code FROM party y JOIN holding_party h USING (party_id) JOIN subject s ON s.subject_id = h.holding JOIN subject p ON p.subject_id = s.parcel WHERE p.code = $1`, parcel)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, code := range all {
		found[code] = true
	}
	return found
}

// The second line alone: where the code asks for everything, the database gives a post its own, a viewer and nobody nothing.
func TestPoliciesAlone(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	psql := d.Psql(t)
	db := d.Front(t)
	own, every := codesIn(t, psql, "P-01"), codesIn(t, psql, "P-02")
	clock := land.On(land.DayOf(db.Now()))
	read := func(by land.Actor) (seen map[string]bool) {
		seen = map[string]bool{}
		err := db.Read(store.As(t.Context(), by), func(tx *store.Tx) error {
			f := store.Filter{Clock: clock, Limit: 10_000}
			holdings, matched, err := tx.Holdings(t.Context(), f)
			if err != nil || matched != int64(len(holdings)) {
				return fmt.Errorf("%d of %d holdings: %w", len(holdings), matched, err)
			}
			for _, h := range holdings {
				seen[h.Code] = true
				for _, p := range h.Parties {
					seen[p.Party] = true
				}
			}
			buildings, _, err := tx.Buildings(t.Context(), f)
			for _, b := range buildings {
				seen[b.Code], seen[b.Holding] = true, true
			}
			if err != nil {
				return err
			}
			contracts, _, err := tx.Contracts(t.Context(), f)
			for _, c := range contracts {
				seen[c.Code] = true
				for _, h := range c.Holdings {
					seen[h] = true
				}
			}
			if err != nil {
				return err
			}
			parties, _, err := tx.Parties(t.Context(), f)
			for _, p := range parties {
				seen[p.Code] = true
				for _, h := range p.Holdings {
					seen[h.Holding] = true
				}
			}
			if err != nil {
				return err
			}
			facts, _, err := tx.Facts(t.Context(), f)
			for _, f := range facts {
				if f.Subject.Kind != land.OfPlot && f.Subject.Kind != land.OfParcel {
					seen[f.Subject.Code] = true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	if len(own) == 0 || len(every) == 0 {
		t.Fatal("the demonstration has nothing to hide")
	}
	seen := read(unnarrowed(t, psql, "post1"))
	for code := range seen {
		if !own[code] {
			t.Errorf("post1 reads %s", code)
		}
	}
	for code := range own {
		if !seen[code] {
			t.Errorf("post1 does not read %s, which is its own", code)
		}
	}
	if all := read(unnarrowed(t, psql, "officer")); len(all) < len(own)+len(every) {
		t.Errorf("an officer reads %d", len(all))
	}
	for _, by := range []land.Actor{unnarrowed(t, psql, "viewer"), unnarrowed(t, psql, "auditor"), unnarrowed(t, psql, "sysadmin"), {Role: land.RoleOfficer}, {ID: 1 << 30, Role: land.RoleOfficer}} {
		if n := len(read(by)); n > 0 {
			t.Errorf("%v reads %d things of the register", by, n)
		}
	}
	if _, err := psql.Exec(t.Context(), "UPDATE account SET disabled_at = clock_timestamp() WHERE name = 'post1'"); err != nil {
		t.Fatal(err)
	}
	if n := len(read(unnarrowed(t, psql, "post1"))); n > 0 {
		t.Errorf("a disabled account reads %d things", n)
	}
}

// What reaches into the register by number or by code finds nothing of another post either, under the policies alone.
func TestPoliciesOfQuestions(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	psql := d.Psql(t)
	db := d.Front(t)
	var holding, plot string
	var id int32
	var fact int64
	if err := psql.QueryRow(t.Context(), `SELECT s.code, s.subject_id, max(f.fact_id), min(l.code) FROM subject s JOIN subject p ON p.subject_id = s.parcel JOIN fact f ON f.subject_id = s.subject_id
		JOIN subject l ON l.parcel = p.subject_id AND l.kind = 'plot' WHERE p.code = 'P-02' AND s.kind = 'holding' GROUP BY s.code, s.subject_id ORDER BY s.code LIMIT 1`).Scan(&holding, &id, &fact, &plot); err != nil {
		t.Fatal(err)
	}
	codes := []string{holding, plot, "P-02"}
	ask := func(by land.Actor) (said []string) {
		err := db.Read(store.As(t.Context(), by), func(tx *store.Tx) error {
			things, err := tx.Things(t.Context(), codes)
			if err != nil {
				return err
			}
			touched, err := tx.Touched(t.Context(), []string{holding})
			if err != nil {
				return err
			}
			subjects, err := tx.FactSubjects(t.Context(), []int64{fact})
			if err != nil {
				return err
			}
			members, err := tx.ParcelMembers(t.Context(), []string{"P-02"})
			if err != nil {
				return err
			}
			for _, m := range members {
				if strings.HasPrefix(m, "H-") {
					said = append(said, "member")
					break
				}
			}
			c, err := tx.Case(t.Context(), []string{"P-02", holding})
			if err != nil {
				return err
			}
			holders, err := tx.Holders(t.Context(), land.On(land.DayOf(db.Now())), []int32{id})
			if err != nil {
				return err
			}
			seen, err := tx.Seen(t.Context(), []int32{id})
			if err != nil {
				return err
			}
			change, err := tx.LastChange(t.Context(), holding)
			if err != nil {
				return err
			}
			taken, err := tx.Taken(t.Context(), holding)
			for what, found := range map[string]bool{
				"things": things[holding] != 0, "touched": len(touched) > 0, "facts": len(subjects) > 0, "case": len(c.Holdings)+len(c.Facts)+len(c.Land)+len(c.Contracts)+len(c.Buildings) > 0,
				"holders": len(holders) > 0, "seen": seen[id], "change": change.By != "", "taken": taken,
			} {
				if found {
					said = append(said, what)
				}
			}
			if things[plot] == 0 || things["P-02"] == 0 {
				t.Error("what stands on the map is not found")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	if said := ask(unnarrowed(t, psql, "post1")); len(said) > 0 {
		t.Errorf("post1 learns of %s by %v", holding, said)
	}
	if said := ask(unnarrowed(t, psql, "officer")); len(said) != 9 {
		t.Errorf("an officer learns of %s by %v only", holding, said)
	}
	// A lock by number is taken on nothing of another post.
	var locked []int32
	if err := psql.QueryRow(t.Context(), "WITH s AS MATERIALIZED (SELECT acting_as($2)) SELECT ledger_lock_seen(ARRAY[$1::int]) FROM s", id, unnarrowed(t, psql, "post1").ID).Scan(&locked); err != nil || len(locked) > 0 {
		t.Errorf("post1 locks %v: %v", locked, err)
	}
}

// Under the policies alone a post writes nothing outside its parcels, and moves nothing into them or out of them.
func TestPoliciesOfWrites(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	psql := d.Psql(t)
	db := d.Front(t)
	first := func(parcel, kind string) string {
		var code string
		if err := psql.QueryRow(t.Context(), `SELECT s.code FROM subject s JOIN subject p ON p.subject_id = s.parcel WHERE p.code = $1 AND s.kind = $2 ORDER BY s.code LIMIT 1`, parcel, kind).Scan(&code); err != nil {
			t.Fatal(err)
		}
		return code
	}
	mine, theirs := first("P-01", "holding"), first("P-02", "holding")
	theirParcel := "P-02"
	by := unnarrowed(t, psql, "post1")
	revise := func(code string) store.Revision {
		return store.Revision{Code: code, From: land.DayOf(db.Now()), Reason: "x"}
	}
	name := "x"
	for what, write := range map[string]func(ctx context.Context, tx *store.Tx) error{
		"moves a holding out": func(ctx context.Context, tx *store.Tx) error {
			return tx.ReviseHolding(ctx, revise(mine), land.HoldingDraft{Parcel: &theirParcel})
		},
		"covers another's holding": func(ctx context.Context, tx *store.Tx) error {
			return tx.Register(ctx, land.Ledger{
				Contracts: []land.ContractVersion{{Period: land.Period{From: land.DayOf(tx.Now), Known: tx.Now}, Number: 1, Code: "C-8888", Parcel: "P-01", Kind: "framework"}},
				Covers:    []land.CoverVersion{{Period: land.Period{From: land.DayOf(tx.Now), Known: tx.Now}, Contract: "C-8888", Holding: theirs}},
			}, "x")
		},
		"enters a holding elsewhere": func(ctx context.Context, tx *store.Tx) error {
			return tx.Register(ctx, land.Ledger{Holdings: []land.HoldingVersion{{Period: land.Period{From: land.DayOf(tx.Now), Known: tx.Now}, Number: 1, Code: "H-8888", Parcel: "P-02", Name: "x", Class: "factory"}}}, "x")
		},
		"has land elsewhere": func(ctx context.Context, tx *store.Tx) error {
			return tx.ReviseHolding(ctx, revise(mine), land.HoldingDraft{Land: &[]land.HoldingLand{{Plot: first("P-02", "plot"), AreaM2: "1"}}})
		},
		"records a fact of another's holding": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AppendFacts(ctx, []land.Fact{{Subject: land.Subject{Kind: land.OfHolding, Code: theirs}, Kind: land.Visited, OccurredOn: land.DayOf(tx.Now), RecordedAt: tx.Now, RecordedBy: "post1"}})
			return err
		},
		"records a fact of another's parcel": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AppendFacts(ctx, []land.Fact{{Subject: land.Subject{Kind: land.OfParcel, Code: "P-02"}, Kind: land.Objected, OccurredOn: land.DayOf(tx.Now), RecordedAt: tx.Now, RecordedBy: "post1"}})
			return err
		},
	} {
		if err := db.Write(t.Context(), by, func(tx *store.Tx) error { return write(t.Context(), tx) }); err == nil {
			t.Errorf("post1 %s", what)
		}
	}
	// What it may not see it changes nothing of, without a word.
	if err := db.Write(t.Context(), by, func(tx *store.Tx) error {
		return tx.ReviseHolding(t.Context(), revise(theirs), land.HoldingDraft{Name: &name})
	}); err != nil {
		t.Logf("refused: %v", err)
	}
	var versions int
	if err := psql.QueryRow(t.Context(), "SELECT count(*) FROM holding_version v JOIN subject s ON s.subject_id = v.holding WHERE s.code = $1", theirs).Scan(&versions); err != nil || versions != 1 {
		t.Errorf("%s has %d versions: %v", theirs, versions, err)
	}
}

// A planner is shown no names of persons and no words of others, unless granted; a guess is not confirmed.
func TestMasked(t *testing.T) {
	t.Parallel()
	d := storetest.Demo(t)
	psql := d.Psql(t)
	db := d.Front(t)
	clock := land.On(land.DayOf(db.Now()))
	var name, code, party string
	if err := psql.QueryRow(t.Context(), `SELECT v.name, y.code, s.code FROM party_version v JOIN party y USING (party_id) JOIN holding_party h USING (party_id) JOIN subject s ON s.subject_id = h.holding
		JOIN holding_version o ON o.holding = s.subject_id WHERE v.kind = 'person' AND o.class = 'residential' ORDER BY y.code LIMIT 1`).Scan(&name, &party, &code); err != nil {
		t.Fatal(err)
	}
	hidden := land.MaskName(name)
	if hidden == name || len([]rune(hidden)) != 3 {
		t.Fatalf("%q is masked as %q", name, hidden)
	}
	for who, want := range map[string]struct {
		shown string
		found bool
	}{"planner": {hidden, false}, "granted": {name, true}, "officer": {name, true}} {
		by := account(t, psql, who)
		by.Granted = who == "granted"
		err := db.Read(store.As(t.Context(), by), func(tx *store.Tx) error {
			one := store.Filter{Clock: clock, Code: &party, Limit: 1}
			parties, _, err := tx.Parties(t.Context(), one)
			if err != nil || len(parties) != 1 || parties[0].Name != want.shown {
				return fmt.Errorf("%s is shown %v: %w", who, parties, err)
			}
			one.Code = &code
			holdings, _, err := tx.Holdings(t.Context(), one)
			if err != nil || len(holdings) != 1 {
				return fmt.Errorf("%s is shown %v: %w", who, holdings, err)
			}
			for _, p := range holdings[0].Parties {
				if masked := p.PartyKind == "person" && strings.HasSuffix(p.PartyName, land.Masked); masked == want.found {
					t.Errorf("%s is shown %v", who, p)
				}
			}
			if strings.HasSuffix(holdings[0].Name, land.Masked) == want.found {
				t.Errorf("%s is shown the holding as %q", who, holdings[0].Name)
			}
			words := store.Filter{Clock: clock, Words: &name, Limit: 10}
			_, parts, err := tx.Parties(t.Context(), words)
			if err != nil {
				return err
			}
			_, held, err := tx.Holdings(t.Context(), words)
			if err != nil {
				return err
			}
			_, signed, err := tx.Contracts(t.Context(), words)
			if (parts > 0) != want.found || (held > 0) != want.found || signed > 0 && !want.found {
				t.Errorf("%s finds by %q: %d parties, %d holdings, %d contracts", who, name, parts, held, signed)
			}
			if err != nil {
				return err
			}
			words.Words = &code
			if _, n, err := tx.Holdings(t.Context(), words); err != nil || n == 0 {
				t.Errorf("%s does not find %s: %v", who, code, err)
			}
			facts, _, err := tx.Facts(t.Context(), store.Filter{Clock: clock, Limit: 10_000})
			if err != nil {
				return err
			}
			said := false
			for _, f := range facts {
				said = said || f.Note != nil || f.Reason != nil || strings.Contains(string(f.Value), "next_step") || strings.Contains(string(f.Value), "amount")
				for _, e := range f.Evidence {
					said = said || e.Name != land.Masked
				}
			}
			if said != want.found {
				t.Errorf("%s reads words of others: %t", who, said)
			}
			contracts, _, err := tx.Contracts(t.Context(), store.Filter{Clock: clock, Limit: 1000})
			if err != nil {
				return err
			}
			sums := false
			for _, c := range contracts {
				sums = sums || c.Amount != nil
			}
			if sums != want.found {
				t.Errorf("%s reads sums: %t", who, sums)
			}
			buildings, _, err := tx.Buildings(t.Context(), store.Filter{Clock: clock, Limit: 10_000})
			for _, b := range buildings {
				for _, tenant := range b.Tenants {
					if strings.HasSuffix(tenant, land.Masked) == want.found {
						t.Fatalf("%s is shown the tenant %q", who, tenant)
					}
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
