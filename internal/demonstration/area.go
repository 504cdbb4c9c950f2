package demonstration

import (
	"math"

	"github.com/paulmach/orb"
)

// Semi-major axis in m and flattening of CGCS2000 (EPSG:4490).
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257222101
)

// tenths is the ellipsoidal area of a polygon in 0.1 m2, rounded down, less one tenth: holdings never get more land than the
// store measures of their plot. Between degrees its sides are straight, which differs from geodesics by less than 0.01 m2 here.
func tenths(shape orb.Geometry) int64 {
	var all float64
	switch s := shape.(type) {
	case orb.Polygon:
		all = polygonArea(s)
	case orb.MultiPolygon:
		for _, p := range s {
			all += polygonArea(p)
		}
	}
	return int64(math.Floor(all*10)) - 1
}

func polygonArea(p orb.Polygon) float64 {
	var all float64
	for i, ring := range p {
		var sum float64
		for j := 1; j < len(ring); j++ {
			sum += (ring[j][0] - ring[j-1][0]) * math.Pi / 180 * (zone(ring[j][1]) + zone(ring[j-1][1])) / 2
		}
		if i == 0 {
			all += math.Abs(sum)
		} else {
			all -= math.Abs(sum)
		}
	}
	return all
}

// zone is the area between the equator and a latitude, a radian wide, less the same at Longhua, so that no digits are lost.
func zone(latitude float64) float64 { return beltTo(latitude) - longhua }

var longhua = beltTo(22.7)

func beltTo(latitude float64) float64 {
	e2 := flattening * (2 - flattening)
	e := math.Sqrt(e2)
	s := math.Sin(latitude * math.Pi / 180)
	return semiMajor * semiMajor * (1 - e2) / 2 * (s/(1-e2*s*s) + math.Log((1+e*s)/(1-e*s))/(2*e))
}
