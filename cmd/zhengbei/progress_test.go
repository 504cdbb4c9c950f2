package main

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"zhengbei/internal/store/storetest"
)

// The table of the demonstration stands in columns in both languages, and its printed parts add up to its printed totals.
func TestProgress(t *testing.T) {
	t.Parallel()
	url := "DATABASE_URL=" + storetest.Demo(t).Service()
	for _, lang := range []string{"zh_CN.UTF-8", "en"} {
		code, out, errs := ran(t, []string{url, "LC_ALL=" + lang}, "progress", "--demo")
		if code != 0 {
			t.Fatal(errs)
		}
		lines := strings.Split(out, "\n")
		if !strings.Contains(out, "2022-12-30") || !strings.Contains(out, "128.40") {
			t.Errorf("the figures of the day are not there:\n%s", out)
		}
		const head, parcels = 2, 6
		rows := lines[head+1 : head+1+parcels]
		total := lines[head+parcels+2]
		var sums [5]float64
		for _, row := range append(rows, total) {
			if w := width(lines[head+parcels+1]); width(row) > w {
				t.Errorf("%q is wider than %d", row, w)
			}
		}
		figures := func(row string) (f [5]float64) {
			n := 0
			for _, word := range strings.Fields(row) {
				if v, err := strconv.ParseFloat(word, 64); err == nil && n < len(f) && strings.Contains(word, ".") {
					f[n] = v
					n++
				}
			}
			return f
		}
		for _, row := range rows {
			f := figures(row)
			if across := f[1] + f[2] + f[3] + f[4]; math.Abs(across-f[0]) > 0.001 {
				t.Errorf("the parts of %q add up to %.2f", row, across)
			}
			for j, v := range f {
				sums[j] += v
			}
		}
		for j, v := range figures(total) {
			if math.Abs(sums[j]-v) > 0.001 {
				t.Errorf("column %d adds up to %.2f, and %.2f is printed:\n%s", j, sums[j], v, out)
			}
		}
		ends := map[int]bool{}
		for _, end := range cellEnds(lines[head]) {
			ends[end] = true
		}
		for _, row := range append(rows, total) {
			for _, end := range cellEnds(row)[2:] { // behind the names, each figure ends where the word over it ends
				if !ends[end] {
					t.Errorf("a figure ends at %d, and no column does:\n%s", end, out)
				}
			}
		}
	}
	// what the page shows of this day: 14.4060 ha are 14.41, and the block of P-03 is all that it released
	code, out, errs := ran(t, []string{url, "LC_ALL=en"}, "progress", "--demo", "--at", "2022-06-30", "--known", "2022-07-01")
	for _, want := range [][]string{{"P-01", "80.05", "4.91", "3.87", "6.84", "64.43"}, {"P-03", "40.19", "1.09", "2.34", "4.34", "32.42"}, {"Total", "394.42", "14.41", "20.01", "50.75", "309.25"}} {
		found := false
		for row := range strings.Lines(out) {
			if words := strings.Fields(row); len(words) > 0 && words[0] == want[0] {
				found = strings.Contains(strings.Join(words, " "), " "+strings.Join(want[1:], " ")+" ")
			}
		}
		if !found {
			t.Errorf("%v is not printed:\n%s", want, out)
		}
	}
	if head, _, _ := strings.Cut(out, "\n"); code != 0 || !strings.Contains(head, "as known on 2022-07-01 ·") {
		t.Errorf("the head does not name the day that was asked: %d %s %s", code, head, errs)
	}
	if _, out, _ := ran(t, []string{url, "LC_ALL=en"}, "progress", "--demo", "--known", "2022-07-01T12:00:00Z"); !strings.Contains(out, "as known at 2022-07-01 20:00:00 +08:00") {
		t.Errorf("the head does not name the instant:\n%s", out)
	}
	code, out, errs = ran(t, []string{url, "ZHENGBEI_DEMO=1"}, "progress", "--json", "--at", "2022-03-31", "--known", "2022-06-01")
	var doc struct {
		At      string
		Settled bool
		Round   struct {
			Figures struct {
				Released json.Number `json:"released_ha"`
			}
		}
		Parcels []json.RawMessage
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || code != 0 || doc.At != "2022-03-31" || !doc.Settled || doc.Round.Figures.Released == "" || len(doc.Parcels) != 6 {
		t.Errorf("got %d %+v %v\n%s", code, doc, err, errs)
	}
	for _, args := range [][]string{{"progress", "--at", "yesterday"}, {"progress", "--at", "2020-01-01"}, {"progress", "--known", "2999-01-01"}} {
		if code, _, errs := ran(t, []string{url, "ZHENGBEI_DEMO=1"}, args...); code != exitFailed || !strings.Contains(errs, "→") {
			t.Errorf("%v: got %d %s", args, code, errs)
		}
	}
}

// cellEnds are the columns of the terminal at which the cells of a line end; two spaces part them.
func cellEnds(line string) (ends []int) {
	at := 0
	for _, cell := range strings.Split(line, "  ") {
		if at += width(cell); strings.TrimSpace(cell) != "" {
			ends = append(ends, at)
		}
		at += 2
	}
	return ends
}

func TestWidth(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "P-01": 4, "观湖北": 6, "福城南（示意）": 14, "−1.00": 5, "é": 1} {
		if got := width(text); got != want {
			t.Errorf("%q is %d wide, not %d", text, got, want)
		}
	}
}
