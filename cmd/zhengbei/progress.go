package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"zhengbei/internal/fault"
	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"
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
	db, leave, err := s.join(ctx, t, s.existing)
	if err != nil {
		return err
	}
	defer leave()
	clock, err := p.clock(ctx, db)
	if err != nil {
		return err
	}
	table, err := progress.NewReader(db).Table(ctx, clock, nil)
	if fault.Is(err, "round.none") {
		return s.nothing()
	}
	if err != nil {
		return err
	}
	if p.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(httpapi.ViewProgress(table))
	}
	_, err = fmt.Fprint(t.out, p.print(t, table))
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

// knowledge says whose knowledge answered: a day that was over is named as it was asked, everything else by its instant.
func (p progressCmd) knowledge(t *terminal, known time.Time) string {
	if known.IsZero() {
		return t.say("按今日所知", "as known today")
	}
	if _, err := time.Parse(time.DateOnly, p.Known); err == nil && known.Equal(land.DayOf(known.Add(-1)).End()) {
		return fmt.Sprintf(t.say("按 %s 所知", "as known on %s"), p.Known)
	}
	return fmt.Sprintf(t.say("按 %s 所知", "as known at %s +08:00"), known.In(land.Shanghai).Format(time.DateTime))
}

// print lays the table out; hectares are levelled as the page levels them, so that the printed parts add up to the printed totals.
func (p progressCmd) print(t *terminal, table progress.Table) string {
	codes, figures := make([]string, len(table.Parcels)), make([]land.Figures, len(table.Parcels))
	for i, parcel := range table.Parcels {
		codes[i], figures[i] = parcel.Code, parcel.Figures
	}
	whole, printed := land.LevelTable(table.Figures, codes, figures)
	week, weeks := land.LevelWeek(table.Figures, codes, figures)
	rows := [][]string{{
		t.say("片区", "Parcel"), t.say("指挥部", "Post"), t.say("计划", "Expected"), t.say("已释放", "Released"), t.say("办理中", "In procedure"), t.say("可清退", "Clearable"), t.say("未签齐", "Remaining"),
		t.say("户%", "Households%"), t.say("建面%", "Floor%"), t.say("土地%", "Land%"), t.say("整宗%", "Clearable%"), t.say("本周", "Week"), t.say("签约户", "Signed"), t.say("最大连片", "Largest"), t.say("旗", "Flag"),
	}}
	line := func(name, post string, f land.Figures, cells land.Cells, week land.Cents, goal land.M2) {
		expected := "-" // nothing is known of any plot
		if f.Plots() > 0 {
			expected = cells.Expected().String()
		}
		row := []string{name, post, expected, cells.Released().String(), cells.InProcedure().String(), cells.Clearable().String(), cells.Remaining().String()}
		for _, part := range []land.Part{f.Households, f.FloorArea, f.LandArea, f.ClearableLand()} {
			row = append(row, percent(part))
		}
		flag := map[string]string{"done": t.say("红旗", "done"), "overdue": t.say("黑旗（逾期）", "overdue")}[f.Flag(table.Clock.Days.To, goal, table.Round.Deadline)]
		rows = append(rows, append(row, signed(week), change(f.Households.Signed-f.SignedWeek), f.LargestBlock.Printed().String(), flag))
	}
	for i, parcel := range table.Parcels {
		post := "-"
		if parcel.Post != nil {
			post = t.say(parcel.Post.Name, parcel.Post.NameEn)
		}
		name := parcel.Code + " " + t.say(parcel.Name, parcel.NameEn)
		if parcel.NameStatus != nil {
			name += map[string]string{"placeholder": t.say("（待核实）", " (unverified)"), "probable": t.say("（推定）", " (inferred)")}[*parcel.NameStatus]
		}
		line(name, post, parcel.Figures, printed[i], weeks[i], parcel.Figures.Storage())
	}
	target, aimed := table.Round.Target()
	line(t.say("合计", "Total"), "", table.Figures, whole, week, target)

	var b strings.Builder
	head := []string{t.say(table.Round.Name, table.Round.NameEn), t.say("截至 ", "on ") + table.Clock.Days.To.String(), t.say("公顷（椭球面积）", "hectares (ellipsoidal)"), p.knowledge(t, table.Clock.Known)}
	if table.Round.Demo {
		head = append(head, t.say("演示数据", "demonstration data"))
	}
	fmt.Fprintf(&b, "%s\n\n", strings.Join(head, " · "))
	align(&b, rows)
	b.WriteString("\n" + t.outlook(table, target, aimed, whole) + "\n")
	for _, parcel := range table.Parcels {
		if parcel.Accuracy != "surveyed" {
			b.WriteString(t.say("轮廓为示意，非法定界线。", "Outlines are approximate, not legal boundaries.") + "\n")
			break
		}
	}
	return b.String()
}

// outlook says how far the target is, and when it is reached at the pace of the last four weeks.
func (t *terminal) outlook(table progress.Table, target land.M2, aimed bool, whole land.Cells) string {
	f, at := table.Figures, table.Clock.Days.To
	var says []string
	if aimed {
		says = append(says, fmt.Sprintf(t.say("目标 %s，距目标 %s", "target %s, still missing %s"), target.Printed().String(), (target.Printed()-whole.Released()).String()))
		if f.Plots() > 0 {
			says = append(says, fmt.Sprintf(t.say("规划缺口 %s", "planned short of it %s"), (target.Printed()-whole.Expected()).String()))
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
