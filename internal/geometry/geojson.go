package geometry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"zhengbei/internal/fault"

	"github.com/paulmach/orb"
)

// Bounds of one geometry; a cadastral parcel of a city has some hundred vertices.
const (
	MaxVertices = 20_000
	MaxRings    = 200
)

// Rules say what a layer accepts.
type Rules struct {
	Extent  orb.Bound // degrees
	Context bool      // points and lines besides polygons
}

// Parse reads a GeoJSON geometry in longitude and latitude; pointer is where it stands in the body.
// Every fault found is returned, as one error.
func Parse(raw []byte, pointer string, rules Rules) (orb.Geometry, error) {
	p := parser{rules: rules}
	g := p.geometry(raw, pointer)
	if err := fault.All(p.faults); err != nil {
		return nil, err
	}
	return g, nil
}

// mostFaults is enough to mend a file by; a file of rubbish need not be answered in full.
const mostFaults = 100

type parser struct {
	rules    Rules
	faults   []*fault.Error
	vertices int
	rings    int
}

func (p *parser) fail(e *fault.Error, pointer string) {
	if len(p.faults) < mostFaults {
		p.faults = append(p.faults, e.In(pointer))
	}
}

func (p *parser) geometry(raw []byte, at string) orb.Geometry {
	members, wrong := object(raw)
	if wrong != nil {
		p.fail(fault.New(fault.Invalid, "geometry.members", "why", *wrong), at)
		return nil
	}
	for name := range members {
		if name != "type" && name != "coordinates" {
			p.fail(fault.New(fault.Invalid, "geometry.members", "why", fmt.Sprintf("%q", name)), at+"/"+name)
		}
	}
	var kind string
	if json.Unmarshal(members["type"], &kind) != nil {
		kind = string(members["type"])
	}
	coordinates, at := members["coordinates"], at+"/coordinates"
	switch {
	case kind == "Polygon":
		return p.polygon(coordinates, at)
	case kind == "MultiPolygon":
		return p.multiPolygon(coordinates, at)
	case kind == "Point" && p.rules.Context:
		point, _ := p.position(coordinates, at)
		return point
	case kind == "LineString" && p.rules.Context:
		line := p.line(coordinates, at)
		if len(line) < 2 && len(p.faults) == 0 {
			p.fail(fault.New(fault.Invalid, "geometry.ring", "least", 2, "got", len(line)), at)
		}
		return line
	}
	p.fail(fault.New(fault.Invalid, "geometry.type", "value", kind), at)
	return nil
}

func (p *parser) multiPolygon(raw []byte, at string) orb.Geometry {
	parts, ok := p.array(raw, at)
	if !ok {
		return nil
	}
	var many orb.MultiPolygon
	for i, part := range parts {
		if polygon, ok := p.polygon(part, fmt.Sprintf("%s/%d", at, i)).(orb.Polygon); ok {
			many = append(many, polygon)
		}
	}
	return many
}

func (p *parser) polygon(raw []byte, at string) orb.Geometry {
	parts, ok := p.array(raw, at)
	if !ok {
		return nil
	}
	if p.rings += len(parts); p.rings > MaxRings {
		p.fail(fault.New(fault.Invalid, "geometry.too_many", "vertices", MaxVertices, "rings", MaxRings), at)
		return nil
	}
	var polygon orb.Polygon
	for i, part := range parts {
		here := fmt.Sprintf("%s/%d", at, i)
		before := len(p.faults)
		ring := orb.Ring(p.line(part, here))
		if len(p.faults) > before {
			continue
		}
		if len(ring) < 4 {
			p.fail(fault.New(fault.Invalid, "geometry.ring", "least", 4, "got", len(ring)), here)
		} else if ring[0] != ring[len(ring)-1] {
			p.fail(fault.New(fault.Invalid, "geometry.ring_open").At(ring[0][0], ring[0][1]), here)
		}
		polygon = append(polygon, ring)
	}
	return polygon
}

func (p *parser) line(raw []byte, at string) orb.LineString {
	positions, ok := p.array(raw, at)
	if !ok {
		return nil
	}
	if p.vertices += len(positions); p.vertices > MaxVertices {
		p.fail(fault.New(fault.Invalid, "geometry.too_many", "vertices", MaxVertices, "rings", MaxRings), at)
		return nil
	}
	line := make(orb.LineString, 0, len(positions))
	for i, position := range positions {
		if point, ok := p.position(position, fmt.Sprintf("%s/%d", at, i)); ok {
			line = append(line, point)
		}
	}
	return line
}

func (p *parser) position(raw []byte, at string) (orb.Point, bool) {
	var numbers []*float64
	if json.Unmarshal(raw, &numbers) != nil || len(numbers) != 2 || numbers[0] == nil || numbers[1] == nil {
		p.fail(fault.New(fault.Invalid, "geometry.position", "value", string(raw)), at)
		return orb.Point{}, false
	}
	point := orb.Point{*numbers[0], *numbers[1]}
	if math.IsInf(point[0], 0) || math.IsInf(point[1], 0) {
		p.fail(fault.New(fault.Invalid, "geometry.position", "value", string(raw)), at)
		return orb.Point{}, false
	}
	if !p.rules.Extent.Contains(point) {
		p.fail(p.outside(point), at)
		return orb.Point{}, false
	}
	return point, true
}

// outside names the likely cause: swapped axes, or a map of Amap or Tencent.
func (p *parser) outside(point orb.Point) *fault.Error {
	swapped := orb.Point{point[1], point[0]}
	if p.rules.Extent.Contains(swapped) {
		return fault.New(fault.Invalid, "geometry.swapped", "lon", point[0], "lat", point[1])
	}
	return fault.New(fault.Invalid, "geometry.extent", "lon", point[0], "lat", point[1],
		"west", p.rules.Extent.Min[0], "south", p.rules.Extent.Min[1], "east", p.rules.Extent.Max[0], "north", p.rules.Extent.Max[1])
}

func (p *parser) array(raw []byte, at string) ([]json.RawMessage, bool) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil || len(items) == 0 {
		p.fail(fault.New(fault.Invalid, "geometry.position", "value", string(raw)), at)
		return nil, false
	}
	return items, true
}

var (
	notObject = fault.Words{Zh: "不是 JSON 对象", En: "not a JSON object"}
	notJSON   = fault.Words{Zh: "不是 JSON", En: "not JSON"}
)

// object reads the members of a JSON object and refuses a name that stands twice; or it says what is wrong.
func object(raw []byte) (map[string]json.RawMessage, *fault.Words) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, &notObject
	}
	members := map[string]json.RawMessage{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, &notJSON
		}
		name, _ := t.(string)
		if _, twice := members[name]; twice {
			return nil, &fault.Words{Zh: fmt.Sprintf("%q 出现两次", name), En: fmt.Sprintf("%q stands twice", name)}
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return nil, &notJSON
		}
		members[name] = value
	}
	return members, nil
}
