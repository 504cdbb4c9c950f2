package cadastre_test

import (
	"fmt"
	"strings"
	"testing"

	"zhengbei/internal/cadastre"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// Whatever moves between look and apply is named: a feature of the file, a neighbour, one that came, one that went.
func TestMovedSinceTheLook(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(g ground){
		"a feature of the file": func(g ground) { g.rename("L-000001") },
		"a neighbour":           func(g ground) { g.rename("L-000002") },
		"a new neighbour":       func(g ground) { g.bring(plot("L-000004", "", g.square(0, 25, 20))) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := groundOf(t, storetest.Seeded(t))
			first := g.mustLook(land.Plots, collection(plot("L-000001", "", g.square(0, 0, 20)), plot("L-000002", "", g.square(20, 0, 20)), plot("L-000003", "", g.square(300, 0, 20))))
			if err := g.apply(cadastre.Applying{ID: first.ID, Hash: first.Hash}); err != nil {
				t.Fatal(err)
			}
			look := g.mustLook(land.Plots, plot("L-000001", "", g.square(0, 5, 20)))
			far := g.mustLook(land.Plots, plot("L-000003", `"name":"x"`, g.square(300, 0, 20)))
			between(g)
			_, before := g.stands()
			err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash})
			if e, ok := fault.As(err); !ok || e.Code != "import.moved" || e.Kind != fault.Stale || !strings.HasPrefix(fmt.Sprint(e.Params["ids"]), "L-00000") {
				t.Errorf("got %v", err)
			}
			if _, after := g.stands(); after != before {
				t.Error("something was written")
			}
			if err := g.apply(cadastre.Applying{ID: far.ID, Hash: far.Hash}); err != nil {
				t.Errorf("what lies far away is none of its business: %v", err)
			}
		})
	}
}

// rename writes another version of a plot, as somebody at the page does.
func (g ground) rename(code string) {
	g.t.Helper()
	g.bring(`{"type":"Feature","id":"` + code + `","properties":{"name":"他人"},"geometry":` + g.shape(code) + `}`)
}

// bring imports plots.
func (g ground) bring(text string) {
	g.t.Helper()
	look := g.mustLook(land.Plots, text)
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); err != nil {
		g.t.Fatal(err)
	}
}

func (g ground) shape(code string) (text string) {
	g.t.Helper()
	if err := g.psql.QueryRow(g.t.Context(), `SELECT ST_AsGeoJSON(ST_Transform(v.shape, 4490), 10, 0) FROM feature_version v JOIN feature f USING (collection, fid) WHERE f.code = $1 AND upper_inf(v.known) AND upper_inf(v.valid)`, code).Scan(&text); err != nil {
		g.t.Fatal(err)
	}
	return text
}

// Two who apply files of one place at once: one wins, the other is told what has moved, and nothing overlaps.
func TestTwoApplyAtOnce(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	one, two := g.mustLook(land.Plots, plot("", "", g.square(0, 0, 20))), g.mustLook(land.Plots, plot("", "", g.square(10, 0, 20)))
	results := make(chan error, 2)
	for _, look := range []land.Look{one, two} {
		go func() { results <- g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}) }()
	}
	won, lost := <-results, <-results
	if won != nil {
		won, lost = lost, won
	}
	if won != nil || !fault.Is(lost, "import.moved") {
		t.Errorf("got %v and %v", won, lost)
	}
}

// An outline that leaves plots outside is asked about once, and then written.
func TestParcelThatLeavesPlots(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	first := g.mustLook(land.Plots, collection(plot("L-000001", "", g.square(0, 0, 20)), plot("L-000002", "", g.square(60, 0, 20))))
	if err := g.apply(cadastre.Applying{ID: first.ID, Hash: first.Hash}); err != nil {
		t.Fatal(err)
	}
	look := g.mustLook(land.Parcels, `{"type":"Feature","id":"P-01","properties":{"accuracy":"surveyed"},"geometry":`+g.square(-10, -10, 80)+`}`)
	if look.Errors != 0 || look.Leaves != 1 || look.Outside[0].Plot != "L-000002" || look.Outside[0].AreaM2 != "200.0000" || look.Warnings != 1 {
		t.Fatalf("got %+v", look)
	}
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); !fault.Is(err, "import.outside") {
		t.Errorf("got %v", err)
	}
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash, AcceptOutside: true}); err != nil {
		t.Errorf("got %v", err)
	}
}

// An accepted boundary moves only where a correction that names the new one is on record.
func TestAcceptedBoundary(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	first := g.mustLook(land.Plots, plot("L-000001", "", g.square(0, 0, 20)))
	if err := g.apply(cadastre.Applying{ID: first.ID, Hash: first.Hash, From: day("2022-01-01")}); err != nil {
		t.Fatal(err)
	}
	record := func(kind, value string) {
		if _, err := g.psql.Exec(t.Context(), `INSERT INTO fact (subject_id, kind, occurred_on, recorded_by, value) SELECT subject_id, $1, '2022-06-01', 'test', $2::jsonb FROM subject WHERE code = 'L-000001'`, kind, value); err != nil {
			t.Fatal(err)
		}
	}
	look := g.mustLook(land.Plots, plot("L-000001", "", g.square(0, 0, 19)))
	record("site_accepted", "{}")
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); !fault.Is(err, "plot.accepted") {
		t.Errorf("accepted since the look: %v", err)
	}
	look = g.mustLook(land.Plots, plot("L-000001", "", g.square(0, 0, 19)))
	if len(look.Problems) != 1 || look.Problems[0].Code != "plot.accepted" {
		t.Fatalf("got %+v", look)
	}
	record("boundary_corrected", fmt.Sprintf(`{"hash":%q}`, look.Problems[0].Params["hash"].En))
	own := func(yes bool) { // facts are append-only for everybody who is not the superuser of a test
		if _, err := g.psql.Exec(t.Context(), `SET session_replication_role = 'replica'; UPDATE fact SET recorded_by = '`+map[bool]string{true: land.Operator.Account, false: "test"}[yes]+`' WHERE kind = 'boundary_corrected'; RESET session_replication_role`); err != nil {
			t.Fatal(err)
		}
	}
	own(true)
	look = g.mustLook(land.Plots, plot("L-000001", "", g.square(0, 0, 19)))
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); !fault.Is(err, "plot.second_person") {
		t.Errorf("drawn by the one who recorded that it may be: %v", err)
	}
	own(false)
	look = g.mustLook(land.Plots, plot("L-000001", "", g.square(0, 0, 19)))
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); err != nil {
		t.Errorf("corrected: %v", err)
	}
}

// An import is judged on all days from which it holds, and not on today alone: nothing is written where it cannot stand on one of them.
func TestHistoryIsJudged(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	apply := func(layer land.Collection, from, text string, accept bool) error {
		t.Helper()
		look := g.mustLook(layer, text)
		if look.Errors != 0 {
			t.Fatalf("the look finds nothing wrong: %+v", look.Problems)
		}
		return g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash, From: day(from), AcceptOutside: accept})
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	first := `SELECT coalesce(min(lower(v.valid)), '2020-01-01')::text FROM parcel_version v JOIN feature f USING (fid) WHERE f.code = 'P-01'`
	var since string
	must(g.psql.QueryRow(t.Context(), first).Scan(&since))
	free := func(x, side float64) string { return g.square(x, 9000, side) }
	parcel := func(shape string) string {
		return `{"type":"Feature","id":"P-50","properties":{"name":"新","name_status":"placeholder"},"geometry":` + shape + `}`
	}
	in50 := func(id, shape string) string { return strings.ReplaceAll(plot(id, "", shape), "P-01", "P-50") }
	// P-50 is small until 2024, and large from then on.
	must(apply(land.Parcels, "2022-01-01", parcel(free(5000, 50)), false))
	must(apply(land.Parcels, "2024-01-01", parcel(free(5000, 100)), false))
	// L-000700 is where it is until 2025, and 40 m east of it from then on; it was accepted.
	must(apply(land.Plots, "2024-06-01", in50("L-000700", free(5000, 20)), false))
	must(apply(land.Plots, "2025-01-01", in50("L-000700", free(5040, 20)), false))
	tests := []struct {
		name, from, text string
		layer            land.Collection
		accept           bool
		wants            []string
	}{
		{"before its parcel", "1990-01-01", in50("", free(5070, 20)), land.Plots, false, []string{"plot.parcel_absent", "plot.outside"}},
		{"before its parcel, accepted", "1990-01-01", in50("", free(5070, 20)), land.Plots, true, []string{"plot.parcel_absent"}},
		{"when its parcel was small", "2023-01-01", in50("", free(5070, 20)), land.Plots, false, []string{"plot.outside"}},
		{"where another was", "2024-03-01", in50("", free(5010, 15)), land.Plots, false, []string{"feature.overlap"}},
		{"both at once", "2023-01-01", collection(in50("", free(5010, 15)), in50("L-000800", free(5070, 20))), land.Plots, false, []string{"feature.overlap", "plot.outside"}},
		{"the words of a thing taken back to before its parcel", "1990-01-01", `{"type":"Feature","id":"L-000700","properties":{"name":"x"},"geometry":` + free(5040, 20) + `}`, land.Plots, true, []string{"plot.parcel_absent"}},
		{"a parcel that was not there for its plots", "2024-03-01", parcel(g.square(5030, 9000, 70)), land.Parcels, false, []string{"plot.outside"}},
	}
	rows, before := g.stands()
	for _, tt := range tests {
		err := apply(tt.layer, tt.from, tt.text, tt.accept)
		e, ok := fault.As(err)
		if !ok {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, f := range e.Each() {
			got = append(got, f.Code)
			if f.Kind != fault.Conflict || f.Field != "/valid_from" || f.Point == nil || f.Mend(fault.Chinese) == "" || strings.ContainsAny(f.Says(fault.Chinese)+f.Says(fault.English), "{}") {
				t.Errorf("%s: %+v", tt.name, f)
			}
			if says := f.Says(fault.English); strings.Contains(says, "L-0000") {
				t.Errorf("%s: a code that nobody has: %s", tt.name, says)
			}
		}
		if diff := cmp.Diff(tt.wants, got); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
		if now, after := g.stands(); now != rows || after != before {
			t.Fatalf("%s: something was written", tt.name)
		}
	}
	if err := apply(land.Plots, "2023-01-01", in50("", free(5070, 20)), true); err != nil {
		t.Errorf("outside on days of before, accepted: %v", err)
	}
}

// A boundary that was accepted does not move on days of before either, whatever it is today.
func TestAcceptedHistory(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	for from, x := range map[string]float64{"2023-01-01": 0} {
		look := g.mustLook(land.Plots, plot("L-000001", "", g.square(x, 0, 20)))
		if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash, From: day(from)}); err != nil {
			t.Fatal(err)
		}
	}
	look := g.mustLook(land.Plots, plot("L-000001", "", g.square(0, 0, 19)))
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash, From: day("2024-01-01")}); err != nil {
		t.Fatal(err)
	}
	record := func(kind, value string) {
		if _, err := g.psql.Exec(t.Context(), `INSERT INTO fact (subject_id, kind, occurred_on, recorded_by, value) SELECT subject_id, $1, '2024-06-01', 'test', $2::jsonb FROM subject WHERE code = 'L-000001'`, kind, value); err != nil {
			t.Fatal(err)
		}
	}
	record("site_accepted", "{}")
	_, before := g.stands()
	look = g.mustLook(land.Plots, `{"type":"Feature","id":"L-000001","properties":{"name":"甲"},"geometry":`+g.square(0, 0, 19)+`}`)
	err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash, From: day("2023-01-01")})
	e, ok := fault.As(err)
	if !ok || e.Code != "plot.accepted" || e.Field != "/valid_from" || fmt.Sprint(e.Params["moved_m2"]) != "39.0000" {
		t.Fatalf("got %v", err)
	}
	if _, after := g.stands(); after != before {
		t.Error("something was written")
	}
	record("boundary_corrected", fmt.Sprintf(`{"hash":%q}`, e.Params["hash"]))
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash, From: day("2023-01-01")}); err != nil {
		t.Errorf("corrected: %v", err)
	}
}

// A code that somebody takes between look and apply is named, whether or not what took it still stands.
func TestCodeTakenSinceTheLook(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	one := g.mustLook(land.Plots, collection(plot("L-000500", "", g.square(0, 0, 20)), plot("L-000501", "", g.square(20, 0, 20))))
	g.bring(plot("L-000500", "", g.square(300, 0, 20)))
	rows, before := g.stands()
	err := g.apply(cadastre.Applying{ID: one.ID, Hash: one.Hash})
	if e, ok := fault.As(err); !ok || e.Code != "import.moved" || e.Kind != fault.Stale || fmt.Sprintf("%v %v", e.Params["ids"], e.Params["count"]) != "L-000500 1" {
		t.Errorf("got %v", err)
	}
	if now, after := g.stands(); now != rows || after != before {
		t.Error("something was written")
	}
}

// An import is found in the trail by each thing that it writes, however many they are, with what the import was.
func TestImportIsFoundByAll(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	const many = 450
	plots := make([]string, many)
	for i := range plots {
		plots[i] = plot(fmt.Sprintf("L-%06d", 1000+i), "", g.square(float64(i%30)*10, float64(i/30)*10, 10))
	}
	look := g.mustLook(land.Plots, collection(plots...))
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); err != nil {
		t.Fatal(err)
	}
	var found, records int
	if err := g.psql.QueryRow(t.Context(), `SELECT count(DISTINCT o), count(DISTINCT a.audit_id) FROM audit a, unnest(a.objects) o
		WHERE o LIKE 'L-%' AND a.objects @> ARRAY[$1] AND a.detail::jsonb -> 'deeds' -> 0 -> 'after' ->> 'new' = '450'`, fmt.Sprintf("import:%d", look.ID)).Scan(&found, &records); err != nil {
		t.Fatal(err)
	}
	if found != many || records != 2 {
		t.Errorf("found by %d of %d things, in %d records", found, many, records)
	}
}

// The reason and the document's number of an import have the limits of any change.
func TestWhyIsBounded(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	look := g.mustLook(land.Plots, plot("L-000001", "", g.square(0, 0, 20)))
	long := strings.Repeat("长", 201)
	for code, a := range map[string]cadastre.Applying{
		"property.too_long /reason": {Reason: strings.Repeat("长", 1001)}, "property.too_long /document_no": {DocumentNo: &long}, "request.not_text /reason": {Reason: "a\x00b"},
	} {
		a.ID, a.Hash = look.ID, look.Hash
		if e, ok := fault.As(g.apply(a)); !ok || e.Code+" "+e.Field != code {
			t.Errorf("%s: %v", code, e)
		}
	}
}

// What would lock more cells than it may is refused before it locks any, also where it has grown since the look.
func TestTooWideSinceTheLook(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	look := g.mustLook(land.Zones, wideFile(2))
	if look.Errors != 0 || look.Begins != 2 {
		t.Fatalf("got %+v", look)
	}
	if _, err := g.psql.Exec(t.Context(), "UPDATE import_row SET degrees = ST_Expand(degrees, 0.2) WHERE import_id = $1 AND place = 2", look.ID); err != nil {
		t.Fatal(err)
	}
	_, before := g.stands()
	e, ok := fault.As(g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}))
	if !ok || e.Code != "import.too_wide" || e.Kind != fault.Invalid || e.Field != "/hash" || len(e.Others) != 1 || !strings.HasPrefix(e.Says(fault.Chinese), "第 2 个要素占 ") || !strings.HasPrefix(e.Others[0].Says(fault.English), "The file takes ") {
		t.Errorf("got %v", e)
	}
	if _, after := g.stands(); after != before {
		t.Error("something was written")
	}
}
