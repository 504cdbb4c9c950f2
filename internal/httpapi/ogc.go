package httpapi

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

func (a *api) landing(c echo.Context) error {
	docs, err := a.clocked(c)
	if err != nil {
		return err
	}
	return answerInLanguage(c, docs.Landing())
}

func (a *api) conformance(c echo.Context) error {
	docs, err := a.clocked(c)
	if err != nil {
		return err
	}
	return answerInLanguage(c, docs.Conformance())
}

// clocked makes the documents that lead to items, which hand on the day and the instant that they were asked with:
// clients that put the query of the landing page on every request, as GDAL and QGIS do, read another day that way.
func (a *api) clocked(c echo.Context) (ogc.Documents, error) {
	docs := a.documents(c)
	if _, err := ogc.ParseClock(c.QueryParams(), a.today()); err != nil {
		return docs, err
	}
	docs.Clock = url.Values{}
	for name, values := range c.QueryParams() {
		if name != "f" {
			docs.Clock[name] = values
		}
	}
	return docs, nil
}

func (a *api) collections(c echo.Context) error {
	docs, err := a.clocked(c)
	if err != nil {
		return err
	}
	extent, since, err := a.coverage(c)
	if err != nil {
		return err
	}
	return answerInLanguage(c, docs.Collections(layers(c), extent, since))
}

func (a *api) collection(c echo.Context) error {
	collection, err := ogc.ParseCollection(c.Param("collection"), layers(c))
	if err != nil {
		return err
	}
	docs, err := a.clocked(c)
	if err != nil {
		return err
	}
	extent, since, err := a.coverage(c)
	if err != nil {
		return err
	}
	return answerInLanguage(c, docs.Collection(collection, extent, since))
}

// ExtentMarginM is how far the programme's extent reaches over its outlines, in metres.
const ExtentMarginM = 2000

// coverage is where and since when there is something on the map.
func (a *api) coverage(c echo.Context) (extent *land.Box, since *land.Day, err error) {
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		round, found, err := tx.Round(c.Request().Context(), land.On(a.today().Day))
		if found {
			since = &round.StartsOn
		}
		if err != nil {
			return err
		}
		extent, err = a.extentOf(c, tx)
		return err
	})
	return extent, since, err
}

func (a *api) extentOf(c echo.Context, tx *store.Tx) (*land.Box, error) {
	if a.extent != nil {
		return a.extent, nil
	}
	return tx.Extent(c.Request().Context(), ExtentMarginM)
}

func (a *api) item(c echo.Context) error {
	collection, err := ogc.ParseCollection(c.Param("collection"), layers(c))
	if err != nil {
		return err
	}
	if err := onlyJSON(c); err != nil {
		return err
	}
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	if passing(c) {
		return a.sketch(c, collection)
	}
	if collection == land.Released {
		return a.releasedItem(c, clock)
	}
	var feature land.Feature
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		feature, err = tx.Feature(c.Request().Context(), collection, c.Param("id"), clock)
		return err
	})
	if err != nil {
		return err
	}
	return a.answerFeature(c, feature)
}

// answerFeature sends one feature; its tag names its version: see tagOf.
func (a *api) answerFeature(c echo.Context, f land.Feature) error {
	item := ogc.NewItem(f)
	item.Links = a.documents(c).ItemLinks(f.Collection, f.Code)
	return answer(c, ogc.TypeGeoJSON, tagOf(f.Code, f.Version), item)
}

func (a *api) items(c echo.Context) error {
	collection, err := ogc.ParseCollection(c.Param("collection"), layers(c))
	if err != nil {
		return err
	}
	page, err := ogc.ParsePage(collection, c.QueryParams(), a.today())
	if err != nil {
		return err
	}
	return a.streamFeatures(c, page)
}

// streamFeatures writes a FeatureCollection row by row from one snapshot; nothing is kept in memory.
// A failure after the first byte cuts the connection, so that nobody takes a part for the whole.
func (a *api) streamFeatures(c echo.Context, page store.Page) error {
	ctx := c.Request().Context()
	if err := a.settle(c, page.Clock); err != nil {
		return err
	}
	if page.Collection == land.Released {
		return a.streamReleased(c, page)
	}
	began := a.hub.counts.began()
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		if err := tx.Patient(ctx); err != nil {
			return err
		}
		matched, err := a.hub.counts.of(ctx, tx, page, began)
		if err != nil {
			return err
		}
		w := newFeatureWriter(a, c, page, matched)
		ask := page
		if page.Limit > 0 {
			ask.Limit++ // one more tells whether a page follows
		}
		if passing(c) {
			err = tx.EachSketch(ctx, ask, func(o land.Sketch) error { return w.feature(o.Code, ogc.NewSketch(o)) })
		} else {
			err = tx.EachFeature(ctx, ask, func(f land.Feature) error { return w.feature(f.Code, ogc.NewItem(f)) })
		}
		if err != nil {
			return err
		}
		return w.end()
	})
	return a.cutOff(c, err)
}

// cutOff ends the connection where a stream failed after its first byte.
func (a *api) cutOff(c echo.Context, err error) error {
	if err != nil && c.Response().Committed {
		a.log.Warn("a stream was cut off", "id", requestID(c), "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

type featureWriter struct {
	a       *api
	c       echo.Context
	page    store.Page
	matched int64
	out     *bufio.Writer
	n       int
	last    string
	more    bool
}

func newFeatureWriter(a *api, c echo.Context, page store.Page, matched int64) *featureWriter {
	return &featureWriter{a: a, c: c, page: page, matched: matched, out: bufio.NewWriterSize(c.Response(), 32<<10)}
}

// begin writes the head once the first row has come, so that an early failure is still a problem document.
func (w *featureWriter) begin() error {
	h := w.c.Response().Header()
	h.Set(echo.HeaderContentType, ogc.TypeGeoJSON)
	h.Set(echo.HeaderCacheControl, revalidated)
	h.Add(echo.HeaderVary, "Accept-Language") // the titles of its links
	w.c.Response().WriteHeader(http.StatusOK)
	now := w.a.now().UTC()
	known, settled := now, false
	if !w.page.Clock.Known.IsZero() {
		known, settled = w.page.Clock.Known, true
	}
	at := w.page.Clock.Days.To.String()
	if w.page.Clock.Days.From != w.page.Clock.Days.To {
		at = w.page.Clock.Days.From.String() + "/" + at
	}
	_, err := fmt.Fprintf(w.out, `{"type":"FeatureCollection","timeStamp":%q,"at":%q,"known":%q,"settled":%t,"numberMatched":%d,"features":[`,
		now.Format(time.RFC3339), at, known.Format(time.RFC3339Nano), settled, w.matched)
	return err
}

func (w *featureWriter) feature(code string, item any) error {
	if w.page.Limit > 0 && w.n == w.page.Limit {
		w.more = true
		return nil
	}
	if w.n == 0 {
		if err := w.begin(); err != nil {
			return err
		}
	} else if _, err := w.out.WriteString(",\n"); err != nil {
		return err
	}
	w.n++
	w.last = code
	body, err := json.Marshal(item)
	if err != nil {
		return err
	}
	_, err = w.out.Write(body)
	return err
}

func (w *featureWriter) end() error {
	if w.n == 0 {
		if err := w.begin(); err != nil {
			return err
		}
	}
	if !w.more {
		w.last = ""
	}
	links, err := json.Marshal(w.a.documents(w.c).ItemsLinks(w.page, w.c.QueryParams(), w.last))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w.out, `],"numberReturned":%d,"links":%s}`, w.n, links); err != nil {
		return err
	}
	return w.out.Flush()
}
