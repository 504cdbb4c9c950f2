package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// bar shows on a terminal how far a command has come; elsewhere it is silent.
type bar struct {
	out   io.Writer // nil: nobody watches
	name  string
	shown int
}

// newBar watches a command's standard error, if that is a terminal.
func newBar(w io.Writer) *bar {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &bar{out: w}
		}
	}
	return &bar{}
}

// barWidth is how many characters the bar has.
const barWidth = 30

// stage begins another part of the work, whose end nobody knows yet.
func (b *bar) stage(name string) {
	if b.out == nil {
		return
	}
	b.name, b.shown = name, -1
	_, _ = fmt.Fprintf(b.out, "\r\x1b[K%s …", name)
}

// at shows how much of the part is done.
func (b *bar) at(done, whole int64) {
	if b.out == nil || whole <= 0 {
		return
	}
	percent := int(min(100, 100*done/whole))
	if percent == b.shown {
		return
	}
	b.shown = percent
	full := barWidth * percent / 100
	_, _ = fmt.Fprintf(b.out, "\r\x1b[K%s [%s%s] %d %%", b.name, strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), percent)
}

// end leaves the line as it was found.
func (b *bar) end() {
	if b.out != nil {
		_, _ = fmt.Fprint(b.out, "\r\x1b[K")
	}
}
