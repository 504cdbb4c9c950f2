package cadastre_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/cadastre"
	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

var update = flag.Bool("update", false, "write golden files anew")

var shenzhen = geometry.Rules{Extent: orb.Bound{Min: orb.Point{113.7, 22.4}, Max: orb.Point{114.7, 22.9}}}

// ground is a database into which files are imported.
type ground struct {
	storetest.Database
	*store.DB
	psql *pgx.Conn
	t    *testing.T
}

func groundOf(t *testing.T, d storetest.Database) ground {
	t.Helper()
	return ground{d, d.Open(t), d.Psql(t), t}
}

func quiet(string) {}

// look reads a file and compares it.
func (g ground) look(collection land.Collection, text string) (land.Look, error) {
	g.t.Helper()
	r, err := exchange.Formats[0].Read(strings.NewReader(text), exchange.Reading{Collection: collection, Rules: shenzhen})
	if err != nil {
		g.t.Fatal(err)
	}
	file := cadastre.File{
		Name: "file.geojson", Collection: collection, Features: r.Features(), Says: r.Says,
		Hash: func() []byte { sum := sha256.Sum256([]byte(text)); return sum[:] },
	}
	return file.Look(g.t.Context(), g.DB, land.Operator, quiet, func(*store.Tx, land.Look) error { return nil })
}

func (g ground) mustLook(collection land.Collection, text string) land.Look {
	g.t.Helper()
	look, err := g.look(collection, text)
	if err != nil {
		g.t.Fatal(err)
	}
	return look
}

func day(text string) land.Day {
	d, err := land.ParseDay("", text)
	if err != nil {
		panic(err)
	}
	return d
}

func (g ground) apply(a cadastre.Applying) error {
	g.t.Helper()
	if a.Reason == "" {
		a.Reason = "测绘成果入库"
	}
	if a.From.IsZero() {
		a.From = day("2026-01-01")
	}
	return a.Apply(g.t.Context(), g.DB, land.Operator, quiet, func(*store.Tx, land.ApplyDone) error { return nil })
}

// export is a layer as a file.
func (g ground) export(collection land.Collection, on land.Day) string {
	g.t.Helper()
	var out bytes.Buffer
	w := exchange.Formats[0].Write(&out, exchange.Writing{Clock: land.On(on), Now: time.Now(), Item: func(f land.Feature) ([]byte, error) { return json.Marshal(ogc.NewItem(f)) }})
	err := g.Read(g.t.Context(), func(tx *store.Tx) error {
		return tx.EachFeature(g.t.Context(), store.Page{Collection: collection, Clock: land.On(on)}, w.Feature)
	})
	if err == nil {
		err = w.End()
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return out.String()
}

// stands is a fingerprint of all that the database says of the land, and of nothing that only waits.
func (g ground) stands() (rows int, hash string) {
	g.t.Helper()
	err := g.psql.QueryRow(g.t.Context(), `
		SELECT (SELECT count(*) FROM feature_version), md5(concat(
		       (SELECT string_agg(v::text, ';' ORDER BY v.fid, v.version, v.valid, v.known) FROM feature_version v), (SELECT string_agg(f::text, ';' ORDER BY f.fid) FROM feature f),
		       (SELECT string_agg(s::text, ';' ORDER BY s.subject_id, s.valid, s.known) FROM subject_state s)))`).Scan(&rows, &hash)
	if err != nil {
		g.t.Fatal(err)
	}
	return rows, hash
}

func codes(look land.Look) (all []string) {
	for _, p := range look.Problems {
		all = append(all, fmt.Sprintf("%s %d %s %s", p.Code, p.Feature, p.ID, p.Pointer))
	}
	return all
}

// Our own export read back changes nothing, bit for bit; applied, it writes nothing.
func TestExportComesBackUnchanged(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Demo(t))
	_, before := g.stands()
	for _, collection := range []land.Collection{land.Zones, land.Parcels, land.Plots} {
		look := g.mustLook(collection, g.export(collection, day("2022-12-30")))
		if look.Unchanged != int64(look.Features) || look.Features < 6 || look.Begins+look.Changes+look.Errors+look.Warnings != 0 {
			t.Errorf("%s: %+v", collection, look)
		}
		if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); err != nil {
			t.Errorf("%s: %v", collection, err)
		}
	}
	if _, after := g.stands(); after != before {
		t.Error("an import without a change changed something")
	}
}

// Rings that begin elsewhere and turn the other way, one part called many, and fewer decimals are no change; a vertex that moves by 1 m is one.
func TestWhatIsNoChange(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Demo(t))
	var degrees string
	write := func(shape string, decimals int) string {
		if err := g.psql.QueryRow(t.Context(), fmt.Sprintf(`
			SELECT json_build_object('type', 'Feature', 'id', f.code, 'properties', json_build_object(), 'geometry', ST_AsGeoJSON(%s, %d, 0)::json)::text
			FROM  (SELECT v.fid, ST_Transform(v.shape, 4490) AS degrees FROM plot_version v WHERE upper_inf(v.known) ORDER BY v.fid LIMIT 1) v JOIN feature f USING (fid)`, shape, decimals)).Scan(&degrees); err != nil {
			t.Fatal(err)
		}
		return degrees
	}
	for _, tt := range []struct {
		name, shape string
		decimals    int
		changes     int64
	}{
		{"as it is", "v.degrees", 10, 0},
		{"turned round", "ST_Reverse(v.degrees)", 10, 0},
		{"beginning elsewhere", "ST_Normalize(v.degrees)", 10, 0},
		{"one of many", "ST_Multi(v.degrees)", 10, 0},
		{"nine decimals", "v.degrees", 9, 0},
		{"seven decimals", "v.degrees", 7, 0},
		{"moved by 1 mm", "ST_Translate(v.degrees, 0.00000001, 0)", 10, 1},
		{"moved by 1 m", "ST_Translate(v.degrees, 0.00001, 0)", 7, 1},
	} {
		look := g.mustLook(land.Plots, write(tt.shape, tt.decimals))
		if look.Changes != tt.changes {
			t.Errorf("%s: %+v", tt.name, look)
		}
	}
}

// square is a square of so many metres in EPSG:4547 as a GeoJSON geometry, from a corner of the first parcel's middle on.
func (g ground) square(x, y, side float64) string {
	g.t.Helper()
	var text string
	if err := g.psql.QueryRow(g.t.Context(), `
		SELECT ST_AsGeoJSON(ST_Transform(ST_MakeEnvelope(round(ST_X(c.at)) + $1, round(ST_Y(c.at)) + $2, round(ST_X(c.at)) + $1 + $3, round(ST_Y(c.at)) + $2 + $3, 4547), 4490), 10, 0)
		FROM  (SELECT ST_PointOnSurface(v.shape) AS at FROM parcel_version v JOIN feature f USING (fid) WHERE f.code = 'P-01' AND upper_inf(v.known)) c`, x, y, side).Scan(&text); err != nil {
		g.t.Fatal(err)
	}
	return text
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func plot(id, properties, geometry string) string {
	if id != "" {
		id = `"id":"` + id + `",`
	}
	if properties != "" {
		properties = "," + properties
	}
	return `{"type":"Feature",` + id + `"properties":{"parcel":"P-01","disposition":"storage","use_class":"industrial"` + properties + `},"geometry":` + geometry + `}`
}

func TestLookAndApply(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	//  +---+---+   two plots that touch: one with a code of its own, one that the service numbers
	//  | a | b |
	//  +---+---+
	text := collection(plot("L-000500", `"accuracy":"surveyed","area_official_m2":400.5`, g.square(0, 0, 20)), plot("", `"name":"新"`, g.square(20, 0, 20)))
	look := g.mustLook(land.Plots, text)
	if look.Begins != 2 || look.Errors != 0 || look.Features != 2 || len(look.New) != 2 || *look.New[0].AreaM2 == "" {
		t.Fatalf("got %+v", look)
	}
	var kept land.Look
	again := storetest.Database.Open(g.Database, t) // as a server that was started anew
	if err := again.Read(t.Context(), func(tx *store.Tx) (err error) { kept, err = tx.Look(t.Context(), look.ID); return err }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(look, kept); diff != "" {
		t.Errorf("a look is kept as it was answered:\n%s", diff)
	}
	rows, _ := g.stands()
	for _, refused := range []struct {
		a    cadastre.Applying
		code string
	}{
		{cadastre.Applying{ID: look.ID, Hash: "other"}, "import.hash"},
		{cadastre.Applying{ID: look.ID + 1000, Hash: look.Hash}, "import.unknown"},
		{cadastre.Applying{ID: look.ID, Hash: look.Hash, Reason: " "}, "change.no_reason"},
	} {
		if err := g.apply(refused.a); !fault.Is(err, refused.code) {
			t.Errorf("%s: %v", refused.code, err)
		}
	}
	if now, _ := g.stands(); now != rows {
		t.Error("what is refused writes nothing")
	}
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); err != nil {
		t.Fatal(err)
	}
	if now, _ := g.stands(); now != rows+2 {
		t.Errorf("%d rows, before %d", now, rows)
	}
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); !fault.Is(err, "import.applied") {
		t.Errorf("the second time: %v", err)
	}
	f := g.feature("L-000500")
	if f.Version != 1 || f.Change != "created" || f.Accuracy != "surveyed" || f.AreaOfficialM2.String() != "400.5000" || f.Source != "file.geojson" || *f.Stage != "planned" || *f.Reason != "测绘成果入库" {
		t.Errorf("got %+v", f)
	}
	if f := g.feature("L-000001"); *f.Name != "新" || f.Accuracy != "approximate" {
		t.Errorf("a new plot is numbered, and claims no accuracy that nobody stated: %+v", f)
	}

	// A later file changes one of them and names only what it changes.
	look = g.mustLook(land.Plots, collection(`{"type":"Feature","id":"L-000500","properties":{"use_class":"livelihood","version":1},"geometry":`+g.square(0, 0, 20)+`}`,
		`{"type":"Feature","id":"L-000001","properties":{},"geometry":`+g.square(20, 0, 19)+`}`))
	if look.Changes != 2 || look.Errors != 0 || fmt.Sprint(look.Changed[0].What, look.Changed[1].What) != "[use_class] [geometry]" {
		t.Fatalf("got %+v", look)
	}
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash, From: day("2026-03-01")}); err != nil {
		t.Fatal(err)
	}
	f = g.feature("L-000500")
	if f.Version != 2 || f.Change != "changed" || *f.UseClass != "livelihood" || f.Accuracy != "surveyed" || f.ValidFrom.String() != "2026-03-01" {
		t.Errorf("got %+v", f)
	}
	if f := g.feature("L-000001"); f.Version != 2 || f.AreaPlaneM2.String() != "361.0000" || *f.Name != "新" {
		t.Errorf("got %+v", f)
	}
	// A correction holds from the day on which its version began, and from no later one.
	look = g.mustLook(land.Plots, `{"type":"Feature","id":"L-000500","properties":{"name":"甲"},"geometry":`+g.square(0, 0, 20)+`}`)
	if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash, From: day("2025-06-01")}); err != nil {
		t.Fatal(err)
	}
	if f := g.feature("L-000500"); f.Version != 3 || f.Change != "corrected" || f.ValidFrom.String() != "2025-06-01" || *f.UseClass != "livelihood" {
		t.Errorf("got %+v", f)
	}
	var wrong int
	if err := g.psql.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM projection_faults('infinity')) + (SELECT count(*) FROM import_row) + (SELECT count(*) FROM import_base) + (SELECT count(*) FROM import_plan)`).Scan(&wrong); err != nil || wrong != 0 {
		t.Errorf("%d states are wrong, or rows were left behind: %v", wrong, err)
	}
}

func (g ground) feature(code string) (f land.Feature) {
	g.t.Helper()
	if err := g.Read(g.t.Context(), func(tx *store.Tx) (err error) {
		f, err = tx.Feature(g.t.Context(), land.Plots, code, land.On(day("2026-06-01")))
		return err
	}); err != nil {
		g.t.Fatal(err)
	}
	return f
}

// Each fault of a file is a problem that says which feature, what, where and how to mend it; none of it is applied.
func TestProblemsOfAFile(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	base := g.mustLook(land.Plots, collection(plot("L-000001", "", g.square(0, 0, 20)), plot("L-000002", "", g.square(20, 0, 20))))
	if err := g.apply(cadastre.Applying{ID: base.ID, Hash: base.Hash}); err != nil {
		t.Fatal(err)
	}
	bow := `{"type":"Polygon","coordinates":[[[114.05,22.7],[114.06,22.71],[114.06,22.7],[114.05,22.71],[114.05,22.7]]]}`
	needle := `{"type":"Polygon","coordinates":[[[114.05,22.7],[114.06,22.7],[114.06,22.705],[114.07,22.705],[114.06,22.7050000001],[114.06,22.71],[114.05,22.7]]]}` // its sides fall together
	speck := `{"type":"Polygon","coordinates":[[[114.05,22.7],[114.0500000001,22.7],[114.05,22.7000000001],[114.05,22.7]]]}`
	long := func(n int) string { return strings.Repeat("长", n) }
	specks := strings.TrimSuffix(strings.TrimPrefix(g.square(40, 0, 20), `{"type":"Polygon","coordinates":`), "}")
	speckle := strings.TrimSuffix(strings.TrimPrefix(speck, `{"type":"Polygon","coordinates":`), "}")
	pierced := g.pierced(40, 0, 20)
	country := `{"type":"Polygon","coordinates":[[[114.5,22.41],[114.5,22.75],[114.69,22.75],[114.69,22.41],[114.5,22.41]]]}`
	tests := []struct {
		name  string
		in    land.Collection
		text  string
		wants []string
	}{
		{"a part that vanishes on the grid", land.Plots, plot("L-000003", "", `{"type":"MultiPolygon","coordinates":[`+specks+`,`+speckle+`]}`), []string{"geometry.lost_part 1 L-000003 /features/0/geometry"}},
		{"a hole that vanishes on the grid", land.Plots, plot("L-000003", "", pierced), []string{"geometry.lost_part 1 L-000003 /features/0/geometry"}},
		{"texts beyond their limits", land.Plots, plot("L-000003", `"name":"`+long(201)+`","locality_en":"`+long(201)+`","source":"`+long(2001)+`","published":{"a":"`+strings.Repeat("x", 20_000)+`"}`, g.square(40, 0, 20)), []string{
			"property.too_long 1 L-000003 /features/0/properties/locality_en", "property.too_long 1 L-000003 /features/0/properties/name",
			"property.too_long 1 L-000003 /features/0/properties/source", "property.too_long 1 L-000003 /features/0/properties/published",
		}},
		{"texts at their limits", land.Plots, plot("L-000003", `"name":"`+long(200)+`","source":"`+long(2000)+`","published":{"a":"`+strings.Repeat("x", 19_992)+`"}`, g.square(40, 0, 20)), nil},
		{"nothing said of where it comes from", land.Plots, plot("L-000003", `"source":" ","source_en":"","accuracy":""`, g.square(40, 0, 20)), []string{
			"property.missing_word 1 L-000003 /features/0/properties/accuracy", "property.missing 1 L-000003 /features/0/properties/source",
		}},
		{"a zone with a blank name", land.Zones, `{"type":"Feature","properties":{"name":" "},"geometry":` + g.square(5000, 9000, 20) + `}`, []string{"property.missing 1  /features/0/properties/name"}},
		{"a property that no database can name", land.Plots, plot("L-000003", `"a\u0000b":1`, g.square(40, 0, 20)), []string{"file.property 1 L-000003 /properties/a\uFFFDb"}},
		{"as wide as a country", land.Zones, `{"type":"Feature","properties":{"name":"x"},"geometry":` + country + `}`, []string{"import.too_wide 1  /features/0/geometry"}},
		{"many that are as wide together", land.Zones, wideFile(3), []string{"import.too_wide 0  "}},
		{"as wide as may be", land.Zones, wideFile(2), nil},
		{"self-crossing", land.Plots, plot("L-000003", "", bow), []string{"geometry.crosses_itself 1 L-000003 /geometry/coordinates/0/0"}},
		{"self-crossing on the grid", land.Plots, plot("L-000003", "", needle), []string{"import.invalid 1 L-000003 /features/0/geometry"}},
		{"smaller than the grid", land.Plots, plot("L-000003", "", speck), []string{"import.vanishes 1 L-000003 /features/0/geometry"}},
		{"no geometry", land.Plots, plot("L-000003", "", "null"), []string{"geometry.members 1 L-000003 /geometry"}},
		{"unknown property", land.Plots, plot("L-000003", `"nmae":"x"`, g.square(40, 0, 20)), []string{"file.property 1 L-000003 /properties/nmae"}},
		{"a code twice", land.Plots, collection(plot("L-000003", "", g.square(40, 0, 20)), plot("L-000003", "", g.square(60, 0, 20))), []string{"import.duplicate 1 L-000003 /features/0/id"}},
		{"a code of another form", land.Plots, plot("X-1", "", g.square(40, 0, 20)), []string{"import.code_form 1 X-1 /features/0/id"}},
		{"a parcel's code", land.Plots, plot("P-01", "", g.square(40, 0, 20)), []string{"import.code_taken 1 P-01 /features/0/id"}},
		{"a base that is no more", land.Plots, plot("L-000001", `"version":7,"name":"x"`, g.square(0, 0, 20)), []string{"import.stale 1 L-000001 /features/0/properties/version"}},
		{"no such parcel", land.Plots, strings.ReplaceAll(plot("", "", g.square(40, 0, 20)), "P-01", "P-99"), []string{"import.parcel 1  /features/0/properties/parcel"}},
		{"words that there are not", land.Plots, strings.ReplaceAll(plot("", `"accuracy":"guessed","kind":"zone"`, g.square(40, 0, 20)), "storage", "kept away"), []string{
			"import.kind 1  /features/0/properties/accuracy", "import.kind 1  /features/0/properties/disposition", "import.kind 1  /features/0/properties/kind",
		}},
		{"nothing but a shape", land.Plots, `{"type":"Feature","properties":{},"geometry":` + g.square(40, 0, 20) + `}`, []string{
			"import.missing 1  /features/0/properties/disposition", "import.missing 1  /features/0/properties/parcel", "import.missing 1  /features/0/properties/use_class",
		}},
		{"a parcel without a name", land.Parcels, `{"type":"Feature","properties":{},"geometry":` + g.square(5000, 9000, 20) + `}`, []string{
			"import.missing 1  /features/0/properties/name", "import.missing 1  /features/0/properties/name_status",
		}},
		{"a parcel in a parcel", land.Parcels, `{"type":"Feature","properties":{"name":"x","name_status":"placeholder","parcel":"P-01"},"geometry":` + g.square(0, 0, 20) + `}`, []string{
			"import.kind 1  /features/0/properties/parcel", "import.overlap 1  /features/0/geometry",
		}},
		{"overlap in the file", land.Plots, collection(plot("L-000004", "", g.square(40, 0, 20)), plot("L-000003", "", g.square(50, 0, 20))), []string{"import.overlap 1 L-000004 /features/0/geometry"}},
		{"overlap with what stands", land.Plots, plot("L-000003", "", g.square(30, 0, 20)), []string{"import.overlap 1 L-000003 /features/0/geometry"}},
		{"overlap with one that is replaced", land.Plots, collection(plot("L-000002", "", g.square(50, 0, 20)), plot("L-000003", "", g.square(30, 0, 20))), nil},
		{"outside its parcel", land.Plots, plot("L-000003", "", g.square(5000, 9000, 20)), []string{"import.outside_parcel 1 L-000003 /features/0/geometry"}},
	}
	_, before := g.stands()
	for _, tt := range tests {
		look, err := g.look(tt.in, tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.wants, codes(look)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
		if look.Errors != int64(len(tt.wants)) {
			t.Errorf("%s: %d errors", tt.name, look.Errors)
		}
		for _, p := range look.Problems {
			for _, lang := range []fault.Language{fault.Chinese, fault.English} {
				if says := p.Fault().Says(lang) + p.Fault().Mend(lang); strings.ContainsAny(says, "{}") || p.Fault().Mend(lang) == "" {
					t.Errorf("%s: %s", tt.name, says)
				}
			}
			if p.Code == "import.invalid" && strings.Contains(p.Fault().Says(fault.Chinese), "elf") {
				t.Errorf("%s: English in Chinese: %s", tt.name, p.Fault().Says(fault.Chinese))
			}
			if p.Code == "import.invalid" || p.Code == "geometry.lost_part" || p.Code == "import.overlap" || p.Code == "import.outside_parcel" {
				if p.Point == nil || p.Point[0] < 113 || p.Point[1] > 23 {
					t.Errorf("%s: where? %v", tt.name, p.Point)
				}
			}
		}
		if len(tt.wants) == 0 {
			continue
		}
		if err := g.apply(cadastre.Applying{ID: look.ID, Hash: look.Hash}); !fault.Is(err, "import.refused") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	for _, tt := range []struct{ text, code string }{
		{`{"type":"FeatureCollection","features":[]}`, "import.empty"},
		{`{"type":"FeatureCollection","features":[` + plot("L-000003", "", g.square(40, 0, 20)), "file.cut_off"},
		{`[]`, "file.not_geojson"},
	} {
		if _, err := g.look(land.Plots, tt.text); !fault.Is(err, tt.code) {
			t.Errorf("%s: %v", tt.code, err)
		}
	}
	if _, err := g.look(land.Context, collection()); !fault.Is(err, "import.collection") {
		t.Errorf("got %v", err)
	}
	if _, after := g.stands(); after != before {
		t.Error("a look changed what stands")
	}
}

// The golden file shows a look as it is kept.
func TestLookAsKept(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	look := g.mustLook(land.Plots, collection(plot("L-000001", "", g.square(0, 0, 20)), plot("L-000002", `"nmae":"x"`, g.square(20, 0, 20)), plot("L-000003", "", g.square(10, 0, 20))))
	look.ID, look.Hash = 0, strings.Repeat("0", len(look.Hash))
	got, err := json.MarshalIndent(look, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "look.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("write it anew with -update:\n%s", diff)
	}
}

// A file that is longer than a statement may take is read all the same, and one whose reader leaves is forgotten.
func TestReaderLeaves(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	ctx, leave := context.WithCancel(t.Context())
	_, err := g.Stage(ctx, land.Operator, land.Plots, func(put func(land.Incoming) error) error {
		for n := range int32(10_000) {
			if n == 5000 {
				leave()
			}
			if err := put(land.Incoming{Draft: land.Draft{Collection: land.Plots, Geometry: orb.Polygon{{{114, 22.6}, {114.1, 22.6}, {114.1, 22.7}, {114, 22.6}}}}, Place: n + 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		t.Error("who left got an answer")
	}
	var left int
	if err := g.psql.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM import) + (SELECT count(*) FROM import_row)").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows are left: %v", left, err)
	}
}

// Looks are kept for a day.
func TestLooksAreForgotten(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	old, young := g.mustLook(land.Plots, plot("", "", g.square(0, 0, 20))), g.mustLook(land.Plots, plot("", "", g.square(0, 0, 20)))
	if _, err := g.psql.Exec(t.Context(), "UPDATE import SET begun_at = begun_at - interval '25 hours' WHERE import_id = $1", old.ID); err != nil {
		t.Fatal(err)
	}
	if err := g.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := g.apply(cadastre.Applying{ID: old.ID, Hash: old.Hash}); !fault.Is(err, "import.unknown") {
		t.Errorf("got %v", err)
	}
	if err := g.Compare(t.Context(), land.Operator, func(tx *store.Tx) error { return tx.DropImport(t.Context(), young.ID) }); err != nil {
		t.Error(err)
	}
	if err := g.apply(cadastre.Applying{ID: young.ID, Hash: young.Hash}); !fault.Is(err, "import.unknown") {
		t.Errorf("got %v", err)
	}
	var left int
	if err := g.psql.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM import_row WHERE import_id = ANY($1)) + (SELECT count(*) FROM import_plan WHERE import_id = ANY($1)) + (SELECT count(*) FROM import_base WHERE import_id = ANY($1))`,
		[]int32{old.ID, young.ID}).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows are left: %v", left, err)
	}
}

// pierced is a square with a hole in its middle that is smaller than the grid.
func (g ground) pierced(x, y, side float64) (text string) {
	g.t.Helper()
	if err := g.psql.QueryRow(g.t.Context(), `
		SELECT ST_AsGeoJSON(ST_MakePolygon(ST_ExteriorRing(s.shape), array[ST_ExteriorRing(ST_Translate(ST_GeomFromText('POLYGON((0 0,0 1e-10,1e-10 0,0 0))', 4326), ST_X(ST_Centroid(s.shape)), ST_Y(ST_Centroid(s.shape))))]), 12, 0)
		FROM  (SELECT ST_GeomFromGeoJSON($1) AS shape) s`, g.square(x, y, side)).Scan(&text); err != nil {
		g.t.Fatal(err)
	}
	return text
}

// wideFile is a file of zones that lie side by side, each as wide as 1,400 cells or so.
func wideFile(n int) string {
	var zones []string
	for i := range n {
		south := 22.41 + 0.1635*float64(i)
		zones = append(zones, fmt.Sprintf(`{"type":"Feature","properties":{"name":"x"},"geometry":{"type":"Polygon","coordinates":[[[114.5,%[1]f],[114.69,%[1]f],[114.69,%[2]f],[114.5,%[2]f],[114.5,%[1]f]]]}}`, south, south+0.16))
	}
	return collection(zones...)
}

// What stands may be longer than is allowed today, and an import that does not change it is not refused for it.
func TestLimitsHoldForWhatChanges(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	g.bring(plot("L-000001", "", g.square(0, 0, 20)))
	long := strings.Repeat("长", 300)
	if _, err := g.psql.Exec(t.Context(), `
		WITH gone AS (UPDATE feature_version v SET known = tstzrange(lower(known), clock_timestamp()) FROM feature f WHERE f.fid = v.fid AND f.code = 'L-000001' AND upper_inf(v.known) RETURNING v.*)
		INSERT INTO feature_version (collection, fid, version, change, kind, name, parcel, disposition, use_class, accuracy, source, source_en, published, shape, valid, known, recorded_at, recorded_by, reason)
		SELECT collection, fid, version + 1, 'changed', kind, $1, parcel, disposition, use_class, accuracy, source, source_en, published, shape, valid, tstzrange(upper(known), NULL), upper(known), 'test', 'x' FROM gone`, long); err != nil {
		t.Fatal(err)
	}
	named := func(name string) land.Look {
		return g.mustLook(land.Plots, plot("L-000001", `"locality":"乡","name":"`+name+`"`, g.square(0, 0, 20)))
	}
	if look := named(long); look.Errors != 0 || look.Changes != 1 {
		t.Errorf("what stands: %+v", look)
	}
	if look := named(long + "长"); fmt.Sprint(codes(look)) != "[property.too_long 1 L-000001 /features/0/properties/name]" {
		t.Errorf("a change of it: %+v", look)
	}
}

// A look that is of no use to anybody leaves nothing behind.
func TestUselessLooksAreForgotten(t *testing.T) {
	t.Parallel()
	g := groundOf(t, storetest.Seeded(t))
	text := plot("L-000001", "", g.square(0, 0, 20))
	failed := errors.New("only tried")
	file := func(ctx context.Context, fails error) error {
		r, err := exchange.Formats[0].Read(strings.NewReader(text), exchange.Reading{Collection: land.Plots, Rules: shenzhen})
		if err != nil {
			t.Fatal(err)
		}
		f := cadastre.File{Name: "a.geojson", Collection: land.Plots, Features: r.Features(), Says: r.Says, Hash: func() []byte { return nil }}
		_, err = f.Look(ctx, g.DB, land.Operator, quiet, func(tx *store.Tx, _ land.Look) error {
			if fails != nil {
				return fails
			}
			return tx.Keep(ctx, store.Answered{Status: 201})
		})
		return err
	}
	left := func() (n int) {
		if err := g.psql.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM import) + (SELECT count(*) FROM import_row) + (SELECT count(*) FROM import_plan) + (SELECT count(*) FROM import_base)").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	empty := left()
	if err := file(t.Context(), failed); !errors.Is(err, failed) || left() != empty {
		t.Errorf("%v, %d rows, before %d", err, left(), empty)
	}
	keyed := store.WithKey(t.Context(), store.Key{Account: "test", Name: "k"})
	if err := file(keyed, nil); err != nil || left() == empty {
		t.Fatalf("%v, %d rows", err, left())
	}
	once := left()
	var before store.Answered
	if err := file(keyed, nil); !errors.As(err, &before) || left() != once {
		t.Errorf("%v, %d rows, before %d", err, left(), once)
	}
}
