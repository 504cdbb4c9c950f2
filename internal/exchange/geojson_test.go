package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"

	"github.com/paulmach/orb"
)

var longhua = geometry.Rules{Extent: orb.Bound{Min: orb.Point{113.9, 22.5}, Max: orb.Point{114.2, 22.8}}}

const square = `{"type":"Polygon","coordinates":[[[114,22.6],[114.1,22.6],[114.1,22.7],[114,22.7],[114,22.6]]]}`

// all reads a text in small pieces, as a network brings it.
func all(t *testing.T, text string) (features []land.Incoming, failed error) {
	t.Helper()
	r, err := readGeoJSON(iotest.OneByteReader(strings.NewReader(text)), Reading{Collection: land.Plots, Rules: longhua})
	if err != nil {
		t.Fatal(err)
	}
	for in, err := range r.Features() {
		if err != nil {
			return features, err
		}
		features = append(features, in)
	}
	return features, nil
}

type testOfReading struct {
	name, in string
	n        int
	faults   []string // code and pointer of what is wrong with a feature
	ends     string   // code of what ends the reading
}

func TestReadGeoJSON(t *testing.T) {
	t.Parallel()
	feature := func(properties string) string {
		return `{"type":"Feature","id":"L-000001","properties":` + properties + `,"geometry":` + square + `}`
	}
	tests := []testOfReading{
		{name: "collection", in: `{"type":"FeatureCollection","name":"plots","features":[` + feature(`{}`) + `,` + feature(`null`) + `]}`, n: 2},
		{name: "type behind the features", in: `{"features":[` + feature(`{}`) + `],"type":"FeatureCollection"}`, n: 1},
		{name: "one feature", in: feature(`{"code":"L-000001"}`), n: 1},
		{name: "a line each", in: feature(`{}`) + "\n" + feature(`{}`) + "\n", n: 2},
		{name: "text sequence", in: "\x1e" + feature(`{}`) + "\n\x1e" + feature(`{}`) + "\n", n: 2},
		{name: "byte order mark", in: "\ufeff" + feature(`{}`), n: 1},
		{name: "crs of GDAL", in: `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[]}`},
		{name: "derived", in: feature(`{"area_m2":1,"stage":"planned","fid":3,"version":2}`), n: 1},
		{name: "empty", in: ``, ends: "file.not_geojson"},
		{name: "a list", in: `[` + feature(`{}`) + `]`, ends: "file.not_geojson"},
		{name: "geometry alone", in: square, ends: "file.not_geojson"},
		{name: "no features", in: `{"type":"FeatureCollection"}`, ends: "file.not_geojson"},
		{name: "features of no list", in: `{"type":"FeatureCollection","features":{}}`, ends: "file.not_geojson"},
		{name: "projected", in: `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4547"}},"features":[]}`, ends: "file.crs"},
		{name: "linked crs", in: `{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"http://example.com"}},"features":[]}`, ends: "file.crs"},
		{name: "cut off", in: `{"type":"FeatureCollection","features":[` + feature(`{}`) + `,{"type":"Fea`, n: 1, ends: "file.cut_off"},
		{name: "cut off between", in: `{"type":"FeatureCollection","features":[` + feature(`{}`), n: 1, ends: "file.cut_off"},
		{name: "no JSON", in: `{"type":"FeatureCollection","features":[{"type":Feature}]}`, ends: "file.not_json"},
		{name: "brackets that do not match", in: `{"type":"FeatureCollection","features":[{"a":[}]]}`, ends: "file.not_json"},
		{name: "two numbers", in: `{"type":"FeatureCollection","total":1 2,"features":[]}`, ends: "file.not_json"},
		{name: "not UTF-8", in: "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"\xff\"}]}", ends: "file.not_json"},
		{name: "nested without end", in: `{"type":"FeatureCollection","features":[` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `]}`, ends: "file.not_json"},
		{name: "too large", in: `{"type":"FeatureCollection","features":["` + strings.Repeat("x", mostFeature) + `"]}`, ends: "file.feature_too_large"},
		{name: "twice", in: `{"type":"FeatureCollection","features":[],"features":[]}`, ends: "body.twice"},
		{name: "no feature", in: `{"type":"FeatureCollection","features":[5]}`, n: 1, faults: []string{"file.not_feature /features/0"}},
		{
			name: "every fault of a feature", n: 1,
			in: feature(`{"nmae":"x","name":5,"version":0,"area_official_m2":-1,"published":[],"code":"L-000002","source":"a\u0000b","kind":"plot","kind":"plot"}`),
			faults: []string{
				"file.property /properties/nmae", "file.not_text /properties/name", "file.version /properties/version", "file.area /properties/area_official_m2",
				"file.not_object /properties/published", "file.two_codes /properties/code", "request.not_text /properties/source", "body.twice /properties/kind",
			},
		},
		{
			name: "geometry", in: `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[22.6,114],[114],[114,22.6,0],[114,22.6]]]},"x":1}]}`, n: 1,
			faults: []string{
				"file.member /features/0/x", "geometry.swapped /features/0/geometry/coordinates/0/0",
				"geometry.position /features/0/geometry/coordinates/0/1", "geometry.third_ordinate /features/0/geometry/coordinates/0/2",
			},
		},
		{name: "no geometry", in: `{"type":"Feature","properties":{},"geometry":null}`, n: 1, faults: []string{"geometry.members /geometry"}},
		{name: "a code with a NUL", in: strings.Replace(feature(`{}`), "L-000001", `L-\u0000`, 1), n: 1, faults: []string{"request.not_text /id"}},
		{name: "half a character", in: feature(`{"name":"\ud800","locality":"\udc00x","source":"\ud800\u0041"}`), n: 1, faults: []string{
			"request.not_text /properties/name", "request.not_text /properties/locality", "request.not_text /properties/source",
		}},
		{name: "a character in two halves, and a reverse solidus before u0000", in: feature(`{"name":"\ud83d\ude00","locality":"\\u0000","published":{"\ud83d\ude00":"\\ud800"}}`), n: 1},
		{name: "an empty source in English is none", in: feature(`{"source_en":""}`), n: 1},
	}
	for _, published := range []string{`{"a":"\ud800"}`, `{"\ud800":1}`, `{"a":"\u0000"}`, `{"\u0000":[]}`, `{"a":[1e999999]}`, `{"a":-1e-999999}`, `{"a":0.` + strings.Repeat("1", 500) + `}`} {
		tests = append(tests, testOfReading{name: published, in: feature(`{"published":` + published + `}`), n: 1, faults: []string{"request.not_text /properties/published"}})
	}
	for _, published := range []string{`{"a":1.5e300,"b":[0e9999,-0.0,"1e999999"],"c":null}`} {
		tests = append(tests, testOfReading{name: published, in: feature(`{"published":` + published + `}`), n: 1})
	}
	for _, area := range []string{"9999999999.99999", "10000000000", "0.00010000000000000000000000000001", "0", "0.0000", "1e3", `"12"`, "-1", "true"} {
		tests = append(tests, testOfReading{name: "area " + area, in: feature(`{"area_official_m2":` + area + `}`), n: 1, faults: []string{"file.area /properties/area_official_m2"}})
	}
	for _, area := range []string{"9999999999.9999", "0.0001", "770000", "400.5000", "null"} {
		tests = append(tests, testOfReading{name: "area " + area, in: feature(`{"area_official_m2":` + area + `}`), n: 1})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			features, err := all(t, tt.in)
			if code(err) != tt.ends || len(features) != tt.n {
				t.Fatalf("%d features and %v, want %d and %q", len(features), err, tt.n, tt.ends)
			}
			var faults []string
			for _, in := range features {
				for _, f := range in.Faults {
					faults = append(faults, f.Code+" "+f.Field)
				}
			}
			if !reflect.DeepEqual(faults, tt.faults) {
				t.Errorf("got  %q\nwant %q", faults, tt.faults)
			}
		})
	}
}

func code(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := fault.As(err); ok {
		return e.Code
	}
	return err.Error()
}

func TestWhatIsGiven(t *testing.T) {
	t.Parallel()
	features, err := all(t, `{"type":"Feature","id":7,"properties":{"code":"L-000007","version":3,"name":null,"parcel":"P-01","accuracy":null},"geometry":`+strings.ReplaceAll(square, "22.6]", "22.600000001]")+`}`)
	if err != nil || len(features) != 1 || len(features[0].Faults) > 0 {
		t.Fatalf("%+v, %v", features, err)
	}
	in := features[0]
	if in.Code != "L-000007" || *in.Base != 3 || in.Decimals != 9 || *in.Parcel != "P-01" {
		t.Errorf("got %+v", in)
	}
	if in.Given != land.GivenName|land.GivenParcel {
		t.Errorf("a name taken away is given, an accuracy of nothing is not: %b", in.Given)
	}
}

func TestRefusesWhatGeoJSONIsNot(t *testing.T) {
	t.Parallel()
	_, err := readGeoJSON(strings.NewReader(""), Reading{CRS: "EPSG:4547", Encoding: "GBK", Layer: "plots"})
	e, _ := fault.As(err)
	if e == nil || len(e.Each()) != 3 {
		t.Errorf("got %v", err)
	}
	if f, err := ByName("外业.GeoJSON"); err != nil || f.Name != "geojson" {
		t.Errorf("got %v, %v", f.Name, err)
	}
	for _, name := range []string{"plots.shp", "plots", ".", "a.geojson/plots"} {
		if _, err := ByName(name); !fault.Is(err, "file.format") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What one writes the other reads, with an empty file as well.
func TestWriteGeoJSON(t *testing.T) {
	t.Parallel()
	for _, f := range Formats {
		for n := range 3 {
			var out bytes.Buffer
			w := f.Write(&out, Writing{Clock: land.On(land.Day{Time: time.Date(2022, 12, 30, 0, 0, 0, 0, time.UTC)}), Now: time.Unix(0, 0), Item: func(x land.Feature) ([]byte, error) {
				return fmt.Appendf(nil, `{"type":"Feature","id":%q,"properties":{},"geometry":%s}`, x.Code, x.Geometry), nil
			}})
			for i := range n {
				if err := w.Feature(land.Feature{Code: fmt.Sprintf("L-%06d", i), Geometry: json.RawMessage(square)}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.End(); err != nil {
				t.Fatal(err)
			}
			if n == 0 && f.Name == "geojsonseq" {
				continue // nothing is no text
			}
			if got, err := all(t, out.String()); err != nil || len(got) != n {
				t.Errorf("%s: %d of %d are read: %v\n%s", f.Name, len(got), n, err, &out)
			}
		}
	}
}

// GDAL writes a name and a crs at the top, spaces, and its own number of decimals.
func TestReadsWhatGDALWrites(t *testing.T) {
	t.Parallel()
	gdal, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Fatalf("make test installs it: %v", err)
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.geojson"), filepath.Join(dir, "out.geojson")
	text := `{"type":"FeatureCollection","features":[{"type":"Feature","id":"L-000001","properties":{"code":"L-000001","version":1,"name":null,"published":{},"area_official_m2":591032.7},"geometry":` + square + `}]}`
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if says, err := exec.CommandContext(t.Context(), gdal, "-a_srs", "EPSG:4490", "-lco", "COORDINATE_PRECISION=10", "-nln", "地块", out, in).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, says)
	}
	written, err := os.ReadFile(out)
	if err != nil || !bytes.Contains(written, []byte(`"crs"`)) || !bytes.Contains(written, []byte(`"name"`)) {
		t.Fatalf("GDAL writes otherwise now: %s, %v", written, err)
	}
	features, err := all(t, string(written))
	if err != nil || len(features) != 1 || len(features[0].Faults) > 0 || features[0].Code != "L-000001" || *features[0].Base != 1 {
		t.Errorf("%+v, %v\n%s", features, err, written)
	}
}

// The reader never panics, and what its fast way accepts the strict one accepts as well, as the same shape.
func FuzzReadGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","crs":null,"features":[{"type":"Feature","id":"L-000001","properties":{"name":"a\u00e9"},"geometry":` + square + `}]}`))
	f.Add([]byte(`{"type":"Feature","properties":null,"geometry":{"coordinates":[[[[114,22.6],[114.1,22.6],[114.1,2.27e1],[114,22.6]]]],"type":"MultiPolygon"}}`))
	f.Add([]byte("\x1e{\"type\":\"Feature\",\"geometry\":null}\n\x1e"))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[]]}},5,"\ud800"]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := readGeoJSON(bytes.NewReader(raw), Reading{Collection: land.Plots, Rules: longhua})
		if err != nil {
			t.Fatal(err)
		}
		for in, err := range r.Features() {
			if err != nil {
				if _, ok := fault.As(err); !ok {
					t.Fatalf("no fault: %v", err)
				}
				return
			}
			if len(in.Faults) == 0 && in.Geometry == nil {
				t.Fatal("neither a geometry nor a fault")
			}
		}
		if !json.Valid(raw) {
			return // several texts, one behind the other
		}
		if shape, _, ok := plain(raw, longhua.Extent); ok {
			strict, err := geometry.Parse(raw, "", longhua)
			if err != nil || !reflect.DeepEqual(shape, strict) {
				t.Fatalf("%s: %v and %v, %v", raw, shape, strict, err)
			}
		}
	})
}

func TestPlainReadsAsParse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{square, strings.ReplaceAll(square, ",", " , "), `{"coordinates":[[[[114,22.6],[114.1,22.6],[114.1,22.7],[114,22.6]],[[114.02,22.61],[114.03,22.61],[114.03,22.62],[114.02,22.61]]],[[[114,22.7],[114.1,22.7],[114,22.65],[114,22.7]]]],"type":"MultiPolygon"}`} {
		shape, _, ok := plain([]byte(text), longhua.Extent)
		strict, err := geometry.Parse([]byte(text), "", longhua)
		if !ok || err != nil || !reflect.DeepEqual(shape, strict) {
			t.Errorf("%s: %v, %v, %v, %v", text, ok, shape, strict, err)
		}
	}
}

func BenchmarkReadGeoJSON(b *testing.B) {
	var text bytes.Buffer
	text.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range 10_000 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"type":"Feature","id":"L-%06d","properties":{"kind":"plot","parcel":"P-1001","disposition":"storage","use_class":"industrial","accuracy":"surveyed","source":"测绘成果","source_en":"survey"},"geometry":%s}`, i, square)
	}
	text.WriteString("]}")
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		r, err := readGeoJSON(bytes.NewReader(text.Bytes()), Reading{Collection: land.Plots, Rules: longhua})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range r.Features() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
