package geometry

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// turn says to which side the way from a over b to c turns: 1 left, -1 right, 0 straight on or back.
// The answer is exact: a sign that rounding could have made is worked out anew.
func turn(a, b, c orb.Point) int {
	acx, bcx, acy, bcy := a[0]-c[0], b[0]-c[0], a[1]-c[1], b[1]-c[1]
	left, right := acx*bcy, acy*bcx
	det := left - right
	const most = 3.3306690738754716e-16 // (3 + 16 ε) ε, ε = 2⁻⁵³: the error of det in parts of its terms (Shewchuk 1997)
	if bound := most * (math.Abs(left) + math.Abs(right)); det > bound || -det > bound {
		return sign(det)
	}
	if exact(acx, a[0], c[0]) && exact(bcx, b[0], c[0]) && exact(acy, a[1], c[1]) && exact(bcy, b[1], c[1]) && whole(left, acx, bcy) && whole(right, acy, bcx) {
		if acx == 0 || bcy == 0 || acy == 0 || bcx == 0 {
			return sign(det) // a term is nothing, so that the other one tells
		}
		// The terms lie a few units in the last place apart, so that their difference is exact, and the sum errs to nothing at most.
		if det += math.FMA(acx, bcy, -left) - math.FMA(acy, bcx, -right); det != 0 || left == right {
			return sign(det)
		}
	}
	return slowTurn(a, b, c)
}

// slowTurn is turn in fractions of whole numbers.
func slowTurn(a, b, c orb.Point) int {
	minus := func(x, y float64) *big.Rat {
		return new(big.Rat).Sub(new(big.Rat).SetFloat64(x), new(big.Rat).SetFloat64(y))
	}
	left := new(big.Rat).Mul(minus(a[0], c[0]), minus(b[1], c[1]))
	right := new(big.Rat).Mul(minus(a[1], c[1]), minus(b[0], c[0]))
	return left.Cmp(right)
}

// exact says that nothing was lost in d = x - y, as it is between neighbours.
func exact(d, x, y float64) bool { return d+y == x && x-d == y }

// whole says that a product and what it lost are numbers that can be held.
func whole(product, x, y float64) bool {
	p := math.Abs(product)
	return p > 1e-280 && p < 1e300 || x == 0 || y == 0
}

func sign(x float64) int {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}
