package exchange

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"zhengbei/internal/land"
)

// geoJSONWriter writes a FeatureCollection, or with sequence one feature a line.
type geoJSONWriter struct {
	out      *bufio.Writer
	of       Writing
	sequence bool
	n        int64
}

func writeGeoJSON(w io.Writer, of Writing) Writer {
	return &geoJSONWriter{out: bufio.NewWriterSize(w, 64<<10), of: of}
}

func writeGeoJSONSeq(w io.Writer, of Writing) Writer {
	return &geoJSONWriter{out: bufio.NewWriterSize(w, 64<<10), of: of, sequence: true}
}

// begin says for which day the file holds, and whose knowledge it is.
func (g *geoJSONWriter) begin() error {
	if g.sequence {
		return nil
	}
	known, settled := g.of.Now, false
	if !g.of.Clock.Known.IsZero() {
		known, settled = g.of.Clock.Known, true
	}
	_, err := fmt.Fprintf(g.out, `{"type":"FeatureCollection","timeStamp":%q,"at":%q,"known":%q,"settled":%t,"features":[`,
		g.of.Now.UTC().Format(time.RFC3339), g.of.Clock.Days.To, known.UTC().Format(time.RFC3339Nano), settled)
	return err
}

func (g *geoJSONWriter) Feature(f land.Feature) error {
	raw, err := g.of.Item(f)
	if err != nil {
		return err
	}
	if g.n == 0 {
		if err := g.begin(); err != nil {
			return err
		}
	} else if !g.sequence {
		_ = g.out.WriteByte(',')
	}
	if g.n++; !g.sequence {
		_ = g.out.WriteByte('\n')
	}
	_, _ = g.out.Write(raw)
	if g.sequence {
		return g.out.WriteByte('\n')
	}
	return nil
}

func (g *geoJSONWriter) End() error {
	if g.n == 0 {
		if err := g.begin(); err != nil {
			return err
		}
	}
	if !g.sequence {
		_, _ = fmt.Fprintf(g.out, "\n],\"numberReturned\":%d}\n", g.n)
	}
	return g.out.Flush() // says what went wrong before, too
}
