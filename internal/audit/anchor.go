package audit

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// AnchorName is the file of a chain in the folder of anchors.
func AnchorName(chain string) string {
	return "audit-" + strings.ReplaceAll(chain, "-", "")[:8] + ".anchor"
}

// anchor is a file outside the database to which each link is added, and which is never rewritten: whoever changes the database cannot change it as well.
type anchor struct {
	file *os.File
	last land.Seal // the last line; zero: none
	torn []byte    // what a crash left of a line behind it
}

// longestLine is room for a number, a space, a hash and the end of the line.
const longestLine = 20 + 1 + 64 + 1

// errHeld says that another sealer of this machine has the file open.
var errHeld = errors.New("another process writes the anchor")

// openAnchor opens the file of a chain, or makes it, for one sealer alone.
func openAnchor(folder, chain string) (a *anchor, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(folder, AnchorName(chain)), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
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
	return a, a.readTail()
}

func (a *anchor) close() { _ = a.file.Close() }

// readTail reads the last line, and what is torn behind it.
func (a *anchor) readTail() error {
	size, err := a.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	tail := make([]byte, min(size, 3*longestLine))
	if _, err := a.file.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	end := bytes.LastIndexByte(tail, '\n')
	a.torn = tail[end+1:]
	if end < 0 {
		if len(a.torn) >= longestLine {
			return a.unreadable(1)
		}
		return nil
	}
	begin := bytes.LastIndexByte(tail[:end], '\n') + 1
	seal, ok := parseLine(tail[begin:end])
	if !ok {
		return a.unreadable(0)
	}
	a.last = seal
	return nil
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

// add writes links behind the last line, and waits until they are on the disk. A torn line is completed, if it is the beginning of the first of them.
func (a *anchor) add(links []land.Seal) error {
	var lines []byte
	for i, l := range links {
		if l.Seq != a.last.Seq+1 && a.last.Seq != 0 {
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
