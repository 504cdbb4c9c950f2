package audit

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Report is what a verification found: a chain is whole, or its first fault names the first record that is not as it was sealed.
type Report struct {
	Chain   land.Chain
	File    string         // of the anchor
	Anchor  *fault.Error   // what is wrong with it first, which is among the faults; nil: nothing
	Records int64          // that are sealed
	Waiting int64          // that are not yet
	Last    *land.Seal     // the last link; nil: none
	Since   *time.Time     // the instant of the first record
	Until   *time.Time     // and of the last
	Faults  []*fault.Error // the first of them, in the order of the chain
	More    int64          // faults beyond those
	Notes   []*fault.Error // what is to be known, and is no fault
}

// Whole reports whether nothing is wrong.
func (r Report) Whole() bool { return len(r.Faults) == 0 }

const (
	mostFaults = 20
	// lateAfter is how long a record may wait to be sealed.
	lateAfter = 10 * time.Second
	// clockBack is how far an instant may lie before an earlier one: records of long transactions are sealed behind later ones.
	clockBack = time.Minute
)

// Verify recomputes the whole chain of a database and holds it against its anchor in a folder; it keeps neither in memory.
// It changes nothing, and may run while records are written.
func Verify(ctx context.Context, db *store.DB, folder string) (report Report, err error) {
	var chain land.Chain
	if err := db.Read(ctx, func(tx *store.Tx) error {
		chain, err = tx.Chain(ctx)
		return err
	}); err != nil {
		return report, err
	}
	v := &verifying{Report: Report{Chain: chain, File: anchorPath(folder, chain.Database)}, before: begin(chain.ID)}
	// The anchor as it is now: whatever it says was committed before the snapshot that is read next.
	file, err := os.Open(v.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		v.anchorFault(fault.New(fault.Conflict, "audit.anchor_unreadable", "file", v.File).Because(err))
		v.blind = true
	default:
		defer func() { _ = file.Close() }()
		if err := v.open(file); err != nil {
			return report, err
		}
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		if err := tx.Patient(ctx); err != nil {
			return err
		}
		now, err := tx.Clock(ctx)
		if err != nil {
			return err
		}
		v.now = now
		if err := tx.EachSealed(ctx, v.sealed); err != nil {
			return err
		}
		v.end()
		return v.unsealed(ctx, tx, now)
	})
	return v.Report, err
}

// verifying is a verification on its way through the chain.
type verifying struct {
	Report
	before []byte    // the hash of the last link
	latest time.Time // the latest instant so far
	lines  *lines    // of the anchor; nil: there is no file
	blind  bool      // the anchor cannot be read, which is said already
	parted bool      // it was said that the anchor differs: each later link would say it again
	now    time.Time // by the database
	stale  int64     // links of records that the anchor should have by now, and has not
	back   int64     // records whose clock had gone back
}

func (v *verifying) fault(f *fault.Error) {
	if len(v.Faults) < mostFaults {
		v.Faults = append(v.Faults, f)
	} else {
		v.More++
	}
}

func (v *verifying) anchorFault(f *fault.Error) {
	if v.Anchor == nil {
		v.Anchor = f
	}
	v.fault(f)
}

// missing says that there is no anchor, though the chain has links.
func missing(folder string, chain land.Chain, links int64) *fault.Error {
	return fault.New(fault.Conflict, "audit.anchor_missing", "file", anchorPath(folder, chain.Database), "count", links)
}

// open begins to read the anchor, unless it is of another chain.
func (v *verifying) open(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	from := bufio.NewReader(io.LimitReader(f, info.Size()))
	first, err := from.ReadSlice('\n')
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	head, fine := parseHead(first)
	var wrong *fault.Error
	if !fine {
		wrong = fault.New(fault.Conflict, "audit.anchor_line", "file", v.File, "line", 1)
	} else {
		wrong = head.belongs(v.File, v.Chain)
	}
	if wrong != nil {
		v.anchorFault(wrong)
		v.blind = true
		return nil
	}
	if head.from > 1 {
		v.Notes = append(v.Notes, fault.New(fault.Conflict, "audit.note_anchor_from", "seq", head.from, "file", v.File))
	}
	v.lines = &lines{from: from, n: 1, last: head.from - 1}
	return v.lines.next()
}

// sealed looks at the next link.
func (v *verifying) sealed(s land.Sealed) error {
	expected := int64(1)
	if v.Last != nil {
		expected = v.Last.Seq + 1
	}
	if s.Seq != expected {
		v.fault(fault.New(fault.Conflict, "audit.seal_missing", "seq", expected, "count", s.Seq-expected))
	}
	switch {
	case s.Record == nil:
		v.fault(fault.New(fault.Conflict, "audit.record_missing", "record", s.RecordID, "seq", s.Seq))
	case s.Seq == expected && !bytes.Equal(link(v.before, *s.Record), s.Hash):
		v.fault(fault.New(fault.Conflict, "audit.record_changed", "record", s.RecordID, "seq", s.Seq))
	}
	if s.Record != nil {
		v.instant(*s.Record)
	}
	v.Records++
	v.before = s.Hash // what comes behind is held against what is stored, so that each fault is told once
	v.Last = &s.Seal
	if v.lines != nil && !v.lines.ok && v.lines.bad == 0 && s.Seq > v.lines.last && s.Record != nil && v.now.Sub(s.Record.At) > lateAfter {
		v.stale++
	}
	return v.anchored(s.Seal)
}

// instant notes the days of the records, and where the clock went back.
func (v *verifying) instant(r land.Record) {
	if v.Since == nil {
		v.Since = &r.At
	}
	v.Until = &r.At
	if behind := v.latest.Sub(r.At); behind > clockBack {
		if v.back++; v.back == 1 {
			v.Notes = append(v.Notes, fault.New(fault.Conflict, "audit.note_clock", "record", r.ID, "seconds", int64(behind.Seconds())))
		}
	}
	if r.At.After(v.latest) {
		v.latest = r.At
	}
}

// anchored holds a link against the line of the anchor.
func (v *verifying) anchored(s land.Seal) error {
	if v.lines == nil {
		return nil
	}
	for v.lines.ok && v.lines.line.Seq < s.Seq { // a link that is missing, which is said already
		if err := v.lines.next(); err != nil {
			return err
		}
	}
	if !v.lines.ok || v.lines.line.Seq > s.Seq {
		return nil
	}
	if !bytes.Equal(v.lines.line.Hash, s.Hash) && !v.parted {
		v.parted = true
		v.anchorFault(fault.New(fault.Conflict, "audit.anchor_differs", "file", v.File, "seq", s.Seq))
	}
	return v.lines.next()
}

// end looks at what the anchor says beyond the last link.
func (v *verifying) end() {
	last := int64(0)
	if v.Last != nil {
		last = v.Last.Seq
	}
	switch {
	case v.blind:
	case v.lines == nil:
		if last > 0 {
			v.anchorFault(missing(filepath.Dir(v.File), v.Chain, last))
		}
	case v.lines.bad > 0:
		v.anchorFault(fault.New(fault.Conflict, "audit.anchor_line", "file", v.File, "line", v.lines.bad))
	case v.lines.ok:
		v.anchorFault(fault.New(fault.Conflict, "audit.anchor_ahead", "file", v.File, "seq", v.lines.line.Seq))
	case v.stale > 0:
		v.anchorFault(fault.New(fault.Conflict, "audit.anchor_stale", "file", v.File, "count", v.stale, "seconds", int64(lateAfter.Seconds())))
	case v.lines.last < last:
		v.Notes = append(v.Notes, fault.New(fault.Conflict, "audit.note_anchor_behind", "file", v.File, "count", last-v.lines.last))
	}
}

// unsealed looks at the records that no link seals.
func (v *verifying) unsealed(ctx context.Context, tx *store.Tx, now time.Time) error {
	var late, lateFirst int64
	err := tx.EachUnsealed(ctx, func(u land.Unsealed) error {
		switch {
		case u.At == nil:
			v.fault(fault.New(fault.Conflict, "audit.waiting_missing", "record", u.ID))
			return nil
		case !u.Waits:
			v.fault(fault.New(fault.Conflict, "audit.seal_removed", "record", u.ID))
			return nil
		}
		v.Waiting++
		if now.Sub(*u.At) > lateAfter {
			if late++; late == 1 {
				lateFirst = u.ID
			}
		}
		return nil
	})
	if late > 0 {
		v.fault(fault.New(fault.Conflict, "audit.late", "record", lateFirst, "count", late, "seconds", int64(lateAfter.Seconds())))
	}
	return err
}

// lines are those of an anchor, one after the other, as they were when it was opened.
type lines struct {
	from *bufio.Reader
	line land.Seal // the one that is looked at
	ok   bool      // there is one
	n    int64     // its number in the file
	bad  int64     // the number of one that cannot be read, or does not follow the one before it; 0: none
	last int64     // the last link that was read, or the one before the first
}

// next reads the next line. What is torn at the end was being written, or was left by a crash: the sealer completes it.
func (l *lines) next() error {
	l.ok = false
	if l.bad > 0 {
		return nil
	}
	raw, err := l.from.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(raw) < longestLine {
		return nil
	}
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
		return err
	}
	l.n++
	seal, fine := land.Seal{}, false
	if err == nil {
		seal, fine = parseLine(raw[:len(raw)-1])
	}
	if !fine || seal.Seq != l.last+1 {
		l.bad = l.n
		return nil
	}
	l.line, l.ok, l.last = seal, true, seal.Seq
	return nil
}
