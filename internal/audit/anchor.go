package audit

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// anchorPath is the one file of a database in the folder of anchors. The name is the database's own and not its chain's: a chain that is begun anew meets the file of the one before.
func anchorPath(folder, database string) string {
	return filepath.Join(folder, "audit-"+url.PathEscape(database)+".anchor")
}

// anchor is a file outside the database to which each link is added, and which is never rewritten: whoever changes the database cannot change it as well.
// Its first line names the chain and the link from which on it vouches; each further line is a link.
type anchor struct {
	file *os.File
	head head
	last land.Seal // the last line; zero: none
	torn []byte    // what a crash left of a line behind it
}

// head is the first line of an anchor.
type head struct {
	chain string // a UUID
	from  int64  // the first link; 1 unless the anchor was begun anew on the console
}

// The lengths of lines, with their end: a number, a space and a hash; two words, a UUID and a number.
const (
	longestLine = 20 + 1 + 64 + 1
	longestHead = 6 + 36 + 6 + 20 + 1
)

func (h head) String() string { return fmt.Sprintf("chain %s from %d\n", h.chain, h.from) }

// parseHead reads the first line, with its end.
func parseHead(line []byte) (h head, ok bool) {
	fields := strings.Fields(string(line))
	if len(fields) != 4 {
		return h, false
	}
	from, err := strconv.ParseInt(fields[3], 10, 64)
	h = head{fields[1], from}
	return h, err == nil && from >= 1 && h.String() == string(line)
}

// belongs refuses the anchor of another chain.
func (h head) belongs(path string, chain land.Chain) *fault.Error {
	if h.chain == chain.ID {
		return nil
	}
	return fault.New(fault.Conflict, "audit.anchor_chain", "file", path, "chain", h.chain, "database", chain.Database)
}

// errHeld says that another sealer of this machine has the file open.
var errHeld = errors.New("another process writes the anchor")

// beginAnchor makes the file of a chain, whole or not at all; only one sealer at a time does.
func beginAnchor(folder string, chain land.Chain, from int64, links ...land.Seal) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	path := anchorPath(folder, chain.Database)
	draft, err := os.CreateTemp(folder, filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	lines := []byte(head{chain.ID, from}.String())
	for _, l := range links {
		lines = append(lines, lineOf(l)...)
	}
	_, err = draft.Write(lines)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return syncFolder(folder)
}

// Retire keeps the anchor of a database under another name and answers it, empty where there is none: it is evidence of a chain that has ended.
func Retire(folder, database string, at time.Time) (kept string, err error) {
	path := anchorPath(folder, database)
	kept = path + "." + at.UTC().Format("20060102T150405.000000Z")
	err = os.Rename(path, kept)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return kept, syncFolder(folder)
}

// syncFolder waits until the names in a folder are on the disk.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// openAnchor opens the file of a chain for one sealer alone; fs.ErrNotExist where there is none.
func openAnchor(folder string, chain land.Chain) (a *anchor, err error) {
	path := anchorPath(folder, chain.Database)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errHeld
	}
	a = &anchor{file: f}
	if err := a.readHead(); err != nil {
		return nil, err
	}
	if err := a.head.belongs(path, chain); err != nil {
		return nil, err
	}
	return a, a.readTail()
}

func (a *anchor) close() { _ = a.file.Close() }

// readHead reads the first line.
func (a *anchor) readHead() error {
	start := make([]byte, longestHead)
	n, err := a.file.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	end := bytes.IndexByte(start[:n], '\n')
	var ok bool
	if a.head, ok = parseHead(start[:end+1]); !ok {
		return a.unreadable(1)
	}
	return nil
}

// readTail reads the last line, and what is torn behind it.
func (a *anchor) readTail() error {
	size, err := a.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	begin := max(int64(len(a.head.String())), size-3*longestLine)
	tail := make([]byte, size-begin)
	if _, err := a.file.ReadAt(tail, begin); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	end := bytes.LastIndexByte(tail, '\n')
	a.torn = tail[end+1:]
	if end < 0 {
		if len(a.torn) >= longestLine {
			return a.unreadable(2)
		}
		return nil
	}
	seal, ok := parseLine(tail[bytes.LastIndexByte(tail[:end], '\n')+1 : end])
	if !ok {
		return a.unreadable(0)
	}
	a.last = seal
	return nil
}

// next is the link that the next line has.
func (a *anchor) next() int64 {
	if a.last.Seq == 0 {
		return a.head.from
	}
	return a.last.Seq + 1
}

func (a *anchor) unreadable(line int64) error {
	return fault.New(fault.Conflict, "audit.anchor_line", "file", a.file.Name(), "line", line)
}

// against refuses a file that does not belong to what stands in the database: at finds a link of the chain there, zero where there is none.
// What is missing behind its last line is no fault.
func (a *anchor) against(at func(seq int64) (land.Seal, error)) error {
	if a.last.Seq == 0 {
		return nil
	}
	stored, err := at(a.last.Seq)
	switch {
	case err != nil:
		return err
	case stored.Seq == 0:
		return fault.New(fault.Conflict, "audit.anchor_ahead", "file", a.file.Name(), "seq", a.last.Seq)
	case !bytes.Equal(stored.Hash, a.last.Hash):
		return fault.New(fault.Conflict, "audit.anchor_differs", "file", a.file.Name(), "seq", a.last.Seq)
	}
	return nil
}

// there reports whether the file still stands under its name: one that was taken away bears nothing out.
func (a *anchor) there() bool {
	open, err := a.file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(a.file.Name())
	return err == nil && os.SameFile(open, named)
}

// add writes links behind the last line, and waits until they are on the disk. A torn line is completed, if it is the beginning of the first of them.
func (a *anchor) add(links []land.Seal) error {
	var lines []byte
	for i, l := range links {
		if l.Seq != a.next() {
			return fault.New(fault.Conflict, "audit.anchor_differs", "file", a.file.Name(), "seq", l.Seq)
		}
		line := lineOf(l)
		if i == 0 {
			if !bytes.HasPrefix(line, a.torn) {
				return fault.New(fault.Conflict, "audit.anchor_differs", "file", a.file.Name(), "seq", l.Seq)
			}
			line = line[len(a.torn):]
		}
		lines = append(lines, line...)
		a.last = l
	}
	if _, err := a.file.Write(lines); err != nil {
		return err
	}
	a.torn = nil
	return a.file.Sync()
}

func lineOf(l land.Seal) []byte { return fmt.Appendf(nil, "%d %x\n", l.Seq, l.Hash) }

// parseLine reads a line without its end.
func parseLine(line []byte) (l land.Seal, ok bool) {
	number, hash, _ := strings.Cut(string(line), " ")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil || seq < 1 || len(hash) != 64 {
		return l, false
	}
	if l.Hash, err = hex.DecodeString(hash); err != nil {
		return l, false
	}
	l.Seq = seq
	return l, string(lineOf(l)) == string(line)+"\n"
}
