package pgserver

import (
	"io"
	"os"
	"strings"

	"zhengbei/internal/fault"
)

const logLimit = 8 << 20 // bytes; as much again is kept under the name of the log and .1

// bound keeps the log short. It copies and empties, because PostgreSQL keeps the file open, for appending.
func (f folder) bound(limit int64) error {
	info, err := os.Stat(f.log())
	if err != nil || info.Size() <= limit {
		return err
	}
	from, err := os.Open(f.log())
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // only read
	to, err := os.OpenFile(f.log()+".1", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = from.Seek(max(0, info.Size()-limit), io.SeekStart)
	if err == nil {
		_, err = io.Copy(to, from)
	}
	if closing := to.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Truncate(f.log(), 0)
}

// explain turns what PostgreSQL wrote while it failed to start into a fault.
func explain(text, data, log string) *fault.Error {
	reason := ""
	for line := range strings.Lines(text) {
		for _, level := range []string{"FATAL:", "PANIC:", "initdb: error:"} {
			if _, after, ok := strings.Cut(line, level); ok {
				reason = strings.TrimSpace(after)
			}
		}
		for _, full := range []string{"No space left on device", "Disk quota exceeded", "could not extend file"} {
			if strings.Contains(line, full) {
				return fault.New(fault.Busy, "pg.disk_full", "data", data)
			}
		}
	}
	if reason == "" {
		reason = strings.TrimSpace(text)
	}
	return fault.New(fault.Busy, "pg.not_started", "reason", reason, "log", log)
}
