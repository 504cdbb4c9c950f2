package progress

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
	"zhengbei/internal/store/storetest"
)

// Small cases are drawn: each word is a plot of 100 m x 100 m that lies where it stands, a dot is no plot.
// Letters are the holdings that have land on it, in equal parts: a capital one is signed, one after ! is under a compulsory order.
// ~ is a building of the first holding that stands, = says that the plot is stored, / that the community keeps it.

// cell is a plot of a drawing.
type cell struct {
	holdings          []rune // lower case
	standing          bool
	stored, community bool
	area              land.M2
}

type drawing struct {
	cells  map[[2]int]*cell
	signed map[rune]bool
	bound  map[rune]bool
}

func draw(text string) drawing {
	d := drawing{map[[2]int]*cell{}, map[rune]bool{}, map[rune]bool{}}
	row := 0
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		for column, word := range words {
			if word == "." {
				continue
			}
			c := &cell{}
			forced := false
			for _, r := range word {
				switch {
				case r == '!':
					forced = true
				case unicode.IsLetter(r):
					h := unicode.ToLower(r)
					c.holdings = append(c.holdings, h)
					d.signed[h] = d.signed[h] || unicode.IsUpper(r)
					d.bound[h] = d.bound[h] || unicode.IsUpper(r) || forced
					forced = false
				case r == '~':
					c.standing = true
				case r == '=':
					c.stored = true
				case r == '/':
					c.community = true
				}
			}
			d.cells[[2]int{column, row}] = c
		}
		row++
	}
	return d
}

// places are the cells in the order of their codes: row by row.
func (d drawing) places() [][2]int {
	var all [][2]int
	for at := range d.cells {
		all = append(all, at)
	}
	slices.SortFunc(all, func(a, b [2]int) int {
		if a[1] != b[1] {
			return a[1] - b[1]
		}
		return a[0] - b[0]
	})
	return all
}

// stage is what the domain says of a plot, for a drawing.
func (d drawing) stage(c *cell) string {
	bound := 0
	for _, h := range c.holdings {
		if d.bound[h] {
			bound++
		}
	}
	switch {
	case c.community:
		return "retained"
	case c.stored:
		return "stored"
	case len(c.holdings) > 0 && bound == len(c.holdings) && !c.standing:
		return "cleared"
	case len(c.holdings) > 0 && bound == len(c.holdings):
		return "all_signed"
	case bound > 0:
		return "partly_signed"
	}
	return "planned"
}

// floods are the areas of the blocks of cells that are wanted, the largest first: a flood over neighbours, nothing else.
func (d drawing) floods(wanted func(*cell) bool) []land.M2 {
	seen := map[[2]int]bool{}
	var flood func(at [2]int) land.M2
	flood = func(at [2]int) land.M2 {
		c := d.cells[at]
		if c == nil || seen[at] || !wanted(c) {
			return 0
		}
		seen[at] = true
		sum := c.area
		for _, step := range [][2]int{{0, 1}, {1, 0}, {0, -1}, {-1, 0}} {
			sum += flood([2]int{at[0] + step[0], at[1] + step[1]})
		}
		return sum
	}
	var all []land.M2
	for _, at := range d.places() {
		if sum := flood(at); sum > 0 {
			all = append(all, sum)
		}
	}
	slices.Sort(all)
	slices.Reverse(all)
	return all
}

func (d drawing) clearable(c *cell) bool {
	return !c.community && slices.Contains([]string{"all_signed", "cleared", "stored"}, d.stage(c))
}

func (d drawing) largestClearable() land.M2 {
	if all := d.floods(d.clearable); len(all) > 0 {
		return all[0]
	}
	return 0
}

// unlocked is what the signature of a holding does: the drawing with it signed beside the drawing as it is.
func (d drawing) unlocked(h rune) (clears, gain land.M2, missing int) {
	then := drawing{d.cells, d.signed, map[rune]bool{h: true}}
	for other, bound := range d.bound {
		then.bound[other] = then.bound[other] || bound
	}
	others := map[rune]bool{}
	for _, c := range d.cells {
		if then.clearable(c) && !d.clearable(c) {
			clears += c.area
		}
		if slices.Contains(c.holdings, h) && !c.community && !d.clearable(c) {
			for _, o := range c.holdings {
				if !d.bound[o] {
					others[o] = true
				}
			}
		}
	}
	return clears, then.largestClearable() - d.largestClearable(), len(others)
}

// rates are the four signing rates.
func (d drawing) rates() (households, floor, landArea, clearable land.Part) {
	for h := range d.bound {
		households.Whole++
		if d.signed[h] {
			households.Signed++
		}
	}
	for _, c := range d.cells {
		for _, h := range c.holdings {
			part := int64(10000/len(c.holdings)) * 10000
			landArea.Whole += part
			if d.signed[h] {
				landArea.Signed += part
			}
		}
		if len(c.holdings) > 0 {
			floor.Whole += 500 * 10000
			if d.signed[c.holdings[0]] {
				floor.Signed += 500 * 10000
			}
		}
		if !c.community {
			clearable.Whole += int64(c.area)
			if d.clearable(c) {
				clearable.Signed += int64(c.area)
			}
		}
	}
	return households, floor, landArea, clearable
}

var (
	drawnFrom = land.Day{Time: time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC)}
	drawnAt   = land.Day{Time: time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC)}
)

// build makes the drawing in a database of its own, with facts alone; its holdings are numbered by letter.
func (d drawing) build(t *testing.T) (*store.DB, map[string]rune) {
	t.Helper()
	database := storetest.Empty(t)
	db := database.Open(t)
	target := json.Number("5")
	if err := db.Write(t.Context(), land.Seeder, func(tx *store.Tx) error {
		return tx.CreateRound(t.Context(), land.Round{Code: "R-2021", Name: "x", NameEn: "x", StartsOn: drawnFrom, TargetHa: &target, Source: "x", SourceEn: "x"}, "test")
	}); err != nil {
		t.Fatal(err)
	}
	conn := database.Psql(t)
	exec := func(sql string, args ...any) {
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`WITH f AS (INSERT INTO feature (collection, code, round_id) SELECT 'parcels', 'P-01', round_id FROM round RETURNING fid)
		INSERT INTO parcel_version (collection, fid, version, change, kind, name, name_status, accuracy, source, source_en, shape, valid, recorded_by, reason)
		SELECT 'parcels', fid, 1, 'created', 'parcel', 'x', 'placeholder', 'approximate', 'x', 'x', ST_MakeEnvelope(500000, 2500000, 502000, 2502000, 4547), '[2021-06-01,)', 'x', 'x' FROM f`)
	for i, at := range d.places() {
		c := d.cells[at]
		plot := fmt.Sprintf("L-%06d", i+1)
		disposition := "storage"
		if c.community {
			disposition = "retained"
		}
		exec(`WITH f AS (INSERT INTO feature (collection, code, round_id) SELECT 'plots', $1, round_id FROM round RETURNING fid)
			INSERT INTO plot_version (collection, fid, version, change, kind, parcel, disposition, use_class, accuracy, source, source_en, shape, valid, recorded_by, reason)
			SELECT 'plots', f.fid, 1, 'created', 'plot', p.fid, $2, 'industrial', 'approximate', 'x', 'x', ST_MakeEnvelope($3::int, $4::int, $3::int + 100, $4::int + 100, 4547), '[2021-06-01,)', 'x', 'x' FROM f, feature p WHERE p.code = 'P-01'`,
			plot, disposition, 500000+100*at[0], 2501900-100*at[1])
		if err := conn.QueryRow(t.Context(), "SELECT (v.area_m2 * 10000)::bigint FROM plot_version v JOIN feature f USING (fid) WHERE f.code = $1", plot).Scan(&c.area); err != nil {
			t.Fatal(err)
		}
	}
	since := land.Period{From: drawnFrom, Known: time.Now()} // later than the plots
	var l land.Ledger
	fact := func(kind, of string, subject land.SubjectKind) {
		l.Facts = append(l.Facts, land.Fact{Subject: land.Subject{Kind: subject, Code: of}, Kind: land.FactKind(kind), OccurredOn: drawnFrom, RecordedAt: since.Known, RecordedBy: "x"})
	}
	letters := map[string]rune{}
	numbers := map[rune]string{}
	for _, h := range slices.Sorted(func(yield func(rune) bool) {
		for h := range d.bound {
			if !yield(h) {
				return
			}
		}
	}) {
		n := int(h - 'a' + 1)
		holding, contract := fmt.Sprintf("H-%04d", n), fmt.Sprintf("C-%04d", n)
		letters[holding], numbers[h] = h, holding
		l.Holdings = append(l.Holdings, land.HoldingVersion{Period: since, Number: 1, Code: holding, Parcel: "P-01", Name: string(h), Class: "residential"})
		l.Contracts = append(l.Contracts, land.ContractVersion{Period: since, Number: 1, Code: contract, Parcel: "P-01", Kind: "relocation"})
		l.Covers = append(l.Covers, land.CoverVersion{Period: since, Contract: contract, Holding: holding})
		if d.signed[h] {
			fact("signed", contract, land.OfContract)
		} else if d.bound[h] {
			fact("compulsory", holding, land.OfHolding)
		}
	}
	for i, at := range d.places() {
		c := d.cells[at]
		plot, building := fmt.Sprintf("L-%06d", i+1), fmt.Sprintf("B-%04d", i+1)
		for _, h := range c.holdings {
			l.HoldingLand = append(l.HoldingLand, land.HoldingLandVersion{Period: since, Holding: numbers[h], Plot: plot, AreaM2: json.Number(fmt.Sprint(10000 / len(c.holdings)))})
		}
		if len(c.holdings) > 0 {
			l.Buildings = append(l.Buildings, land.BuildingVersion{Period: since, Number: 1, Code: building, Holding: numbers[c.holdings[0]], Plot: plot, FloorAreaM2: "500", Storeys: 5, Use: "residential"})
			if !c.standing {
				fact("demolished", building, land.OfBuilding)
			}
		}
		if c.stored {
			for _, kind := range []string{"title_accepted", "site_accepted", "stored"} {
				fact(kind, plot, land.OfPlot)
			}
		}
	}
	if err := db.Write(t.Context(), land.Seeder, func(tx *store.Tx) error { return tx.LoadLedger(t.Context(), l, "test") }); err != nil {
		t.Fatal(err)
	}
	return db, letters
}

// check holds table, blocks and keystones against brute force; answers the letters of the keystones in their order.
func (d drawing) check(t *testing.T) string {
	t.Helper()
	db, letters := d.build(t)
	r := NewReader(db)
	clock := land.On(drawnAt)
	table, err := r.Table(t.Context(), clock, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]land.Count{}
	for _, c := range d.cells {
		s := d.stage(c)
		want[s] = land.Count{Area: want[s].Area + c.area, Plots: want[s].Plots + 1}
	}
	f := table.Figures
	for stage, count := range f.Land {
		if count != want[stage] {
			t.Errorf("%s is %v, not %v", stage, count, want[stage])
		}
		delete(want, stage)
	}
	if len(want) > 0 {
		t.Errorf("the table has no %v", want)
	}
	households, floor, landArea, clearable := d.rates()
	if f.Households != households || f.FloorArea != floor || f.LandArea != landArea || f.ClearableLand() != clearable {
		t.Errorf("the rates are %v %v %v %v, not %v %v %v %v", f.Households, f.FloorArea, f.LandArea, f.ClearableLand(), households, floor, landArea, clearable)
	}
	blocks, err := r.Blocks(t.Context(), clock, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	flooded := d.floods(func(c *cell) bool { return d.stage(c) == "stored" })
	if !slices.Equal(blocks.All, flooded) {
		t.Errorf("the released blocks are %v, not %v", blocks.All, flooded)
	}
	if len(flooded) > 0 && f.LargestBlock != flooded[0] {
		t.Errorf("the largest block is %v, not %v", f.LargestBlock, flooded[0])
	}
	if f.ClearableBlock != d.largestClearable() {
		t.Errorf("the largest clearable block is %v, not %v", f.ClearableBlock, d.largestClearable())
	}
	keystones, err := r.Keystones(t.Context(), clock, "", MostKeystones)
	if err != nil {
		t.Fatal(err)
	}
	var order strings.Builder
	told := map[rune]bool{}
	for i, k := range keystones.Items {
		h := letters[k.Holder.Code]
		order.WriteRune(h)
		told[h] = true
		clears, gain, missing := d.unlocked(h)
		if k.Clears != clears || k.Gain() != gain || k.Missing != missing || k.Rank != i+1 {
			t.Errorf("%c clears %v, gains %v, misses %d at rank %d; by brute force %v, %v, %d", h, k.Clears, k.Gain(), k.Missing, k.Rank, clears, gain, missing)
		}
		if i > 0 && k.Gain() > keystones.Items[i-1].Gain() {
			t.Errorf("%c gains more than the one before it", h)
		}
		if says := k.Why(); clears > 0 != strings.Contains(says.Zh, "签约可清 "+clears.Report()) {
			t.Errorf("%c clears %v: %s", h, clears, says.Zh)
		}
	}
	for h, bound := range d.bound {
		open := false // has land to be stored that waits for it
		for _, c := range d.cells {
			open = open || slices.Contains(c.holdings, h) && !c.community && !d.clearable(c)
		}
		if told[h] != (!bound && open) {
			t.Errorf("%c stands in the list: %v", h, told[h])
		}
		if bound || !open {
			continue
		}
		supposed, err := r.WhatIf(t.Context(), clock, []string{fmt.Sprintf("H-%04d", h-'a'+1)})
		if err != nil {
			t.Fatal(err)
		}
		clears, _, _ := d.unlocked(h)
		grown := land.M2(supposed.After.ClearableLand().Signed - supposed.Before.ClearableLand().Signed)
		if grown != clears || supposed.After.Households.Signed != supposed.Before.Households.Signed+1 || supposed.After.Storage() != supposed.Before.Storage() {
			t.Errorf("if %c signed, %v would be clearable more, by brute force %v", h, grown, clears)
		}
	}
	return order.String()
}

func TestDrawn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, keystones string }{
		{"one signature joins two blocks", `
			A~  A~  b~  C~  C
			d~  d~  .   .   .`, "bd"},
		{"a corner is no edge", `
			A=  .
			.   A=`, ""},
		{"compulsory is bound and not signed", `
			!a~ B~ c~
			=   .  d/`, "c"},
		{"two are missing on one plot", `
			A~  bc~ A~  d~
			.   b~  .   .`, "dbc"},
		{"of two plots both wait for the same two", `
			A~ bc~ .
			.  bc~ d~`, "dbc"},
		{"a block joins two plots that do not touch", `
			a~ B~
			B~ a~`, "a"},
		{"nobody's land stays planned", `
			.~  .   a~
			~   a=  B`, "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := draw(tt.text).check(t); got != tt.keystones {
				t.Errorf("the keystones are %s, not %s", got, tt.keystones)
			}
		})
	}
}

// Random drawings, the same way.
func TestDrawnAtRandom(t *testing.T) {
	t.Parallel()
	seeds := 40
	if testing.Short() {
		seeds = 4
	}
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(uint64(seed), 5))
		fate := make([]int, 12)
		for i := range fate {
			fate[i] = rng.IntN(5)
		}
		var b strings.Builder
		for range 5 {
			for range 6 {
				word := ""
				for range rng.IntN(3) {
					h := rng.IntN(len(fate))
					letter := string(rune('a' + h))
					if strings.Contains(strings.ToLower(word), letter) {
						continue
					}
					switch fate[h] {
					case 0, 1:
						letter = strings.ToUpper(letter)
					case 2:
						letter = "!" + letter
					}
					word += letter
				}
				word += []string{"~", "~", "", "", "=", "/"}[rng.IntN(6)]
				if word == "" || rng.IntN(8) == 0 {
					word = "."
				}
				b.WriteString(word + " ")
			}
			b.WriteString("\n")
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			draw(b.String()).check(t)
			if t.Failed() {
				t.Log("\n" + b.String())
			}
		})
	}
}
