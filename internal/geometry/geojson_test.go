package geometry

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/fault"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

var update = flag.Bool("update", false, "write the faults of testdata/invalid anew")

var longhua = Rules{Extent: orb.Bound{Min: orb.Point{113.9, 22.5}, Max: orb.Point{114.2, 22.8}}}

// drawn case: a geometry as it was handed in, and every fault that it has.
type testCase struct {
	Note    string          `json:"note"`
	Drawing []string        `json:"drawing"`
	Context bool            `json:"context"`
	Input   json.RawMessage `json:"input"`
	Faults  []testFault     `json:"faults"`
}

type testFault struct {
	Code    string      `json:"code"`
	Pointer string      `json:"pointer"`
	Point   *[2]float64 `json:"point,omitempty"`
}

func (c testCase) rules() Rules { return Rules{Extent: longhua.Extent, Context: c.Context} }

func cases(t *testing.T, folder string, each func(t *testing.T, file string, c testCase)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c testCase
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&c); err != nil {
				t.Fatal(err)
			}
			each(t, file, c)
		})
	}
}

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	cases(t, "valid", func(t *testing.T, _ string, c testCase) {
		g, err := Parse(c.Input, "", c.rules())
		if err != nil {
			t.Fatal(err)
		}
		var want struct{ Coordinates any }
		var got struct{ Coordinates any }
		again, err := json.Marshal(geojson.NewGeometry(g))
		if err != nil || json.Unmarshal(c.Input, &want) != nil || json.Unmarshal(again, &got) != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("not as handed in: %s", diff)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	cases(t, "invalid", func(t *testing.T, file string, c testCase) {
		_, err := Parse(c.Input, "", c.rules())
		e, ok := fault.As(err)
		if !ok {
			t.Fatalf("accepted, %v", err)
		}
		got := []testFault{}
		for _, one := range e.Each() {
			f := testFault{Code: one.Code, Pointer: one.Field}
			if p := one.Point; p != nil {
				f.Point = &[2]float64{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
			}
			for _, lang := range []fault.Language{fault.Chinese, fault.English} {
				if says, mend := one.Says(lang), one.Mend(lang); mend == "" || strings.Contains(says+mend, "{"+"other") || strings.Contains(says+mend, "{lon") {
					t.Errorf("%s: %q, %q", one.Code, says, mend)
				}
			}
			got = append(got, f)
		}
		if *update {
			write(t, file, got)
		} else if diff := cmp.Diff(c.Faults, got); diff != "" {
			t.Errorf("%s\n%s%s", c.Note, strings.Join(c.Drawing, "\n"), diff)
		}
	})
}

func write(t *testing.T, file string, faults []testFault) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(raw), `"faults":`)
	var lines []string
	for _, f := range faults {
		line, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, "\n    "+string(line))
	}
	if err := os.WriteFile(file, []byte(head+`"faults": [`+strings.Join(lines, ",")+"\n  ]\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Each code that is given stands among the rules, and has a case.
func TestEveryRuleHasACase(t *testing.T) {
	t.Parallel()
	rules, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	sources, _ := filepath.Glob("*.go")
	files, _ := filepath.Glob("testdata/invalid/*.json")
	var shown bytes.Buffer
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(raw)
	}
	codes := map[string]bool{}
	for _, file := range sources {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`fault\.New\(fault\.Invalid, "geometry(\.[a-z0-9_]+)"`).FindAllSubmatch(text, -1) {
			codes[string(m[1])] = true
		}
	}
	if len(codes) < 20 {
		t.Errorf("only %d codes found", len(codes))
	}
	for code := range codes {
		if !regexp.MustCompile(regexp.QuoteMeta(code) + `\b`).Match(rules) {
			t.Errorf("geometry%s is not among the rules of doc.go", code)
		}
		if code != ".too_many" && !strings.Contains(shown.String(), `"geometry`+code+`"`) { // it would be a large file: TestParseRefusesBombs has it
			t.Errorf("geometry%s has no case in testdata/invalid", code)
		}
	}
}

// The corrected place is said, not taken.
func TestShiftIsOffered(t *testing.T) {
	t.Parallel()
	edge := orb.Point{114.199, 22.65}
	for code, p := range map[string]orb.Point{"geometry.gcj02": gcj02(edge), "geometry.bd09": bd09(gcj02(edge))} {
		g, err := Parse(fmt.Appendf(nil, `{"type":"Point","coordinates":[%v,%v]}`, p[0], p[1]), "", Rules{Extent: longhua.Extent, Context: true})
		e, ok := fault.As(err)
		if !ok || g != nil || e.Code != code || fmt.Sprint(e.Params["to_lon"]) != "114.1990000" || fmt.Sprint(e.Params["to_lat"]) != "22.6500000" {
			t.Errorf("%s: %v, %v", code, g, err)
		}
	}
}

// What is not JSON cannot be kept in a file of JSON.
func TestParseRefusesRubbish(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", " ", "{", `{"type":"Polygon","coordinates":[[[NaN,1]]]}`, `{"type":"Polygon","coordinates":[[[114,22.6],]]}`, "\xef\xbb\xbf{}",
		`{"type":"Polygon"} {}`, `{"type":"Polygon","coordinates":[[[0114,22.6]]]}`,
	} {
		_, err := Parse([]byte(in), "/g", longhua)
		if e, ok := fault.As(err); !ok || e.Code != "geometry.members" || e.Field != "/g" {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// Bodies made to cost are refused at once.
func TestParseRefusesBombs(t *testing.T) {
	t.Parallel()
	star := func(n, skip int) string {
		points := make([]string, 0, n+1)
		for i := range n + 1 {
			sin, cos := math.Sincos(2 * math.Pi * float64(i*skip%n) / float64(n))
			points = append(points, fmt.Sprintf("[%.10f,%.10f]", 114+0.1*cos, 22.65+0.1*sin))
		}
		return `{"type":"Polygon","coordinates":[[` + strings.Join(points, ",") + `]]}`
	}
	for name, in := range map[string]string{
		"nested collections": strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 4_000) + strings.Repeat("]}", 4_000),
		"nested arrays":      `{"type":"Polygon","coordinates":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "}",
		"nested deeper":      `{"type":"Polygon","coordinates":` + strings.Repeat("[", 500_000) + strings.Repeat("]", 500_000) + "}",
		"star":               star(2_001, 1_000),
		"great star":         star(19_999, 9_999),
		"star of few":        star(19_999, 2),
		"positions":          `{"type":"Polygon","coordinates":[[` + strings.Repeat("[114,22.6],", 500_000) + "[114,22.6]]]}",
		"nulls":              `{"type":"Polygon","coordinates":[[` + strings.Repeat("null,", 1_000_000) + "null]]}",
		"one place":          `{"type":"Polygon","coordinates":[[` + strings.Repeat("[114,22.6],", 19_000) + "[114,22.6]]]}",
		"there and back":     `{"type":"Polygon","coordinates":[[` + strings.Repeat("[114,22.6],[114.1,22.7],", 9_000) + "[114,22.6]]]}",
		"members":            `{` + strings.Repeat(`"a":[],`, 300_000) + `"type":"Polygon"}`,
		"rings":              `{"type":"Polygon","coordinates":[` + strings.Repeat("[[114,22.6],[114.1,22.6],[114.1,22.7],[114,22.6]],", 300) + "[]]}",
		"same ring":          `{"type":"Polygon","coordinates":[` + strings.Repeat("[[114,22.6],[114.1,22.6],[114.1,22.7],[114,22.6]],", 199) + "[[114,22.6],[114.1,22.6],[114.1,22.7],[114,22.6]]]}",
	} {
		began := time.Now()
		_, err := Parse([]byte(in), "", longhua)
		took := time.Since(began)
		e, ok := fault.As(err)
		if !ok || len(e.Each()) > mostFaults {
			t.Errorf("%s: %v", name, err)
		}
		if took > 10*time.Second { // all take milliseconds; the rest is for a machine with much else to do, and the race detector
			t.Errorf("%s took %v", name, took)
		}
		t.Logf("%s: %v, %d faults", name, took, len(e.Each()))
	}
}

// The public example of the shift, and what it does at Longhua: some 520 m to the east and 310 m to the south.
func TestShift(t *testing.T) {
	t.Parallel()
	for _, p := range []orb.Point{{114.03, 22.65}, {114.1694, 22.3193}, {116.3913, 39.9075}} {
		to := gcj02(p)
		back, baidu := fromGCJ02(to), fromBD09(bd09(to))
		for _, q := range []orb.Point{back, baidu} {
			if math.Hypot(q[0]-p[0], q[1]-p[1]) > 1e-9 {
				t.Errorf("%v came back as %v", p, q)
			}
		}
	}
	to := gcj02(orb.Point{114.03, 22.65})
	east, south := (to[0]-114.03)*102_800, (22.65-to[1])*110_750
	if math.Abs(east-520) > 15 || math.Abs(south-310) > 15 {
		t.Errorf("%.0f m east and %.0f m south", east, south)
	}
}

// comb is a long ring of n vertices without a flaw that lies at an angle: the boxes of all its edges meet.
func comb(n int, angle float64) orb.MultiPolygon {
	sin, cos := math.Sincos(angle)
	ring := make(orb.Ring, 0, n+1)
	add := func(x, y float64) { ring = append(ring, orb.Point{114 + x*cos - y*sin, 22.65 + x*sin + y*cos}) }
	add(-0.001, 0)
	for i := range n - 2 {
		add([]float64{0, 0.1}[i/2%2], float64((i+1)/2)*1e-6)
	}
	add(-0.001, float64(n/2)*1e-6)
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

// sun is a ring with as many rays as there may be.
func sun(n int) orb.MultiPolygon {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		far := []float64{0.1, 0.0001}[i%2]
		ring = append(ring, orb.Point{114 + far*cos, 22.65 + far*sin})
	}
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

// The shapes of the benchmark have no flaw, so that all of each is looked at.
func TestLargeShapesAreValid(t *testing.T) {
	t.Parallel()
	for _, shape := range []orb.MultiPolygon{wheel(19_999, 0, 0), comb(19_999, 0.3), sun(19_998)} {
		if found := flaws(shape, mostFaults); len(found) > 0 {
			t.Errorf("%v", found[0])
		}
	}
	for code, hole := range map[wrong]orb.Ring{
		flat:        {{114, 22.65}, {114.00001, 22.65}, {114.00002, 22.65}, {114, 22.65}},
		ringsCross:  {{114, 22.65}, {114.2, 22.65}, {114.2, 22.66}, {114, 22.65}},
		holeOutside: {{114.2, 22.65}, {114.3, 22.65}, {114.3, 22.66}, {114.2, 22.65}},
	} {
		shape := orb.MultiPolygon{{sun(19_000)[0][0], hole}}
		if found := flaws(shape, mostFaults); len(found) == 0 || found[0].wrong != code || Valid(shape) {
			t.Errorf("%d: %v", code, found)
		}
	}
}

func BenchmarkValid(b *testing.B) {
	for name, shape := range map[string]orb.MultiPolygon{
		"5":           steps(0, 0, 9, 0, 9, 9, 0, 9),
		"200":         wheel(200, 0, 0),
		"20000":       wheel(19_999, 0, 0),
		"comb 20000":  comb(19_999, 0.3),
		"sun 20000":   sun(19_998),
		"combs 20000": {comb(9_999, 0.3)[0], comb(9_999, 0.3+math.Pi/2)[0]},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				flaws(shape, mostFaults)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{4, 200, 19_999} {
		shape := wheel(n, 0, 0)
		for i, p := range shape[0][0] {
			shape[0][0][i] = orb.Point{math.Round(p[0]*1e5) / 1e10, math.Round(p[1]*1e4) / 1e10} // as degrees with 10 decimals
		}
		raw, err := json.Marshal(geojson.NewGeometry(shape))
		if err != nil {
			b.Fatal(err)
		}
		bound := shape.Bound()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := Parse(raw, "", Rules{Extent: bound}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Every file of the cases is a seed, and what is accepted is the same when it is written and read again.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*valid/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		var c testCase
		if err != nil || json.Unmarshal(raw, &c) != nil {
			f.Fatal(file, err)
		}
		f.Add([]byte(c.Input))
	}
	rules := Rules{Extent: longhua.Extent, Context: true}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := slices.Clone(raw)
		g, err := Parse(raw, "/g", rules)
		if !bytes.Equal(raw, before) {
			t.Fatal("the body changed")
		}
		if err != nil {
			e, ok := fault.As(err)
			if !ok || g != nil || len(e.Each()) > mostFaults {
				t.Fatalf("%v, %v", g, err)
			}
			for _, one := range e.Each() {
				if !strings.HasPrefix(one.Field, "/g") || one.Kind != fault.Invalid {
					t.Fatalf("%v at %q", one, one.Field)
				}
			}
			return
		}
		if b := g.Bound(); !rules.Extent.Contains(b.Min) || !rules.Extent.Contains(b.Max) {
			t.Fatalf("accepted outside the extent: %v", b)
		}
		again, err := json.Marshal(geojson.NewGeometry(g))
		if err != nil {
			t.Fatal(err)
		}
		same, err := Parse(again, "/g", rules)
		if err != nil || !orb.Equal(g, same) {
			t.Fatalf("%s, written and read again: %v, %v", raw, same, err)
		}
	})
}
