package land

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLevel(t *testing.T) {
	t.Parallel()
	third := Cent / 3
	for _, tt := range []struct {
		parts []M2
		total Cents
		want  string
	}{
		{[]M2{third, third, third}, 1, "[0.01 0.00 0.00]"},
		{[]M2{Cent + 2*third, 2 * third, 2 * third}, 3, "[0.02 0.01 0.00]"},
		{[]M2{third, 2 * third, 0}, 1, "[0.00 0.01 0.00]"},
		{[]M2{-third, Cent}, 1, "[0.00 0.01]"},
		{nil, 0, "[]"},
	} {
		if got := fmt.Sprint(Level(tt.parts, tt.total)); got != tt.want {
			t.Errorf("%v to %s: got %s, want %s", tt.parts, tt.total, got, tt.want)
		}
	}
}

// Each figure is rounded up or down, and everything adds up both ways.
func TestLevelTable(t *testing.T) {
	t.Parallel()
	far := 0
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		rows := make([][]M2, 1+rng.IntN(7))
		columns := 1 + rng.IntN(6)
		var whole M2
		for i := range rows {
			for range columns {
				a := M2(rng.Int64N(int64(Hectare)))
				switch rng.IntN(4) {
				case 0:
					a = 0
				case 1:
					a = a / Cent * Cent
				}
				whole += a
				rows[i] = append(rows[i], a)
			}
		}
		printed, rowTotals, columnTotals := LevelTable(rows)
		sums := make([]Cents, columns)
		var all Cents
		for i, row := range printed {
			var sum Cents
			for j, c := range row {
				if d := M2(c)*Cent - rows[i][j]; d <= -Cent || d >= Cent {
					t.Fatalf("seed %d: %v is printed as %s", seed, rows[i][j], c)
				}
				sum += c
				sums[j] += c
			}
			var exact M2
			for _, a := range rows[i] {
				exact += a
			}
			if d := M2(sum)*Cent - exact; d <= -2*Cent || d >= 2*Cent {
				t.Fatalf("seed %d: row %d of %v adds up to %s", seed, i, exact, sum)
			} else if d <= -Cent || d >= Cent {
				far++
			}
			if sum != rowTotals[i] {
				t.Fatalf("seed %d: row %d adds up to %s, not %s", seed, i, sum, rowTotals[i])
			}
			all += sum
		}
		if !slices.Equal(sums, columnTotals) || all != whole.Printed() {
			t.Fatalf("seed %d: the columns add up to %v, not %v", seed, sums, columnTotals)
		}
	}
	if far > 50 {
		t.Errorf("%d rows of 3,000 tables are a hundredth off their own rounding", far)
	}
}
