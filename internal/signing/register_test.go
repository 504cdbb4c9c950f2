package signing_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

func of[T any](v T) *T { return &v }

// today is the last day of what these tests write.
var today = day("2022-12-30")

// revise changes a row, which must go well, and answers it.
func revise[T, D any](t testing.TB, db *store.DB, n signing.Noun[T, D], code string, d D, from string) T {
	t.Helper()
	row, err := tryRevise(t, db, n, code, d, from)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func tryRevise[T, D any](t testing.TB, db *store.DB, n signing.Noun[T, D], code string, d D, from string) (row T, err error) {
	t.Helper()
	since := day(from)
	err = n.Revise(t.Context(), db, anna, d, signing.Written[T]{
		Code: code, ValidFrom: &since, Today: &today, Reason: "更正",
		Seen: func(*store.Tx, T) ([]*fault.Error, error) { return nil, nil },
		Done: func(_ *store.Tx, r T, _ []*fault.Error) error { row = r; return nil },
	})
	return row, err
}

func tryEnter[T, D any](t testing.TB, db *store.DB, n signing.Noun[T, D], code string, d D, from string) (row T, err error) {
	t.Helper()
	since := day(from)
	err = n.Enter(t.Context(), db, anna, d, signing.Written[T]{
		Code: code, ValidFrom: &since, Today: &today, Reason: "登记",
		Done: func(_ *store.Tx, r T, _ []*fault.Error) error { row = r; return nil },
	})
	return row, err
}

// versions are the rows of a table as known now, or, closed, as they were: number, days, and what the columns say.
func versions(t testing.TB, d storetest.Database, table, columns, code string, known bool) string {
	t.Helper()
	id, of := strings.TrimSuffix(table, "_version"), "subject"
	switch table {
	case "holding_land", "holding_party":
		id = "holding"
	case "contract_holding":
		id = "contract"
	case "tenant":
		id = "building"
	}
	var text *string
	err := d.Psql(t).QueryRow(t.Context(), fmt.Sprintf(`
		SELECT string_agg(concat_ws(' ', v.valid, %s), '; ' ORDER BY v.valid, concat_ws(' ', %s)) FROM %s v JOIN %s s ON s.subject_id = v.%s WHERE s.code = $1 AND upper_inf(v.known) = $2`,
		columns, columns, table, of, id), code, known).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	if text == nil {
		return ""
	}
	return *text
}

// A change ends what stood before on its day; a correction closes it in what is known; what a draft leaves out stays as it was, day by day.
func TestReviseInTwoClocks(t *testing.T) {
	t.Parallel()
	d, db := village(t, 2)
	says := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s:\n got  %s\n want %s", what, got, want)
		}
	}
	const columns = "v.version, v.floor_area_m2, v.storeys"
	revise(t, db, signing.Buildings, "B-0001", land.BuildingDraft{FloorAreaM2: of(json.Number("350"))}, "2022-06-01")
	says("a change", versions(t, d, "building_version", columns, "B-0001", true), "[2021-06-01,2022-06-01) 1 300.00 3; [2022-06-01,) 2 350.00 3")
	says("what was known", versions(t, d, "building_version", columns, "B-0001", false), "[2021-06-01,) 1 300.00 3")
	b := revise(t, db, signing.Buildings, "B-0001", land.BuildingDraft{Storeys: of(int32(4))}, "2022-03-01")
	says("a correction from before the change", versions(t, d, "building_version", columns, "B-0001", true), "[2021-06-01,2022-03-01) 1 300.00 3; [2022-03-01,2022-06-01) 3 300.00 4; [2022-06-01,) 3 350.00 4")
	if b.Version != 3 || b.Storeys != 4 || b.FloorAreaM2 != "350.00" {
		t.Errorf("answered %+v", b)
	}
	revise(t, db, signing.Buildings, "B-0001", land.BuildingDraft{Use: of("factory")}, "2021-06-01")
	says("a correction of all days", versions(t, d, "building_version", columns+", v.use", "B-0001", true), "[2021-06-01,2022-03-01) 4 300.00 3 factory; [2022-03-01,2022-06-01) 4 300.00 4 factory; [2022-06-01,) 4 350.00 4 factory")

	revise(t, db, signing.Holdings, "H-0001", land.HoldingDraft{Land: &[]land.HoldingLand{{Plot: "L-000001", AreaM2: "120.5"}}}, "2022-06-01")
	says("land", versions(t, d, "holding_land", "v.area_m2", "H-0001", true), "[2021-06-01,2022-06-01) 100.0000; [2022-06-01,) 120.5000")
	says("the holding itself", versions(t, d, "holding_version", "v.version", "H-0001", true), "[2021-06-01,2022-06-01) 1; [2022-06-01,) 2")
	revise(t, db, signing.Holdings, "H-0001", land.HoldingDraft{Name: of("张家")}, "2021-06-01")
	says("land that the draft leaves out", versions(t, d, "holding_land", "v.area_m2", "H-0001", true), "[2021-06-01,2022-06-01) 100.0000; [2022-06-01,) 120.5000")
	revise(t, db, signing.Holdings, "H-0001", land.HoldingDraft{Land: &[]land.HoldingLand{{Plot: "L-000001", AreaM2: "120.5"}}}, "2022-05-01")
	says("land that was so from an earlier day on", versions(t, d, "holding_land", "v.area_m2", "H-0001", true), "[2021-06-01,2022-05-01) 100.0000; [2022-05-01,) 120.5000")
	revise(t, db, signing.Holdings, "H-0001", land.HoldingDraft{Land: &[]land.HoldingLand{}}, "2022-07-01")
	says("no land any more", versions(t, d, "holding_land", "v.area_m2", "H-0001", true), "[2021-06-01,2022-05-01) 100.0000; [2022-05-01,2022-07-01) 120.5000")

	revise(t, db, signing.Contracts, "C-0001", land.ContractDraft{Amount: land.Optional[json.Number]{Set: true, Value: of(json.Number("12.50"))}, Holdings: &[]string{"H-0001", "H-0002"}}, "2022-02-01")
	says("amount", versions(t, d, "contract_version", "v.version, v.amount", "C-0001", true), "[2021-06-01,2022-02-01) 1; [2022-02-01,) 2 12.50")
	says("covers", versions(t, d, "contract_holding", "v.holding = (SELECT subject_id FROM subject WHERE code = 'H-0001')", "C-0001", true), "[2021-06-01,) t; [2022-02-01,) f")
	revise(t, db, signing.Contracts, "C-0001", land.ContractDraft{Amount: land.Optional[json.Number]{Set: true}}, "2022-02-01")
	says("the amount is taken away", versions(t, d, "contract_version", "v.version, v.amount", "C-0001", true), "[2021-06-01,2022-02-01) 1; [2022-02-01,) 3")

	revise(t, db, signing.Buildings, "B-0002", land.BuildingDraft{Tenants: &[]string{"甲", "乙"}}, "2022-02-01")
	revise(t, db, signing.Buildings, "B-0002", land.BuildingDraft{Tenants: &[]string{"乙", "丙"}}, "2022-05-01")
	says("tenants", versions(t, d, "tenant", "v.name", "B-0002", true), "[2022-02-01,2022-05-01) 甲; [2022-02-01,) 乙; [2022-05-01,) 丙")
	var faults int
	if err := d.Psql(t).QueryRow(t.Context(), "SELECT count(*) FROM projection_faults(clock_timestamp())").Scan(&faults); err != nil || faults > 0 {
		t.Errorf("%d states are not what rows and facts say: %v", faults, err)
	}
}

// What stood in the register rests on facts, and facts on it: a change that takes a live fact's ground away is refused, and names it.
func TestReviseBreaksNoFact(t *testing.T) {
	t.Parallel()
	d, db := village(t, 3)
	appraise(t, db, 2)
	record(t, db, anna, fact("2022-02-01", "signed", "C-0001"), fact("2022-02-02", "signed", "C-0002"))
	record(t, db, anna, fact("2022-03-01", "vacated", "B-0001"), fact("2022-03-01", "vacated", "H-0002"), fact("2022-03-05", "demolished", "B-0001"))
	covers := func(codes ...string) land.ContractDraft { return land.ContractDraft{Holdings: &codes} }
	tests := []struct {
		name, code string
		try        func() error
	}{
		{"a vacated holding leaves its contract", "row.breaks_fact", func() error {
			_, err := tryRevise(t, db, signing.Contracts, "C-0001", covers("H-0003"), "2022-03-01")
			return err
		}},
		{"and on a later day as well: it stays vacated", "row.breaks_fact", func() error {
			_, err := tryRevise(t, db, signing.Contracts, "C-0001", covers("H-0003"), "2022-12-01")
			return err
		}},
		{"a household that is not appraised joins a signed contract", "row.breaks_fact", func() error {
			_, err := tryRevise(t, db, signing.Contracts, "C-0001", covers("H-0001", "H-0003"), "2022-06-01")
			return err
		}},
		{"one that is signed elsewhere joins a signed contract", "row.breaks_fact", func() error {
			_, err := tryRevise(t, db, signing.Contracts, "C-0001", covers("H-0001", "H-0002"), "2022-06-01")
			return err
		}},
		{"a demolished building goes to a household that is not bound", "row.breaks_fact", func() error {
			_, err := tryRevise(t, db, signing.Buildings, "B-0001", land.BuildingDraft{Holding: of("H-0003")}, "2022-06-01")
			return err
		}},
		{"a tenant turns up in a vacated building", "row.breaks_fact", func() error {
			_, err := tryRevise(t, db, signing.Buildings, "B-0001", land.BuildingDraft{Tenants: &[]string{"甲"}}, "2022-02-15")
			return err
		}},
		{"the same, before it was vacated but in another building of another household", "", func() error {
			_, err := tryRevise(t, db, signing.Buildings, "B-0003", land.BuildingDraft{Tenants: &[]string{"甲"}}, "2022-02-15")
			return err
		}},
		{"more land than there is", "row.overfull", func() error {
			_, err := tryRevise(t, db, signing.Holdings, "H-0003", land.HoldingDraft{Land: &[]land.HoldingLand{{Plot: "L-000001", AreaM2: "9900"}}}, "2022-06-01")
			return err
		}},
		{"a household that is not vacated leaves its contract", "", func() error {
			_, err := tryRevise(t, db, signing.Contracts, "C-0003", covers("H-0002", "H-0003"), "2022-06-01")
			return err
		}},
	}
	for _, tt := range tests {
		err := tt.try()
		if f, _ := fault.As(err); (err == nil) != (tt.code == "") || f != nil && f.Code != tt.code || err != nil && f == nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	// An accepted plot takes no new household, building or land, on whichever day.
	record(t, db, anna, fact("2022-06-01", "surveyed", "H-0003"), fact("2022-06-01", "compulsory", "H-0003"), fact("2022-06-02", "vacated", "H-0003"),
		fact("2022-06-02", "tenants_cleared", "H-0003"), fact("2022-06-03", "demolished", "B-0002"), fact("2022-06-03", "demolished", "B-0003"),
		fact("2022-06-04", "title_accepted", "L-000001"), fact("2022-06-04", "site_accepted", "L-000001"), fact("2022-06-05", "stored", "L-000001"))
	for _, from := range []string{"2022-01-01", "2022-06-04", "2022-12-30"} {
		_, err := tryEnter(t, db, signing.Holdings, "", land.HoldingDraft{Parcel: of("P-01"), Name: of("后来者"), Class: of("residential"), Land: &[]land.HoldingLand{{Plot: "L-000001", AreaM2: "1"}}}, from)
		if f, _ := fault.As(err); f == nil || f.Code != "row.breaks_fact" || f.Field != "/land" {
			t.Errorf("a household comes onto accepted land on %s: %v", from, err)
		}
		_, err = tryEnter(t, db, signing.Buildings, "", land.BuildingDraft{Holding: of("H-0001"), Plot: of("L-000001"), FloorAreaM2: of(json.Number("10")), Storeys: of(int32(1)), Use: of("public")}, from)
		if f, _ := fault.As(err); f == nil || f.Code != "row.breaks_fact" || f.Field != "/plot" {
			t.Errorf("a building comes onto accepted land on %s: %v", from, err)
		}
	}
	if got := stages(t, d, "L-000001"); !strings.HasSuffix(got, "2022-06-05 stored") {
		t.Errorf("the plot went %s", got)
	}
}

// An entry without a code takes the next free one, however many enter at once; none is given twice.
func TestEnterNumbers(t *testing.T) {
	t.Parallel()
	_, db := village(t, 1)
	const n = 8
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for i := range n {
		all.Go(func() {
			code := ""
			if i%4 == 3 {
				code = fmt.Sprintf("R-%04d", i)
			}
			p, err := tryEnter(t, db, signing.Parties, code, land.PartyDraft{Name: of("张三"), Kind: of("person")}, "2022-01-01")
			if err != nil {
				if code == "" || !fault.Is(err, "row.code_taken") {
					t.Error(err)
				}
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if seen[p.Code] || !land.PartyCode.Takes(p.Code) || p.Version != 1 {
				t.Errorf("entered as %+v", p)
			}
			seen[p.Code] = true
		})
	}
	all.Wait()
	if len(seen) < n-2 {
		t.Errorf("%d entered", len(seen))
	}
	if _, err := tryEnter(t, db, signing.Holdings, "H-0001", land.HoldingDraft{Parcel: of("P-01"), Name: of("又一户"), Class: of("residential")}, "2022-01-01"); !fault.Is(err, "row.code_taken") {
		t.Errorf("a code that is taken: %v", err)
	}
}

// BenchmarkRevise is a change of a row in the demonstration, with all that rests on it judged and derived: of a holding, and of the
// framework contract that covers the most holdings.
func BenchmarkRevise(b *testing.B) {
	d := storetest.Demo(b)
	db := d.Open(b)
	var contract, holding string
	if err := d.Psql(b).QueryRow(b.Context(), `SELECT s.code, (SELECT code FROM subject WHERE subject_id = min(h.holding)) FROM contract_holding h JOIN subject s ON s.subject_id = h.contract WHERE upper_inf(h.known)
		GROUP BY s.code ORDER BY count(*) DESC, s.code LIMIT 1`).Scan(&contract, &holding); err != nil {
		b.Fatal(err)
	}
	n := 0
	b.Run("holding", func(b *testing.B) {
		for b.Loop() {
			n++
			revise(b, db, signing.Holdings, holding, land.HoldingDraft{Name: of(fmt.Sprintf("第 %d 次", n))}, "2022-12-30")
		}
	})
	b.Run("contract", func(b *testing.B) {
		for b.Loop() {
			n++
			revise(b, db, signing.Contracts, contract, land.ContractDraft{Amount: land.Optional[json.Number]{Set: true, Value: of(json.Number(fmt.Sprint(n)))}}, "2022-12-30")
		}
	})
}
