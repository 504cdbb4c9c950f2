package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"
	"zhengbei/internal/pgserver"
	"zhengbei/internal/progress"
	"zhengbei/internal/store"
)

type progressCmd struct {
	At    string `placeholder:"DATE" help:"The day that the table holds for; by default today, in a demonstration its last day. / 截至日期。"`
	Known string `placeholder:"INSTANT" help:"Whose knowledge answers: an instant, or a date for its end; by default all that is recorded. / 按何时所知。"`
	JSON  bool   `help:"Print what /api/v1/progress answers, for scripts."`
}

// Run prints the table of parcels for a day.
func (p progressCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	d, err := s.database(ctx, t, pgserver.Join)
	if err != nil {
		return err
	}
	defer d.stop(ctx, t)
	db, err := d.open(ctx, t)
	if err != nil {
		return err
	}
	defer db.Close()
	clock, err := p.clock(ctx, db)
	if err != nil {
		return err
	}
	table, err := progress.NewReader(db).Table(ctx, clock, nil)
	if err != nil {
		return err
	}
	if p.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(httpapi.ViewProgress(table))
	}
	_, err = fmt.Fprint(t.out, printProgress(t, table))
	return err
}

// clock reads the day and the instant; a named instant is settled, so that the same question has the same answer for ever.
func (p progressCmd) clock(ctx context.Context, db *store.DB) (land.Clock, error) {
	clock := land.On(land.DayOf(now()))
	if p.At != "" {
		day, err := land.ParseDay("--at", p.At)
		if err != nil {
			return clock, err
		}
		clock = land.On(day)
	} else if err := db.Read(ctx, func(tx *store.Tx) error {
		round, found, err := tx.Round(ctx, clock)
		if found && round.DefaultAt != nil {
			clock = land.On(*round.DefaultAt)
		}
		return err
	}); err != nil {
		return clock, err
	}
	if p.Known == "" {
		return clock, nil
	}
	var err error
	if clock.Known, err = land.ParseKnown("--known", p.Known, now()); err != nil {
		return clock, err
	}
	return clock, db.Settle(ctx, clock.Known)
}

// printProgress lays the table out; hectares are levelled, so that the printed parts add up to the printed totals.
func printProgress(t *terminal, table progress.Table) string {
	parts := func(f land.Figures) []land.M2 {
		return []land.M2{f.Released(), f.InProcedure(), f.Clearable(), f.Remaining()}
	}
	exact := make([][]land.M2, len(table.Parcels))
	for i, p := range table.Parcels {
		exact[i] = parts(p.Figures)
	}
	printed, expected, totals := land.LevelTable(exact)
	rows := [][]string{{
		t.say("片区", "Parcel"), t.say("指挥部", "Post"), t.say("计划", "Expected"), t.say("已释放", "Released"), t.say("办理中", "In procedure"), t.say("可清退", "Clearable"), t.say("未签齐", "Remaining"),
		t.say("户%", "Households%"), t.say("建面%", "Floor%"), t.say("土地%", "Land%"), t.say("整宗%", "Clearable%"), t.say("本周", "Week"), t.say("签约户", "Signed"), t.say("最大连片", "Largest"), t.say("旗", "Flag"),
	}}
	line := func(name, post string, f land.Figures, all land.Cents, cells []land.Cents, goal land.M2) {
		row := []string{name, post, all.String()}
		for _, c := range cells {
			row = append(row, c.String())
		}
		for _, part := range []land.Part{f.Households, f.FloorArea, f.LandArea, f.ClearableLand()} {
			row = append(row, percent(part))
		}
		flag := map[string]string{"done": t.say("红旗", "done"), "overdue": t.say("黑旗（逾期）", "overdue")}[f.Flag(table.Clock.Days.To, goal, table.Round.Deadline)]
		rows = append(rows, append(row, signed((f.Released()-f.Week).Printed()), change(f.Households.Signed-f.SignedWeek), f.LargestBlock.Printed().String(), flag))
	}
	for i, p := range table.Parcels {
		post := "-"
		if p.Post != nil {
			post = t.say(p.Post.Name, p.Post.NameEn)
		}
		name := p.Code + " " + t.say(p.Name, p.NameEn)
		if p.NameStatus != nil {
			name += map[string]string{"placeholder": t.say("（待核实）", " (unconfirmed)"), "probable": t.say("（推定）", " (probable)")}[*p.NameStatus]
		}
		line(name, post, p.Figures, expected[i], printed[i], p.Figures.Storage())
	}
	var whole land.Cents
	for _, c := range totals {
		whole += c
	}
	if len(table.Parcels) == 0 {
		totals = make([]land.Cents, 4)
	}
	target, aimed := table.Round.Target()
	line(t.say("合计", "Total"), "", table.Figures, whole, totals, target)

	var b strings.Builder
	head := []string{t.say(table.Round.Name, table.Round.NameEn), t.say("截至 ", "on ") + table.Clock.Days.To.String(), t.say("公顷（椭球面积）", "hectares (ellipsoidal)")}
	if table.Clock.Known.IsZero() {
		head = append(head, t.say("按今日所知", "as known today"))
	} else {
		head = append(head, t.say("按 ", "as known at ")+table.Clock.Known.In(land.Shanghai).Format("2006-01-02 15:04:05")+t.say(" 所知", " +08:00"))
	}
	if table.Round.Demo {
		head = append(head, t.say("演示数据", "demonstration data"))
	}
	fmt.Fprintf(&b, "%s\n\n", strings.Join(head, " · "))
	align(&b, rows)
	b.WriteString("\n" + t.outlook(table, target, aimed, whole, totals[0]) + "\n")
	for _, p := range table.Parcels {
		if p.Accuracy != "surveyed" {
			b.WriteString(t.say("轮廓为示意，非法定界线。", "Outlines are approximate, not legal boundaries.") + "\n")
			break
		}
	}
	return b.String()
}

// outlook says how far the target is, and when it is reached at the pace of the last four weeks.
func (t *terminal) outlook(table progress.Table, target land.M2, aimed bool, whole, released land.Cents) string {
	f, at := table.Figures, table.Clock.Days.To
	var says []string
	if aimed {
		says = append(says, fmt.Sprintf(t.say("目标 %s，距目标 %s", "target %s, still missing %s"), target.Printed().String(), (target.Printed()-released).String()))
		if whole > 0 {
			says = append(says, fmt.Sprintf(t.say("规划缺口 %s", "planned short of it %s"), (target.Printed()-whole).String()))
		}
	}
	says = append(says, fmt.Sprintf(t.say("近四周每周 %s", "pace %s a week over four weeks"), signed(f.Pace().Printed())))
	if need, ok := f.Required(at, target, table.Round.Deadline); aimed && ok {
		says = append(says, fmt.Sprintf(t.say("到 %s 每周需 %s", "until %s %s a week are needed"), table.Round.Deadline, need.Printed().String()))
	}
	if area, ok := f.Expected(); ok {
		if day, ok := f.Forecast(at, area); ok {
			says = append(says, fmt.Sprintf(t.say("按此推算 %s 达计划", "expected reached on %s"), day))
		}
	}
	if day, ok := f.Forecast(at, target); aimed && ok {
		says = append(says, fmt.Sprintf(t.say("%s 达目标", "target on %s"), day))
	}
	return strings.Join(says, t.say("；", "; "))
}

// signed writes a change; nothing is a hyphen.
func signed(c land.Cents) string {
	switch {
	case c == 0:
		return "-"
	case c > 0:
		return "+" + c.String()
	}
	return c.String()
}

func change(n int64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%+d", n)
}

// percent is a rate with one decimal; over nothing it is a hyphen.
func percent(p land.Part) string {
	if p.Whole == 0 {
		return "-"
	}
	tenths := (2000*p.Signed/p.Whole + 1) / 2
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

// names is how many columns stand at the left; figures stand at the right.
const names = 2

// align writes rows in columns as wide as their widest cell.
func align(b *strings.Builder, rows [][]string) {
	wide := make([]int, len(rows[0]))
	for _, row := range rows {
		for j, cell := range row {
			wide[j] = max(wide[j], width(cell))
		}
	}
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			gap := strings.Repeat(" ", wide[j]-width(cell))
			switch {
			case j > 0 && j < len(row)-1 && j >= names:
				line.WriteString("  " + gap + cell)
			case j > 0:
				line.WriteString("  " + cell + gap)
			default:
				line.WriteString(cell + gap)
			}
		}
		if i == len(rows)-1 { // the totals
			total := 0
			for _, w := range wide {
				total += w + 2
			}
			b.WriteString(strings.Repeat("-", total-2) + "\n")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// width is how many columns of a terminal a text takes: Chinese characters and their punctuation take two.
func width(text string) (n int) {
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.Is(unicode.Han, r), r >= 0x3000 && r <= 0x303f, r >= 0x3040 && r <= 0x30ff, r >= 0xac00 && r <= 0xd7a3, r >= 0xff01 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6:
			n += 2
		default:
			n++
		}
	}
	return n
}
