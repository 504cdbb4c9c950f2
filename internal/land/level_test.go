package land

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
)

func TestLevel(t *testing.T) {
	t.Parallel()
	third := Cent / 3
	for _, tt := range []struct {
		parts []part
		total Cents
		want  string
	}{
		{[]part{{"a", third}, {"b", third}, {"c", third}}, 1, "[0.01 0.00 0.00]"},
		{[]part{{"c", third}, {"a", third}, {"b", third}}, 1, "[0.00 0.01 0.00]"},
		{[]part{{"a", Cent + 2*third}, {"b", 2 * third}, {"c", 2 * third}}, 3, "[0.02 0.01 0.00]"},
		{[]part{{"a", third}, {"b", 2 * third}, {"c", 0}}, 1, "[0.00 0.01 0.00]"},
		{[]part{{"a", -third}, {"b", Cent}}, 1, "[0.00 0.01]"},
		{[]part{{"a", Cent}, {"b", Cent + third}, {"c", Cent}}, 1, "[0.00 0.01 0.00]"},
		{[]part{{"a", 0}, {"b", third}}, 3, "[0.01 0.02]"},
		{nil, 0, "[]"},
	} {
		if got := fmt.Sprint(level(tt.parts, tt.total)); got != tt.want {
			t.Errorf("%v to %s: got %s, want %s", tt.parts, tt.total, got, tt.want)
		}
	}
}

// levelled is a row of the vectors that the tests of the page read too: areas in ten-thousandths of m2, cells in hundredths.
type levelled struct {
	Code    string
	Scope   M2
	Land    []M2
	Printed struct {
		Cells    Cells
		Expected *Cents // null without plots
	}
}

func (l levelled) figures(stages []string) Figures {
	f := Figures{Area: l.Scope, Land: map[string]Count{}}
	for k, area := range l.Land {
		if area > 0 {
			f.Land[stages[k]] = Count{area, 1}
		}
	}
	return f
}

// What the terminal prints is what the page shows, and it adds up both ways.
func TestLevelTable(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/level.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Stages, Columns []string
		Cases           []struct {
			Name  string
			Round levelled
			Rows  []levelled
		}
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.Cases) == 0 || len(vectors.Columns) != int(columns) {
		t.Fatalf("%d cases of %v", len(vectors.Cases), vectors.Columns)
	}
	for k, code := range vectors.Columns {
		if column[k].code != code {
			t.Errorf("column %d is %s, not %s", k, column[k].code, code)
		}
	}
	for _, c := range vectors.Cases {
		codes, rows := make([]string, len(c.Rows)), make([]Figures, len(c.Rows))
		for i, r := range c.Rows {
			codes[i], rows[i] = r.Code, r.figures(vectors.Stages)
		}
		round := c.Round.figures(vectors.Stages)
		total, printed := LevelTable(round, codes, rows)
		same := func(code string, got Cells, want levelled, f Figures) {
			if got != want.Printed.Cells {
				t.Errorf("%s: %s is printed as %v, not %v", c.Name, code, got, want.Printed.Cells)
			}
			if all := want.Printed.Expected; (all != nil) != (f.Plots() > 0) || all != nil && *all != got.Expected() {
				t.Errorf("%s: expected of %s is printed as %s", c.Name, code, got.Expected())
			}
			if parts := got.Released() + got.InProcedure() + got.Clearable() + got.Remaining(); parts != got.Expected() {
				t.Errorf("%s: the tiles of %s add up to %s, not %s", c.Name, code, parts, got.Expected())
			}
		}
		same("the round", total, c.Round, round)
		if total.Released() != round.Released().Printed() || total.Expected() != round.Storage().Printed() {
			t.Errorf("%s: the round is headed %s of %s", c.Name, total.Released(), total.Expected())
		}
		var sums Cells
		for i, cells := range printed {
			same(codes[i], cells, c.Rows[i], rows[i])
			for k, n := range cells {
				sums[k] += n
			}
		}
		if len(rows) > 0 && sums != total {
			t.Errorf("%s: the columns add up to %v, not %v", c.Name, sums, total)
		}
	}
}

// The week of the rows adds up to the week of the round, in the terminal as on the page.
func TestLevelWeek(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/level.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Weeks []struct {
			Name    string
			Printed Cents
			Rows    []struct {
				Code    string
				Area    M2
				Printed Cents
			}
		}
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, c := range vectors.Weeks {
		var round Figures
		codes, rows, want := make([]string, len(c.Rows)), make([]Figures, len(c.Rows)), make([]Cents, len(c.Rows))
		for i, r := range c.Rows {
			codes[i], rows[i].Week, want[i] = r.Code, -r.Area, r.Printed
			round.Week -= r.Area
		}
		if total, printed := LevelWeek(round, codes, rows); total != c.Printed || !slices.Equal(printed, want) {
			t.Errorf("%s: %v of %d, not %v of %d", c.Name, printed, total, want, c.Printed)
		}
	}
}
