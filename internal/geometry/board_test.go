package geometry

import "github.com/paulmach/orb"

// Board is a drawing of rings on a board of 8 by 8 points, so that many of them touch, cross and share lines.
// Each byte says what comes next: a corner of the ring that is drawn, a rectangle, a triangle, a hole or a part.
func Board(moves []byte, least, step float64) (shape orb.MultiPolygon) {
	point := func(b byte) orb.Point { return orb.Point{least + step*float64(b&7), least + step*float64(b>>3&7)} }
	var ring orb.Ring
	put := func(r orb.Ring) {
		if len(r) < 3 {
			return
		}
		if shape == nil {
			shape = orb.MultiPolygon{nil}
		}
		last := len(shape) - 1
		shape[last] = append(shape[last], append(r, r[0]))
	}
	part := func() {
		if len(shape) > 0 && len(shape[len(shape)-1]) > 0 {
			shape = append(shape, nil)
		}
	}
	for len(moves) > 0 {
		move := moves[0]
		moves = moves[1:]
		switch {
		case move < 64*2:
			ring = append(ring, point(move))
		case move < 160 && len(moves) >= 2:
			a, b := point(moves[0]), point(moves[1])
			put(orb.Ring{a, {b[0], a[1]}, b, {a[0], b[1]}})
			moves = moves[2:]
		case move < 192 && len(moves) >= 3:
			put(orb.Ring{point(moves[0]), point(moves[1]), point(moves[2])})
			moves = moves[3:]
		case move < 224:
			put(ring)
			ring = nil
		default:
			put(ring)
			ring = nil
			part()
		}
	}
	put(ring)
	if n := len(shape) - 1; n >= 0 && len(shape[n]) == 0 {
		shape = shape[:n]
	}
	return shape
}
