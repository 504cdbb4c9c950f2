package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"zhengbei/internal/cadastre"
	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"
	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

type importCmd struct {
	File          string `arg:"" help:"The file; its format follows from its ending (.geojson, .json, .geojsonl, .ndjson). / 文件，按后缀识别格式。"`
	Collection    string `required:"" enum:"zones,parcels,plots" help:"Layer that it is for: zones, parcels or plots. / 图层。"`
	CRS           string `name:"crs" placeholder:"CRS" help:"Its reference system; for now longitude and latitude (CRS84) only. / 坐标系，目前只支持经纬度。"`
	Encoding      string `placeholder:"NAME" help:"Its encoding, where the file does not say; GeoJSON is UTF-8. / 编码。"`
	Layer         string `placeholder:"NAME" help:"Which layer of a file that has several. / 文件中的图层。"`
	DryRun        bool   `help:"Look only: say what is new, changed and wrong, and write nothing. / 只查看，不写入。"`
	Reason        string `placeholder:"TEXT" help:"Why; stands in the history of all that changes. / 修改原因，写入历史。"`
	ValidFrom     string `placeholder:"DATE" help:"The day from which it holds; by default today, in a demonstration its last day. / 生效日期。"`
	DocumentNo    string `placeholder:"NO" help:"Number of the document that it rests on. / 依据文号。"`
	AcceptOutside bool   `help:"Plots may lie outside the new outline of their parcel, as the look lists them. / 允许地块超出新的片区轮廓。"`
	JSON          bool   `help:"Print what /api/v1/imports answers, for scripts."`
}

// errRefused ends an import whose faults have been told already.
var errRefused = fmt.Errorf("the file was not applied: %w", errUnwell)

// Run looks at the file and, without --dry-run, applies what it found: all of it or nothing.
func (i importCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	format, err := exchange.ByName(i.File)
	if err != nil {
		return err
	}
	if !i.DryRun && strings.TrimSpace(i.Reason) == "" {
		return fault.New(fault.Invalid, "import.no_reason")
	}
	f, err := os.Open(i.File)
	if err != nil {
		return fault.New(fault.NotFound, "file.unreadable", "value", i.File).Because(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	db, leave, err := s.join(ctx, t, s.existing)
	if err != nil {
		return err
	}
	defer leave()
	as, today, err := i.reading(ctx, db, s)
	if err != nil {
		return err
	}
	from := today
	if i.ValidFrom != "" {
		if from, err = land.ParseDay("--valid-from", i.ValidFrom); err != nil {
			return err
		}
		if from.After(today.Time) {
			return fault.New(fault.Invalid, "change.in_future", "day", from, "today", today).In("--valid-from")
		}
	}
	progress := newBar(t.err)
	defer progress.end()
	stage := func(name string) { progress.stage(t.stageName(name)) }
	sum := sha256.New()
	reader, err := format.Read(io.TeeReader(&watched{r: f, whole: info.Size(), bar: progress}, sum), as)
	if err != nil {
		return err
	}
	file := cadastre.File{
		Name: filepath.Base(i.File), Collection: as.Collection, Features: reader.Features(), Says: reader.Says,
		Hash: func() []byte { return sum.Sum(nil) },
	}
	look, err := file.Look(ctx, db, console("import"), stage, func(*store.Tx, land.Look) error { return nil })
	if err != nil {
		return err
	}
	if i.DryRun || look.Errors > 0 || look.Leaves > 0 && !i.AcceptOutside {
		progress.end()
		if err := i.report(t, look); err != nil {
			return err
		}
		if err := db.Compare(ctx, console("import"), func(tx *store.Tx) error { return tx.DropImport(ctx, look.ID) }); err != nil {
			return err
		}
		if look.Errors > 0 || !i.DryRun {
			return errRefused
		}
		return nil
	}
	apply := cadastre.Applying{ID: look.ID, Hash: look.Hash, Reason: i.Reason, From: from, AcceptOutside: i.AcceptOutside}
	if i.DocumentNo != "" {
		apply.DocumentNo = &i.DocumentNo
	}
	if err := apply.Apply(ctx, db, console("import"), stage, func(_ *store.Tx, done land.ApplyDone) error { look.Applied = &done; return nil }); err != nil {
		db.Unstage(ctx, look.ID) // nobody knows its number
		return err
	}
	progress.end()
	return i.report(t, look)
}

// reading says what the file is read as, and which day is today: in a demonstration its last one.
func (i importCmd) reading(ctx context.Context, db *store.DB, s *settings) (as exchange.Reading, today land.Day, err error) {
	as = exchange.Reading{Collection: land.Collection(i.Collection), CRS: i.CRS, Encoding: i.Encoding, Layer: i.Layer}
	as.Rules.Extent = exchange.China
	today = land.DayOf(now())
	extent, err := s.extent()
	if err != nil {
		return as, today, err
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		round, found, err := tx.Round(ctx, land.On(today))
		if err != nil {
			return err
		}
		if !found {
			return s.nothing()
		}
		if round.DefaultAt != nil {
			today = *round.DefaultAt
		}
		if extent == nil {
			extent, err = tx.Extent(ctx, httpapi.ExtentMarginM)
		}
		return err
	})
	if extent != nil {
		as.Rules.Extent = extent.Bound()
	}
	return as, today, err
}

// watched tells the bar how much has been read.
type watched struct {
	r           io.Reader
	done, whole int64
	bar         *bar
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.done += int64(n)
	w.bar.at(w.done, w.whole)
	return n, err
}

func (t *terminal) stageName(name string) string {
	switch name {
	case "read":
		return t.say("读取", "reading")
	case "valid":
		return t.say("检查图形", "looking at shapes")
	case "plan", "check":
		return t.say("比对", "comparing")
	case "overlap":
		return t.say("检查重叠", "looking for overlaps")
	case "lock", "compare":
		return t.say("核对现状", "holding it against what stands")
	case "write":
		return t.say("写入", "writing")
	case "derive":
		return t.say("推算状态和边", "deriving states and edges")
	}
	return name
}

// report says what the file brings, and what of it is wrong.
func (i importCmd) report(t *terminal, look land.Look) error {
	if i.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(httpapi.ViewLook(look, t.lang))
	}
	var b strings.Builder
	fmt.Fprintf(&b, t.say("%s → %s：%d 个要素，新增 %d，修改 %d，未变 %d，错误 %d\n", "%s → %s: %d features, %d new, %d changed, %d unchanged, %d errors\n"),
		look.File, look.Collection, look.Features, look.Begins, look.Changes, look.Unchanged, look.Errors)
	for n, row := range look.Changed {
		if n == mostPrinted {
			fmt.Fprintf(&b, "  …\n")
			break
		}
		fmt.Fprintf(&b, "  ~ %s v%d: %s\n", *row.Code, *row.Version, strings.Join(row.What, ", "))
	}
	for n, row := range look.New {
		if n == mostPrinted {
			fmt.Fprintf(&b, "  …\n")
			break
		}
		code := t.say("（由系统编号）", "(numbered by the service)")
		if row.Code != nil {
			code = *row.Code
		}
		fmt.Fprintf(&b, "  + %s\n", code)
	}
	for n, left := range look.Outside {
		if n == mostPrinted {
			fmt.Fprintf(&b, "  …\n")
			break
		}
		fmt.Fprintf(&b, t.say("  ! %s 超出 %s %s 平方米\n", "  ! %s lies outside %s by %s m2\n"), left.Plot, left.Parcel, left.AreaM2)
	}
	for _, p := range look.Problems {
		f := p.Fault()
		where := ""
		if p.Feature > 0 {
			where = fmt.Sprintf(t.say("第 %d 个要素", "feature %d"), p.Feature)
		}
		if p.ID != "" {
			where += " " + p.ID
		}
		if p.Point != nil {
			where += fmt.Sprintf(" (%.7f, %.7f)", p.Point[0], p.Point[1])
		}
		fmt.Fprintf(&b, "  ✗ %s: %s\n    → %s\n", where, f.Says(t.lang), f.Mend(t.lang))
	}
	if more := look.Errors + look.Warnings - int64(len(look.Problems)); more > 0 {
		fmt.Fprintf(&b, t.say("  另有 %d 处未列出\n", "  and %d more\n"), more)
	}
	switch {
	case look.Applied != nil && look.Begins+look.Changes == 0:
		b.WriteString(t.say("没有新增，也没有改动，库中一切照旧\n", "nothing is new and nothing changed; all stays as it was\n"))
	case look.Applied != nil:
		fmt.Fprintf(&b, t.say("已写入，自 %s 起生效\n", "applied; it holds from %s on\n"), look.Applied.From)
	case i.DryRun:
		b.WriteString(t.say("仅查看，未写入\n", "a look only; nothing was written\n"))
	default:
		b.WriteString(t.say("未写入任何内容\n", "nothing was written\n"))
	}
	_, err := io.WriteString(t.out, b.String())
	return err
}

// mostPrinted is how many lines of a kind a terminal is shown; --json has more.
const mostPrinted = 20
