package land

import (
	"cmp"
	"slices"
)

// Cent is a hundredth of a hectare, the last place of a report.
const Cent = Hectare / 100

// Cents are hundredths of a hectare as they are printed.
type Cents int64

// String is the printed figure in hectares.
func (c Cents) String() string { return decimal(int64(c), 2) }

// Printed is the area rounded to hundredths of a hectare.
func (a M2) Printed() Cents { return Cents(over(int64(a), int64(Cent))) }

// The columns of a levelled table: what the map colours and the legend names, each one stage of a plot or several.
const (
	planned = iota
	partlySigned
	allSigned
	cleared
	accepted
	stored
	retained
	kept
	columns
)

// column is a column's code, for ties, and its stages.
var column = [columns]struct {
	code   string
	stages []string
}{
	planned:      {"planned", []string{"planned"}},
	partlySigned: {"partly_signed", []string{"partly_signed"}},
	allSigned:    {"all_signed", []string{"all_signed"}},
	cleared:      {"cleared", []string{"cleared"}},
	accepted:     {"accepted", []string{"title_accepted", "site_accepted", "accepted"}},
	stored:       {"stored", []string{"stored", "supplied"}},
	retained:     {"retained", []string{"retained"}},
	kept:         {"kept", []string{"kept"}},
}

// The tiles as columns; together they are what is expected.
var (
	releasedColumns    = []int{stored}
	inProcedureColumns = []int{cleared, accepted}
	clearableColumns   = []int{allSigned}
	remainingColumns   = []int{planned, partlySigned}
	expectedColumns    = slices.Concat(releasedColumns, inProcedureColumns, clearableColumns, remainingColumns)
	otherColumns       = []int{retained, kept}
)

// Cells are the land of a row as it is printed, column by column; what is printed beside them are sums of them.
type Cells [columns]Cents

func (c Cells) sum(of []int) (total Cents) {
	for _, k := range of {
		total += c[k]
	}
	return total
}

// Released is 已释放 as it is printed.
func (c Cells) Released() Cents { return c.sum(releasedColumns) }

// InProcedure is 办理中 as it is printed.
func (c Cells) InProcedure() Cents { return c.sum(inProcedureColumns) }

// Clearable is 可清退 as it is printed.
func (c Cells) Clearable() Cents { return c.sum(clearableColumns) }

// Remaining is 未签齐 as it is printed.
func (c Cells) Remaining() Cents { return c.sum(remainingColumns) }

// Expected is 计划 as it is printed.
func (c Cells) Expected() Cents { return c.sum(expectedColumns) }

// scope is the land of all plots as it is printed.
func (c Cells) scope() Cents { return c.Expected() + c.sum(otherColumns) }

// part is an area to be levelled, with the code that decides ties.
type part struct {
	code string
	area M2
}

// level is 强制调平: it cuts parts to hundredths, and what is missing of the total goes to the largest remainders, ties by
// code; a total that is printed already may be smaller than the cut parts, then the smallest remainders give way.
func level(parts []part, total Cents) []Cents {
	printed, falling := make([]Cents, len(parts)), make([]int, len(parts))
	missing := total
	for i, p := range parts {
		printed[i], falling[i] = Cents(floor(p.area)), i
		missing -= printed[i]
	}
	rest := func(i int) M2 { return parts[i].area - M2(printed[i])*Cent }
	slices.SortStableFunc(falling, func(a, b int) int {
		return cmp.Or(cmp.Compare(rest(b), rest(a)), cmp.Compare(parts[a].code, parts[b].code))
	})
	for i := 0; missing > 0 && len(parts) > 0; i++ {
		printed[falling[i%len(falling)]]++
		missing--
	}
	slices.Reverse(falling)
	for _, i := range falling[:min(max(int(-missing), 0), len(falling))] {
		printed[i]--
	}
	return printed
}

// floor is the area in whole hundredths of a hectare, downwards.
func floor(a M2) int64 {
	n := int64(a / Cent)
	if a%Cent < 0 {
		n--
	}
	return n
}

// LevelTable levels the round and its rows, which have codes, just as the page does: what the terminal prints of a day is
// what the page shows of it. The round comes first, and its cells are the totals of the columns of the rows.
func LevelTable(round Figures, codes []string, rows []Figures) (total Cells, printed []Cells) {
	total = levelRound(round)
	return total, levelRows(codes, rows, total)
}

// LevelWeek levels what the rows released in a week, or took back, to the printed sum of the round.
func LevelWeek(round Figures, codes []string, rows []Figures) (total Cents, printed []Cents) {
	parts := make([]part, len(rows))
	for i, f := range rows {
		parts[i] = part{codes[i], f.Released() - f.Week}
	}
	total = (round.Released() - round.Week).Printed()
	return total, level(parts, total)
}

// levelRound goes from the top down: released and expected as they are rounded, then the tiles, then their columns.
func levelRound(f Figures) (cells Cells) {
	in := func(of []int) (area M2) {
		for _, k := range of {
			area += f.sum(column[k].stages)
		}
		return area
	}
	spread := func(of []int, total Cents) {
		parts := make([]part, len(of))
		for i, k := range of {
			parts[i] = part{column[k].code, f.sum(column[k].stages)}
		}
		for i, c := range level(parts, total) {
			cells[of[i]] = c
		}
	}
	expected, released := in(expectedColumns).Printed(), in(releasedColumns).Printed()
	tiles := level([]part{
		{"in_procedure", in(inProcedureColumns)}, {"clearable", in(clearableColumns)}, {"remaining", in(remainingColumns)},
	}, expected-released)
	spread(releasedColumns, released)
	spread(inProcedureColumns, tiles[0])
	spread(clearableColumns, tiles[1])
	spread(remainingColumns, tiles[2])
	other := in(otherColumns).Printed()
	if residual := f.Residual(); -Cent < residual && residual < Cent { // smaller than what is printed, it is nobody's
		other = f.Area.Printed() - expected
	}
	spread(otherColumns, other)
	return cells
}

// levelRows levels each column to its printed total, and moves hundredths between rows until each adds up to its own
// levelled land: both ways the printed parts add up to what is printed.
func levelRows(codes []string, rows []Figures, total Cells) []Cells {
	exact, printed := make([][columns]M2, len(rows)), make([]Cells, len(rows))
	parts := make([]part, len(rows))
	for i, f := range rows {
		parts[i] = part{codes[i], f.Covered()}
		for k := range columns {
			exact[i][k] = f.sum(column[k].stages)
		}
	}
	scopes := level(parts, total.scope())
	for k := range columns {
		for i := range rows {
			parts[i].area = exact[i][k]
		}
		for i, c := range level(parts, total[k]) {
			printed[i][k] = c
		}
	}
	balance(printed, exact, scopes)
	return printed
}

// balance moves single hundredths within columns, from rows that print too much to rows that print too little, as long as
// each cell stays its own value cut or rounded up. Where the totals do not allow it, the columns stay right.
func balance(printed []Cells, exact [][columns]M2, scopes []Cents) {
	for {
		start := 0
		for start < len(printed) && printed[start].scope() <= scopes[start] {
			start++
		}
		if start == len(printed) || !handOn(printed, exact, scopes, start) {
			return
		}
	}
}

// handOn moves a hundredth from a row to one that prints too little: a direct move may be barred, so that a chain of rows
// is looked for, breadth first.
func handOn(printed []Cells, exact [][columns]M2, scopes []Cents, start int) bool {
	type step struct{ row, column int }
	before := map[int]step{start: {}}
	queue := []int{start}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for k := range columns {
			if M2(printed[i][k])*Cent <= exact[i][k] { // cut already: it cannot give
				continue
			}
			for j := range printed {
				if _, seen := before[j]; seen || M2(printed[j][k])*Cent >= exact[j][k] {
					continue
				}
				before[j] = step{i, k}
				if printed[j].scope() >= scopes[j] {
					queue = append(queue, j)
					continue
				}
				for j != start {
					s := before[j]
					printed[j][s.column]++
					printed[s.row][s.column]--
					j = s.row
				}
				return true
			}
		}
	}
	return false
}
