package land

import (
	"encoding/json"
	"fmt"
	"math/big"
)

// M2 is an area in ten-thousandths of a square metre, as areas are stored: sums of it are exact.
type M2 int64

// The units of an area: how many of its ten-thousandths they hold.
const (
	squareMetre M2 = 10_000
	Hectare        = 10_000 * squareMetre
)

// decimal writes n hundredths, thousandths … as a decimal with that many places.
func decimal(n int64, places int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	unit := int64(1)
	for range places {
		unit *= 10
	}
	return fmt.Sprintf("%s%d.%0*d", sign, n/unit, places, n%unit)
}

// over divides and rounds half away from zero.
func over(n, by int64) int64 {
	if n < 0 {
		return -over(-n, by)
	}
	return (n + by/2) / by
}

// String is the area in m2 with four decimals.
func (a M2) String() string { return decimal(int64(a), 4) }

// Ha is the area in hectares, rounded to four decimals.
func (a M2) Ha() string { return decimal(over(int64(a), 10_000), 4) }

// Report is the area in hectares as reports have it, rounded to two decimals.
func (a M2) Report() string { return decimal(over(int64(a), 1_000_000), 2) }

// Mu is the area in 亩 (m2 × 3 / 2000), rounded to two decimals.
func (a M2) Mu() string { return decimal(over(3*int64(a), 200_000), 2) }

// ParseHa reads hectares with at most four decimals of a square metre; ok is false where it cannot.
func ParseHa(text json.Number) (M2, bool) {
	r, ok := new(big.Rat).SetString(text.String())
	if !ok {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt64(int64(Hectare)))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return M2(r.Num().Int64()), true
}
