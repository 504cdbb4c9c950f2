package exchange

import (
	"strconv"

	"zhengbei/internal/geometry"

	"github.com/paulmach/orb"
)

// plain reads a geometry that is as nearly all are, without a fault, ten times as fast as geometry.Parse; ok is false where that has to judge.
func plain(raw []byte, extent orb.Bound) (shape orb.Geometry, digits int16, ok bool) {
	var room [4]member
	all, ok := members(raw, room[:0])
	if !ok || len(all) != 2 {
		return nil, 0, false
	}
	kind, coordinates := all[0], all[1]
	if kind.name == "coordinates" {
		kind, coordinates = coordinates, kind
	}
	if kind.name != "type" || coordinates.name != "coordinates" {
		return nil, 0, false
	}
	p := plainReader{cursor: cursor{raw: coordinates.value}, extent: extent}
	switch string(kind.value) {
	case `"Polygon"`:
		shape = p.polygon()
	case `"MultiPolygon"`:
		var many orb.MultiPolygon
		for p.list() {
			many = append(many, p.polygon())
		}
		shape = many
	default:
		return nil, 0, false
	}
	return shape, p.digits, !p.odd && p.rings <= geometry.MaxRings && p.vertices <= geometry.MaxVertices && geometry.Valid(shape)
}

type plainReader struct {
	cursor
	extent          orb.Bound
	rings, vertices int
	digits          int16
	odd             bool // geometry.Parse has to say what is wrong
	inside          bool // of the array that is read, behind its first value
}

// list walks over an array that is not empty: true before each of its values.
func (p *plainReader) list() bool {
	if p.odd {
		return false
	}
	if !p.inside {
		if !p.is('[') {
			p.odd = true
			return false
		}
		return true
	}
	p.inside = false
	if p.is(',') {
		return true
	}
	p.odd = p.odd || !p.is(']')
	p.inside = true // of the array around it
	return false
}

func (p *plainReader) polygon() orb.Polygon {
	var polygon orb.Polygon
	for p.list() {
		ring := make(orb.Ring, 0, 8)
		for p.list() {
			point, ok := p.position()
			if p.vertices++; !ok || p.vertices > geometry.MaxVertices {
				p.odd = true
				return nil
			}
			ring = append(ring, point)
			p.inside = true
		}
		if p.rings++; p.odd || len(ring) < 4 || ring[0] != ring[len(ring)-1] {
			p.odd = true
			return nil
		}
		polygon = append(polygon, ring)
	}
	return polygon
}

func (p *plainReader) position() (point orb.Point, ok bool) {
	if !p.is('[') {
		return point, false
	}
	for i := range point {
		if i == 1 && !p.is(',') {
			return point, false
		}
		p.space()
		from := p.at
		if !p.number() {
			return point, false
		}
		text := p.raw[from:p.at]
		n, err := strconv.ParseFloat(string(text), 64)
		if err != nil {
			return point, false
		}
		point[i] = n
		p.digits = max(p.digits, places(text))
	}
	return point, p.is(']') && p.extent.Contains(point)
}

// places counts the decimals of a number; one with an exponent counts as exact.
func places(number []byte) int16 {
	for i, b := range number {
		if b == 'e' || b == 'E' {
			return exact
		}
		if b == '.' {
			for _, e := range number[i:] {
				if e == 'e' || e == 'E' {
					return exact
				}
			}
			return int16(min(len(number)-i-1, exact))
		}
	}
	return 0
}

// exact is how many decimals tell every position of the 0.1 mm grid from the next.
const exact = 10

// decimals is the most that a number of a geometry has.
func decimals(raw []byte) (most int16) {
	c := cursor{raw: raw}
	for c.at < len(raw) {
		from := c.at
		if b := raw[c.at]; (b == '-' || '0' <= b && b <= '9') && c.number() {
			most = max(most, places(raw[from:c.at]))
		} else {
			c.at = from + 1
		}
	}
	return most
}
