package geometry

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

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
// Every fault found is returned, as one error; what is returned without one is valid, and as it was handed in.
func Parse(raw []byte, pointer string, rules Rules) (orb.Geometry, error) {
	p := parser{rules: rules}
	g := p.geometry(raw, pointer)
	if len(p.faults) == 0 {
		p.judge(g, pointer+"/coordinates") // of rings that are not whole it could not be told
	}
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

func (p *parser) full() bool { return len(p.faults) >= mostFaults }

func (p *parser) fail(e *fault.Error, pointer string) {
	if !p.full() {
		p.faults = append(p.faults, e.In(pointer))
	}
}

func (p *parser) geometry(raw []byte, at string) orb.Geometry {
	if !json.Valid(raw) { // also what is nested more than 10,000 deep
		p.fail(fault.New(fault.Invalid, "geometry.members", "why", notJSON), at)
		return nil
	}
	known, ok := p.members(raw, at, "type", "coordinates", "crs")
	if !ok {
		return nil
	}
	if crs, given := known["crs"]; given {
		p.crs(crs, at+"/crs")
	}
	if known["type"] == nil {
		p.fail(missing("type"), at)
		return nil
	}
	kind := text(known["type"])
	coordinates, here := known["coordinates"], at+"/coordinates"
	polygonal := kind == "Polygon" || kind == "MultiPolygon"
	if line := kind == "LineString" || kind == "Point"; !polygonal && (!line || !p.rules.Context) {
		p.fail(fault.New(fault.Invalid, "geometry.type", "value", brief([]byte(kind))), at+"/type")
		return nil
	}
	if coordinates == nil {
		p.fail(missing("coordinates"), at)
		return nil
	}
	switch kind {
	case "Polygon":
		polygon, _ := p.polygon(coordinates, here)
		return polygon
	case "MultiPolygon":
		return p.multiPolygon(coordinates, here)
	case "LineString":
		return p.lineString(coordinates, here)
	}
	point := p.position(coordinates, here)
	return point
}

func missing(name string) *fault.Error {
	return fault.New(fault.Invalid, "geometry.members", "why", fault.Words{Zh: "缺少 " + name, En: name + " is missing"})
}

// crs84 is the one reference system that may be named: it is what GeoJSON has anyway.
const crs84 = "urn:ogc:def:crs:OGC:1.3:CRS84"

func (p *parser) crs(raw []byte, at string) {
	var strict parser
	var kind, name string
	known, ok := strict.members(raw, at, "type", "properties")
	if ok {
		properties, _ := strict.members(known["properties"], at, "name")
		ok = json.Unmarshal(known["type"], &kind) == nil && json.Unmarshal(properties["name"], &name) == nil && len(strict.faults) == 0
	}
	if !ok || kind != "name" || name != crs84 {
		p.fail(fault.New(fault.Invalid, "geometry.crs", "value", brief(raw), "only", crs84), at)
	}
}

func (p *parser) multiPolygon(raw []byte, at string) orb.Geometry {
	var many orb.MultiPolygon
	if !p.array(raw, at) {
		return many
	}
	for i, part := range elements(raw) {
		if polygon, ok := p.polygon(part, at+"/"+strconv.Itoa(i)); ok {
			many = append(many, polygon)
		} else if p.enough() {
			break
		}
	}
	return many
}

func (p *parser) polygon(raw []byte, at string) (polygon orb.Polygon, ok bool) {
	if !p.array(raw, at) {
		return nil, false
	}
	before := len(p.faults)
	for i, part := range elements(raw) {
		if p.rings++; p.tooMany() {
			p.fail(fault.New(fault.Invalid, "geometry.too_many", "vertices", MaxVertices, "rings", MaxRings), at)
			return nil, false
		}
		if ring, ok := p.ring(part, at+"/"+strconv.Itoa(i)); ok {
			polygon = append(polygon, ring)
		} else if p.enough() {
			return nil, false
		}
	}
	return polygon, len(p.faults) == before
}

func (p *parser) ring(raw []byte, at string) (orb.Ring, bool) {
	line, ok := p.line(raw, at)
	if !ok {
		return nil, false
	}
	ring := orb.Ring(line)
	whole := true
	if len(ring) < 4 {
		p.fail(fault.New(fault.Invalid, "geometry.ring", "least", 4, "got", len(ring)), at)
		whole = false
	}
	if ring[0] != ring[len(ring)-1] {
		p.fail(fault.New(fault.Invalid, "geometry.ring_open").At(ring[0][0], ring[0][1]), at)
		whole = false
	}
	return ring, whole
}

func (p *parser) lineString(raw []byte, at string) orb.Geometry {
	line, ok := p.line(raw, at)
	if !ok {
		return line
	}
	if different := len(slices.Compact(slices.Clone(line))); different < 2 {
		p.fail(fault.New(fault.Invalid, "geometry.ring", "least", 2, "got", different), at)
	}
	return line
}

func (p *parser) line(raw []byte, at string) (line orb.LineString, ok bool) {
	if !p.array(raw, at) {
		return nil, false
	}
	before := len(p.faults)
	for i, position := range elements(raw) {
		if p.vertices++; p.tooMany() {
			p.fail(fault.New(fault.Invalid, "geometry.too_many", "vertices", MaxVertices, "rings", MaxRings), at)
			return nil, false
		}
		if point, ok := p.number(position); ok && p.rules.Extent.Contains(point) {
			line = append(line, point)
		} else {
			p.position(position, at+"/"+strconv.Itoa(i))
			if p.full() {
				return nil, false
			}
		}
	}
	return line, len(p.faults) == before
}

// enough says that what follows need not be looked at.
func (p *parser) enough() bool { return p.tooMany() || p.full() }

func (p *parser) tooMany() bool { return p.vertices > MaxVertices || p.rings > MaxRings }

// number reads a position that is well formed.
func (p *parser) number(raw []byte) (point orb.Point, ok bool) {
	n := 0
	for i, item := range elements(raw) {
		if n = i + 1; n > 2 {
			return point, false
		}
		number, err := strconv.ParseFloat(string(item), 64)
		if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
			return point, false
		}
		point[i] = number
	}
	return point, n == 2
}

// position reads a position, or says what is wrong with it.
func (p *parser) position(raw []byte, at string) orb.Point {
	point, ok := p.number(raw)
	switch {
	case ok && p.rules.Extent.Contains(point):
		return point
	case ok:
		e := p.outside(point)
		if earth.Contains(point) {
			e = e.At(point[0], point[1])
		}
		p.fail(e, at)
	case count(raw) > 2:
		p.fail(fault.New(fault.Invalid, "geometry.third_ordinate", "value", brief(raw)), at)
	default:
		p.fail(fault.New(fault.Invalid, "geometry.position", "value", brief(raw)), at)
	}
	return orb.Point{}
}

// earth is where a position is a place.
var earth = orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}

// outside names the likely cause of a position outside the extent, and never mends it by itself.
func (p *parser) outside(point orb.Point) *fault.Error {
	if p.rules.Extent.Contains(orb.Point{point[1], point[0]}) {
		return fault.New(fault.Invalid, "geometry.swapped", "lon", point[0], "lat", point[1])
	}
	if plane(point) {
		return fault.New(fault.Invalid, "geometry.metres", "x", point[0], "y", point[1])
	}
	if to := fromGCJ02(point); p.rules.Extent.Contains(to) {
		return fault.New(fault.Invalid, "geometry.gcj02", "lon", point[0], "lat", point[1], "to_lon", degrees(to[0]), "to_lat", degrees(to[1]))
	}
	if to := fromBD09(point); p.rules.Extent.Contains(to) {
		return fault.New(fault.Invalid, "geometry.bd09", "lon", point[0], "lat", point[1], "to_lon", degrees(to[0]), "to_lat", degrees(to[1]))
	}
	return fault.New(fault.Invalid, "geometry.extent", "lon", point[0], "lat", point[1],
		"west", p.rules.Extent.Min[0], "south", p.rules.Extent.Min[1], "east", p.rules.Extent.Max[0], "north", p.rules.Extent.Max[1])
}

// degrees writes what was computed to 7 decimals, a centimetre.
func degrees(x float64) json.Number { return json.Number(strconv.FormatFloat(x, 'f', 7, 64)) }

// array says whether there are elements to walk.
func (p *parser) array(raw []byte, at string) bool {
	switch {
	case raw[0] != '[':
		p.fail(fault.New(fault.Invalid, "geometry.not_a_list", "value", brief(raw)), at)
		return false
	case count(raw) == 0:
		p.fail(fault.New(fault.Invalid, "geometry.empty"), at)
		return false
	}
	return true
}

var (
	notObject = fault.Words{Zh: "不是 JSON 对象", En: "not a JSON object"}
	notJSON   = fault.Words{Zh: "不是 JSON", En: "not JSON"}
)

// members reads those members of an object that are known, and refuses others and those that stand twice.
func (p *parser) members(raw []byte, at string, names ...string) (map[string][]byte, bool) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		p.fail(fault.New(fault.Invalid, "geometry.members", "why", notObject), at)
		return nil, false
	}
	known := make(map[string][]byte, len(names))
	for _, member := range elements(raw) {
		if p.full() {
			break
		}
		end := stringEnd(member, 0)
		name := text(member[:end])
		_, twice := known[name]
		shown := strconv.Quote(brief([]byte(name)))
		switch {
		case twice:
			p.fail(fault.New(fault.Invalid, "geometry.members", "why", fault.Words{Zh: shown + " 出现两次", En: shown + " stands twice"}), at)
		case !slices.Contains(names, name):
			p.fail(fault.New(fault.Invalid, "geometry.members", "why", shown), at+"/"+escape.Replace(brief([]byte(name))))
		default:
			known[name] = bytes.TrimSpace(bytes.TrimSpace(member[end:])[1:]) // after the colon
		}
	}
	return known, true
}

// text is what a string of JSON says; anything else is shown as it stands.
func text(raw []byte) (s string) {
	if bytes.IndexByte(raw, '\\') < 0 && raw[0] == '"' {
		return string(raw[1 : len(raw)-1])
	}
	if json.Unmarshal(raw, &s) != nil {
		return brief(raw)
	}
	return s
}

// escape makes a name fit for a JSON pointer (RFC 6901).
var escape = strings.NewReplacer("~", "~0", "/", "~1")

// brief is the beginning of what came from outside: a fault need not carry all of it.
func brief(raw []byte) string {
	if len(raw) > 200 {
		return string(raw[:200]) + "…"
	}
	return string(raw)
}
