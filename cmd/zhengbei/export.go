package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"
	"zhengbei/internal/httpapi"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"
)

type exportCmd struct {
	Collection string `arg:"" enum:"zones,parcels,plots,context" help:"Layer: zones, parcels, plots or context. / 图层。"`
	Output     string `short:"o" required:"" placeholder:"FILE" help:"Where to; the format follows from the ending (.geojson, .geojsonl). - is standard output, as GeoJSON. / 输出文件，- 为标准输出。"`
	At         string `placeholder:"DATE" help:"The day that it holds for; by default today, in a demonstration its last day. / 截至日期。"`
	Known      string `placeholder:"INSTANT" help:"Whose knowledge answers: an instant, or a date for its end. / 按何时所知。"`
	BBox       string `name:"bbox" placeholder:"W,S,E,N" help:"Only what meets this box, in degrees. / 范围。"`
}

// Run writes a layer to a file, which is there as a whole or not at all.
func (e exportCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	name := e.Output
	if name == "-" {
		name = "-.geojson"
	}
	format, err := exchange.ByName(name)
	if err != nil {
		return err
	}
	db, leave, err := s.join(ctx, t, s.existing)
	if err != nil {
		return err
	}
	defer leave()
	clock, err := progressCmd{At: e.At, Known: e.Known}.clock(ctx, db)
	if err != nil {
		return err
	}
	page := store.Page{Collection: land.Collection(e.Collection), Clock: clock}
	if e.BBox != "" {
		asked, err := ogc.ParsePage(page.Collection, url.Values{"bbox": {e.BBox}}, ogc.Today{Day: clock.Days.To, Now: now()})
		if err != nil {
			return err
		}
		page.Box = asked.Box
	}
	if err := db.Record(ctx, console("export"), httpapi.ExportDeed(page)); err != nil {
		return err
	}
	write := func(w io.Writer) error { return e.write(ctx, t, db, format, page, w) }
	if e.Output == "-" {
		return write(t.out)
	}
	return whole(e.Output, 0o644, write)
}

// write streams the features: none is kept.
func (e exportCmd) write(ctx context.Context, t *terminal, db *store.DB, format exchange.Format, page store.Page, w io.Writer) error {
	progress := newBar(t.err)
	defer progress.end()
	progress.stage(t.say("导出", "exporting"))
	out := format.Write(w, exchange.Writing{Clock: page.Clock, Now: now(), Item: func(f land.Feature) ([]byte, error) { return json.Marshal(ogc.NewItem(f)) }})
	var done int64
	err := db.Read(ctx, func(tx *store.Tx) error {
		if err := tx.Patient(ctx); err != nil {
			return err
		}
		count, err := tx.CountFeatures(ctx, page)
		if err != nil {
			return err
		}
		return tx.EachFeature(ctx, page, func(f land.Feature) error {
			done++
			progress.at(done, count)
			return out.Feature(f)
		})
	})
	if err != nil {
		return err
	}
	if err := out.End(); err != nil {
		return err
	}
	progress.end()
	_, err = fmt.Fprintf(t.err, t.say("%s：%d 个要素，截至 %s\n", "%s: %d features on %s\n"), e.Collection, done, page.Clock.Days.To)
	return err
}

// whole writes a file beside its place and moves it there at the end, so that nobody takes a part for the whole.
func whole(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fault.New(fault.Invalid, "file.unwritable", "value", path).Because(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := write(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Chmod(mode); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
