package geometry

import (
	"math"

	"github.com/paulmach/orb"
)

// plane says whether a position is one of a plane grid in metres: no degree is that large.
func plane(p orb.Point) bool {
	metres := func(x float64) bool { return math.Abs(x) >= 1_000 && math.Abs(x) < 1e8 }
	return metres(p[0]) && metres(p[1])
}

// fromGCJ02 undoes the shift of maps as Amap and Tencent have them, to some centimetres.
func fromGCJ02(p orb.Point) orb.Point { return undo(gcj02, p) }

// fromBD09 undoes the shift of Baidu's maps, which lies on top of the other.
func fromBD09(p orb.Point) orb.Point { return fromGCJ02(undo(bd09, p)) }

// undo looks for the point that a shift brings to p: it changes so little from place to place that each round comes some hundred times nearer.
func undo(shift func(orb.Point) orb.Point, p orb.Point) orb.Point {
	if !earth.Contains(p) {
		return p
	}
	q := p
	for range 6 {
		there := shift(q)
		q = orb.Point{q[0] + p[0] - there[0], q[1] + p[1] - there[1]}
	}
	return q
}

// gcj02 is the shift as it is publicly known, on the ellipsoid of Krassowsky.
func gcj02(p orb.Point) orb.Point {
	const (
		axis   = 6378245.0
		square = 0.00669342162296594323
	)
	x, y := p[0]-105, p[1]-35
	wave := func(of float64, long ...float64) (sum float64) {
		for i := 0; i < len(long); i += 2 {
			sum += long[i] * math.Sin(of*math.Pi/long[i+1])
		}
		return sum * 2 / 3
	}
	root := math.Sqrt(math.Abs(x))
	ripple := wave(x, 20, 1.0/6, 20, 0.5)
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + ripple + wave(y, 20, 1, 40, 3, 160, 12, 320, 30)
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + ripple + wave(x, 20, 1, 40, 3, 150, 12, 300, 30)
	sin, cos := math.Sincos(p[1] * math.Pi / 180)
	w := 1 - square*sin*sin
	return orb.Point{
		p[0] + east*180/(axis/math.Sqrt(w)*cos*math.Pi),
		p[1] + north*180/(axis*(1-square)/(w*math.Sqrt(w))*math.Pi),
	}
}

// bd09 is Baidu's shift of a point in GCJ-02.
func bd09(p orb.Point) orb.Point {
	const turns = math.Pi * 3000 / 180
	far := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*turns)
	sin, cos := math.Sincos(math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*turns))
	return orb.Point{far*cos + 0.0065, far*sin + 0.006}
}
