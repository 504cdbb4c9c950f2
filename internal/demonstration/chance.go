package demonstration

import (
	"math/bits"
	"math/rand/v2"
)

// chance draws from a fixed seed in whole numbers only, so that every machine and every release of Go makes the same ledger.
type chance struct{ source *rand.PCG }

func newChance() *chance { return &chance{rand.NewPCG(20210601, 20221230)} }

// below is a number from 0 to n-1.
func (c *chance) below(n int) int {
	hi, _ := bits.Mul64(c.source.Uint64(), uint64(n))
	return int(hi)
}

// between is a number from lo to hi, both included; lo where hi is smaller.
func (c *chance) between(lo, hi int) int {
	if hi <= lo {
		return lo
	}
	return lo + c.below(hi-lo+1)
}

// percent is true in n of a hundred cases.
func (c *chance) percent(n int) bool { return c.below(100) < n }

// later is a number from lo to hi that rises in likelihood: the pace of the field grows.
func (c *chance) later(lo, hi int) int { return max(c.between(lo, hi), c.between(lo, hi)) }

// shuffle puts things into a drawn order.
func shuffle[T any](c *chance, things []T) {
	for i := len(things) - 1; i > 0; i-- {
		j := c.below(i + 1)
		things[i], things[j] = things[j], things[i]
	}
}

// one draws one of several.
func one[T any](c *chance, things ...T) T { return things[c.below(len(things))] }

// split divides a whole by weights without losing a unit: the last part takes what is left.
func split(whole int64, weights []int) []int64 {
	var sum int64
	for _, w := range weights {
		sum += int64(w)
	}
	parts, left := make([]int64, len(weights)), whole
	for i, w := range weights {
		parts[i] = whole * int64(w) / sum
		if i == len(weights)-1 {
			parts[i] = left
		}
		left -= parts[i]
	}
	return parts
}
