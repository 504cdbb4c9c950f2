package land

import "slices"

// Cent is a hundredth of a hectare, the last place of a report.
const Cent = Hectare / 100

// Cents are hundredths of a hectare as they are printed.
type Cents int64

// String is the printed figure in hectares.
func (c Cents) String() string { return decimal(int64(c), 2) }

// Printed is the area rounded to hundredths of a hectare.
func (a M2) Printed() Cents { return Cents(over(int64(a), int64(Cent))) }

// Level is 强制调平: it rounds parts so that they add up to a total, by the largest remainder; ties go to the earlier part.
// The total has to be the sum of the parts, rounded up or down.
func Level(parts []M2, total Cents) []Cents {
	printed := make([]Cents, len(parts))
	order := make([]int, len(parts))
	left := total
	for i, p := range parts {
		printed[i], order[i] = Cents(floor(p)), i
		left -= printed[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return int((parts[b] - M2(floor(parts[b]))*Cent) - (parts[a] - M2(floor(parts[a]))*Cent))
	})
	for _, i := range order[:min(max(int(left), 0), len(order))] {
		printed[i]++
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

// LevelTable levels a table both ways: the columns add up to their totals, which add up to the whole as it is rounded,
// and each row to its total, which is the levelled sum of the row wherever such a rounding exists. Each figure is rounded up or down.
func LevelTable(rows [][]M2) (printed [][]Cents, rowTotals, columnTotals []Cents) {
	if len(rows) == 0 {
		return nil, nil, nil
	}
	var whole M2
	rowSums, columnSums := make([]M2, len(rows)), make([]M2, len(rows[0]))
	for i, row := range rows {
		for j, a := range row {
			rowSums[i] += a
			columnSums[j] += a
			whole += a
		}
	}
	rowTotals, columnTotals = Level(rowSums, whole.Printed()), Level(columnSums, whole.Printed())
	printed = make([][]Cents, len(rows))
	for i := range rows {
		printed[i] = make([]Cents, len(rows[i]))
	}
	for j := range columnTotals {
		column := make([]M2, len(rows))
		for i := range rows {
			column[i] = rows[i][j]
		}
		for i, c := range Level(column, columnTotals[j]) {
			printed[i][j] = c
		}
	}
	over := func(i int) (n Cents) { // by how much a row is printed too large
		for _, c := range printed[i] {
			n += c
		}
		return n - rowTotals[i]
	}
	for i := range rows {
		moved := true
		for moved && over(i) > 0 {
			moved = handOn(rows, printed, i, func(k int) bool { return over(k) < 0 })
		}
	}
	for i := range rows {
		rowTotals[i] += over(i)
	}
	return printed, rowTotals, columnTotals
}

// handOn moves a hundredth from a row to one that wants it, column by column and by way of other rows where it must.
func handOn(rows [][]M2, printed [][]Cents, from int, wants func(int) bool) bool {
	type step struct{ row, column int }
	before := map[int]step{from: {-1, -1}}
	queue := []int{from}
	for len(queue) > 0 {
		a := queue[0]
		queue = queue[1:]
		if a != from && wants(a) {
			for b := a; b != from; b = before[b].row {
				s := before[b]
				printed[s.row][s.column]--
				printed[b][s.column]++
			}
			return true
		}
		for b := range rows {
			if _, seen := before[b]; seen {
				continue
			}
			for j := range rows[a] {
				if M2(printed[a][j])*Cent > rows[a][j] && M2(printed[b][j])*Cent < rows[b][j] { // up may become down, down up
					before[b] = step{a, j}
					queue = append(queue, b)
					break
				}
			}
		}
	}
	return false
}
