package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"zhengbei/internal/audit"
	"zhengbei/internal/fault"
	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute the whole chain, and name the first record that is not as it was sealed. / 校验审计链。"`
	Export auditExportCmd `cmd:"" help:"Write the trail as JSON Lines. / 导出审计记录。"`
	Anchor auditAnchorCmd `cmd:"" help:"Begin the anchor file anew where verify says that it was lost or disagrees, once it is explained. / 查明原因后另起锚定文件。"`
}

type auditVerifyCmd struct {
	JSON bool `help:"Print what GET /api/v1/audit/verify answers, for scripts."`
}

// Run verifies the trail; it changes nothing, and leaves what waits to be sealed waiting.
func (v auditVerifyCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	d, err := s.database(ctx, t, s.existing)
	if err != nil {
		return err
	}
	defer d.stop(ctx, t)
	db, err := d.open(ctx, t, land.Operator)
	if err != nil {
		return err
	}
	defer db.Close()
	report, err := audit.Verify(ctx, db, s.anchors())
	if err != nil {
		return err
	}
	if v.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		err = e.Encode(httpapi.ViewReport(report, t.lang))
	} else {
		err = t.tellReport(report)
	}
	if err == nil && !report.Whole() {
		err = errUnwell
	}
	return err
}

// tellReport says what a verification found, the first fault first.
func (t *terminal) tellReport(r audit.Report) error {
	for _, f := range r.Faults {
		t.tell(f)
	}
	if r.More > 0 {
		_, _ = fmt.Fprintf(t.err, t.say("另有 %d 处\n", "and %d more\n"), r.More)
	}
	for _, n := range r.Notes {
		_, _ = fmt.Fprintf(t.err, t.say("说明：%s\n", "note: %s\n"), n.Says(t.lang))
	}
	if !r.Whole() {
		return nil
	}
	if _, err := fmt.Fprintln(t.out, t.wholeTrail(r)); err != nil {
		return err
	}
	if r.Last == nil {
		return nil
	}
	_, err := fmt.Fprintf(t.out, "%d %x\n", r.Last.Seq, r.Last.Hash)
	return err
}

// wholeTrail says that nothing is wrong, and of how much.
func (t *terminal) wholeTrail(r audit.Report) string {
	says := fmt.Sprintf(t.say("审计链完整：%d 条记录，%d 条等候封印", "the chain is whole: %d records, %d wait for their seal"), r.Records, r.Waiting)
	if r.Since != nil {
		days := func(at time.Time) string { return at.In(land.Shanghai).Format("2006-01-02 15:04:05") }
		says += fmt.Sprintf(t.say("，%s 至 %s", ", from %s to %s"), days(*r.Since), days(*r.Until))
	}
	return says
}

// trail says in a line that the trail is whole, or what is wrong with it first.
func (s *settings) trail(ctx context.Context, t *terminal, db *store.DB) (says string, err error) {
	report, err := audit.Verify(ctx, db, s.anchors())
	if err == nil && !report.Whole() {
		err = report.Faults[0]
	}
	return t.wholeTrail(report), err
}

type auditExportCmd struct {
	Output string `short:"o" required:"" placeholder:"FILE" help:"Where to; - is standard output. / 输出文件，- 为标准输出。"`
	From   string `placeholder:"DATE" help:"The first day, in Shanghai. / 起始日期。"`
	To     string `placeholder:"DATE" help:"The last day. / 截止日期。"`
}

// Run writes the records, the oldest first; names of persons may stand in them, so that the file is its owner's alone.
func (e auditExportCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	var f land.AuditFilter
	for _, day := range []struct {
		flag, text string
		into       **land.Day
	}{{"--from", e.From, &f.From}, {"--to", e.To, &f.To}} {
		if day.text == "" {
			continue
		}
		parsed, err := land.ParseDay(day.flag, day.text)
		if err != nil {
			return err
		}
		*day.into = &parsed
	}
	db, leave, err := s.join(ctx, t, s.existing)
	if err != nil {
		return err
	}
	defer leave()
	if err := db.Record(ctx, console("audit export"), land.Deed{Object: "export:audit", After: map[string]string{"from": e.From, "to": e.To}}); err != nil {
		return err
	}
	write := func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 64<<10)
		err := db.Read(ctx, func(tx *store.Tx) error {
			if err := tx.Patient(ctx); err != nil {
				return err
			}
			return httpapi.WriteTrail(ctx, tx, f, out)
		})
		if err != nil {
			return err
		}
		return out.Flush()
	}
	if e.Output == "-" {
		return write(t.out)
	}
	return whole(e.Output, 0o600, write)
}

type auditAnchorCmd struct {
	Reason string `required:"" placeholder:"TEXT" help:"Why it was lost or disagrees; stands in the trail. / 原因，写入审计记录。"`
}

// Run begins the anchor anew, where only a person can settle what is wrong with it, and keeps the old file.
func (a auditAnchorCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	if strings.TrimSpace(a.Reason) == "" {
		return fault.New(fault.Invalid, "audit.anchor_reason").In("--reason")
	}
	db, leave, err := s.join(ctx, t, s.existing)
	if err != nil {
		return err
	}
	defer leave()
	kept, err := audit.Reanchor(ctx, db, s.anchors(), console("audit anchor"), a.Reason, now())
	if err != nil {
		return err
	}
	says := t.say("已另起锚定文件，并记入审计", "a new anchor is begun, which is on the record")
	if kept != "" {
		says += fmt.Sprintf(t.say("；旧文件留作证据：%s", "; the old one is kept as evidence: %s"), kept)
	}
	_, err = fmt.Fprintln(t.out, says)
	return err
}

// anchors is the folder in which the audit trail is anchored outside the database.
func (s *settings) anchors() string {
	switch {
	case s.AuditAnchor != "":
		return s.AuditAnchor
	case s.Data != "":
		return s.Data
	}
	return defaultData()
}

func (s *settings) sealer(t *terminal, db *store.DB) audit.Sealer {
	return audit.Sealer{DB: db, Folder: s.anchors(), Log: t.log}
}

// sealWithin is how long a command waits at its end until what it did is sealed.
const sealWithin = 5 * time.Second

// seal seals what a command did, where no server does; the next one does it else.
func (s *settings) seal(ctx context.Context, t *terminal, db *store.DB) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sealWithin)
	defer cancel()
	if err := s.sealer(t, db).Once(ctx); err != nil {
		t.log.Warn("what was done is recorded and not sealed yet; zhengbei serve does it", "error", err)
	}
}
