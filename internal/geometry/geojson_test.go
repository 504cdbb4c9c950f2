package geometry

import (
	"testing"

	"zhengbei/internal/fault"

	"github.com/paulmach/orb"
)

var longhua = Rules{Extent: orb.Bound{Min: orb.Point{113.9, 22.5}, Max: orb.Point{114.2, 22.8}}}

func TestParse(t *testing.T) {
	t.Parallel()
	const square = `[[114,22.6],[114.1,22.6],[114.1,22.7],[114,22.7],[114,22.6]]`
	tests := []struct{ name, in, code, field string }{
		{name: "polygon", in: `{"type":"Polygon","coordinates":[` + square + `]}`},
		{name: "multi", in: `{"type":"MultiPolygon","coordinates":[[` + square + `]]}`},
		{"empty", `{"type":"Polygon","coordinates":[]}`, "geometry.position", "/g/coordinates"},
		{"null position", `{"type":"Polygon","coordinates":[[null,[114,22.6]]]}`, "geometry.position", "/g/coordinates/0/0"},
		{"null number", `{"type":"Polygon","coordinates":[[[null,22.6]]]}`, "geometry.position", "/g/coordinates/0/0"},
		{"short position", `{"type":"Polygon","coordinates":[[[114]]]}`, "geometry.position", "/g/coordinates/0/0"},
		{"third ordinate", `{"type":"Polygon","coordinates":[[[114,22.6,3]]]}`, "geometry.position", "/g/coordinates/0/0"},
		{"huge", `{"type":"Polygon","coordinates":[[[1e999,22.6]]]}`, "geometry.position", "/g/coordinates/0/0"},
		{"elsewhere", `{"type":"Polygon","coordinates":[[[1e308,22.6]]]}`, "geometry.extent", "/g/coordinates/0/0"},
		{"swapped", `{"type":"Polygon","coordinates":[[[22.6,114]]]}`, "geometry.swapped", "/g/coordinates/0/0"},
		{"open", `{"type":"Polygon","coordinates":[[[114,22.6],[114.1,22.6],[114.1,22.7],[114,22.7]]]}`, "geometry.ring_open", "/g/coordinates/0"},
		{"three", `{"type":"Polygon","coordinates":[[[114,22.6],[114.1,22.6],[114,22.6]]]}`, "geometry.ring", "/g/coordinates/0"},
		{"point", `{"type":"Point","coordinates":[114,22.6]}`, "geometry.type", "/g/coordinates"},
		{"collection", `{"type":"GeometryCollection","geometries":[null]}`, "geometry.members", "/g/geometries"},
		{"crs", `{"type":"Polygon","crs":{},"coordinates":[` + square + `]}`, "geometry.members", "/g/crs"},
		{"twice", `{"type":"Polygon","type":"Polygon","coordinates":[` + square + `]}`, "geometry.members", "/g"},
		{"null", `null`, "geometry.members", "/g"},
		{"nothing", ``, "geometry.members", "/g"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g, err := Parse([]byte(tt.in), "/g", longhua)
			if tt.code == "" {
				if err != nil || g == nil {
					t.Fatalf("got %v, %v", g, err)
				}
				return
			}
			e, ok := fault.As(err)
			if !ok || e.Code != tt.code || e.Field != tt.field {
				t.Fatalf("got %v, want %s at %s", err, tt.code, tt.field)
			}
		})
	}
}

func TestParseListsEveryFault(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte(`{"type":"Polygon","coordinates":[[[22.6,114],[114],[114,22.6,0],[114,22.6]]]}`), "", longhua)
	e, ok := fault.As(err)
	if !ok || len(e.Each()) != 3 {
		t.Fatalf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"type":"Polygon","coordinates":[[[114,22.6],[114.1,22.6],[114.1,22.7],[114,22.6]]]}`))
	f.Add([]byte(`{"type":"MultiPolygon","coordinates":[[[]]]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		g, err := Parse(raw, "", longhua)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		if b := g.Bound(); !longhua.Extent.Contains(b.Min) || !longhua.Extent.Contains(b.Max) {
			t.Fatalf("accepted outside the extent: %v", b)
		}
	})
}
