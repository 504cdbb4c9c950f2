package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"zhengbei/internal/cadastre"
	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// saved is a feature as it is answered once it is saved, with what took its vertices.
type saved struct {
	ogc.Item
	Noded []noded `json:"noded"`
	// Hash of the boundary as it was drawn: what a boundary_corrected fact names.
	Hash     string   `json:"geometry_hash,omitempty"`
	Warnings []string `json:"warnings"`
}

type noded struct {
	ID      string `json:"id"`
	Version int32  `json:"version"`
}

// createFeature draws a new thing.
func (a *api) createFeature(c echo.Context) error {
	collection, err := drawable(c)
	if err != nil {
		return err
	}
	raw, err := body(c, ogc.TypeGeoJSON)
	if err != nil {
		return err
	}
	sent, err := ogc.ReadNew(collection, raw)
	return a.save(c, raw, sent, err, cadastre.Save{New: true})
}

// replaceFeature puts a feature in the place of the one that stands.
func (a *api) replaceFeature(c echo.Context) error {
	return a.change(c, ogc.ReadWhole, ogc.TypeGeoJSON)
}

// patchFeature changes what is named of a feature.
func (a *api) patchFeature(c echo.Context) error {
	return a.change(c, ogc.ReadPatch, typeMergePatch, ogc.TypeGeoJSON)
}

func (a *api) change(c echo.Context, read func([]byte, land.Feature) (ogc.Sent, error), types ...string) error {
	collection, err := drawable(c)
	if err != nil {
		return err
	}
	raw, err := body(c, types...)
	if err != nil {
		return err
	}
	if done, err := a.replayed(c, raw); done || err != nil {
		return err
	}
	stands, err := a.stands(c, collection)
	if err != nil {
		return err
	}
	sent, unread := read(raw, stands)
	if e, bad := fault.As(unread); bad && e.Kind == fault.Malformed {
		return unread
	}
	base, err := baseOf(c, stands.Code, sent.Version)
	if err != nil {
		return err
	}
	base.Exact = base.Exact || c.Request().Method != put // only a desktop program's second PUT counts as the same edit
	return a.current(c, collection, a.save(c, raw, sent, unread, cadastre.Save{Base: base, Seen: stands.Version, Same: sent.Draft.Same(stands), Otherwise: differs(sent.Draft.Parcel, stands.Parcel) || differs(sent.Draft.Disposition, stands.Disposition)}))
}

func differs(a, b *string) bool { return (a == nil) != (b == nil) || a != nil && *a != *b }

// save parses the boundary, if one was sent, and writes; what is not lawful about boundary and attributes is one answer.
func (a *api) save(c echo.Context, raw []byte, sent ogc.Sent, unread error, s cadastre.Save) error {
	var faults []*fault.Error
	if e, bad := fault.As(unread); bad {
		faults = append(faults, e.Each()...)
	} else if unread != nil {
		return unread
	}
	if sent.Geometry != nil {
		rules, err := a.rules(c)
		if err != nil {
			return err
		}
		sent.Draft.Geometry, err = geometry.Parse(sent.Geometry, "/geometry", rules)
		if e, bad := fault.As(err); bad {
			faults = append(faults, e.Each()...)
		} else if err != nil {
			return err
		}
	}
	var wrong *fault.Error
	if s.From, wrong = a.from("/properties/valid_from", sent.ValidFrom); wrong != nil {
		faults = append(faults, wrong)
	}
	if err := fault.All(faults); err != nil {
		return err
	}
	s.Draft, s.Reason, s.DocumentNo = sent.Draft, sent.Reason, sent.DocumentNo
	return a.write(c, raw, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
		return s.Apply(ctx, a.db, by, func(tx *store.Tx, done cadastre.Saved) error {
			feature, err := tx.Feature(ctx, s.Draft.Collection, done.Code, land.On(a.today().Day))
			if err != nil {
				return err
			}
			item := saved{Item: ogc.NewItem(feature), Noded: []noded{}, Hash: done.Hash, Warnings: []string{}}
			item.Links = a.documents(c).ItemLinks(feature.Collection, feature.Code)
			for _, n := range done.Noded {
				item.Noded = append(item.Noded, noded{n.Code, n.Number})
			}
			for _, w := range done.Warns {
				item.Warnings = append(item.Warnings, w.Says(speaks(c.Request())))
			}
			answer := outcome{status: http.StatusOK, tag: tagOf(feature.Code, feature.Version), body: item, kind: ogc.TypeGeoJSON}
			if s.New {
				answer.status, answer.place = http.StatusCreated, "/ogc/collections/"+string(feature.Collection)+"/items/"+feature.Code
			}
			return keep(tx, answer)
		})
	})
}

// retireFeature ends a thing: its base and its reason stand in the query, since DELETE has no body.
func (a *api) retireFeature(c echo.Context) error {
	collection, err := drawable(c)
	if err != nil {
		return err
	}
	sent, err := ogc.ParseRetirement(c.QueryParams())
	if err != nil {
		return err
	}
	code := c.Param("id")
	base, err := baseOf(c, code, sent.Version)
	if err != nil {
		return err
	}
	base.Exact = true
	from, wrong := a.from("?valid_from", sent.ValidFrom)
	if wrong != nil {
		return wrong
	}
	retire := cadastre.Retire{Collection: collection, Code: code, Base: base, From: from, Reason: sent.Reason, DocumentNo: sent.DocumentNo}
	return a.current(c, collection, a.write(c, nil, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
		return retire.Apply(ctx, a.db, by, func(tx *store.Tx) error { return keep(tx, outcome{status: http.StatusNoContent}) })
	}))
}

// drawable is the layer of the path, where it is one that officers draw.
func drawable(c echo.Context) (land.Collection, error) {
	collection, err := ogc.ParseCollection(c.Param("collection"), land.Layers)
	if err == nil && (collection == land.Context || collection == land.Released) {
		c.Response().Header().Set(echo.HeaderAllow, "GET, HEAD, OPTIONS")
		err = fault.New(fault.MethodNotAllowed, "collection.read_only", "collection", collection)
	}
	return collection, err
}

// stands is the feature of the path as it is today.
func (a *api) stands(c echo.Context, collection land.Collection) (f land.Feature, err error) {
	ctx := c.Request().Context()
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		f, err = tx.Feature(ctx, collection, c.Param("id"), land.On(a.today().Day))
		return err
	})
	return f, err
}

// current adds to a stale fault what stands, so that an editor can show both and nobody loses a drawing.
func (a *api) current(c echo.Context, collection land.Collection, err error) error {
	e, bad := fault.As(err)
	if !bad || e.Kind != fault.Stale && e.Kind != fault.NotFound {
		return err
	}
	stands, gone := a.stands(c, collection)
	if gone != nil {
		return gone // retired meanwhile: that is what there is to say
	}
	if e.Kind == fault.NotFound {
		return err // it is there, but not on the day that was named
	}
	item := ogc.NewItem(stands)
	item.Links = a.documents(c).ItemLinks(stands.Collection, stands.Code)
	shown, failed := json.Marshal(item)
	if failed != nil {
		return failed
	}
	return e.Showing("current", shown)
}

// from is the day on which a change begins to hold: today, where none is named, and none that has yet to come.
func (a *api) from(pointer string, named *land.Day) (land.Day, *fault.Error) {
	today := a.today().Day
	if named == nil {
		return today, nil
	}
	if named.After(today.Time) {
		return today, fault.New(fault.Invalid, "change.in_future", "day", *named, "today", today).In(pointer)
	}
	return *named, nil
}

// rules are what a boundary is held against; where nothing is on the map yet, the area of use of the reference system.
func (a *api) rules(c echo.Context) (rules geometry.Rules, err error) {
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		extent, err := a.extentOf(c, tx)
		rules.Extent = exchange.China
		if extent != nil {
			rules.Extent = extent.Bound()
		}
		return err
	})
	return rules, err
}
