package httpapi

import (
	"cmp"
	"encoding/json"
	"slices"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/progress"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

// releasedItem is a block of released land as clients of OGC API read it; its code and number are those of its lowest plot.
type releasedItem struct {
	Type       string             `json:"type"`
	ID         string             `json:"id"`
	Geometry   json.RawMessage    `json:"geometry"`
	Properties releasedProperties `json:"properties"`
	Links      []ogc.Link         `json:"links,omitempty"`
}

type releasedProperties struct {
	Code   string      `json:"code"`
	FID    int32       `json:"fid"`
	AreaM2 json.Number `json:"area_m2"`
	AreaHa json.Number `json:"area_ha"`
	Parcel *string     `json:"parcel"`
	Plots  []string    `json:"plots"`
	Demo   bool        `json:"demo"`
}

// released are the blocks of a day by code; a day or an instant before the round has none, as it has no other feature.
func (a *api) released(c echo.Context, clock land.Clock) ([]releasedItem, error) {
	if today := a.today().Day; clock.Days.To == land.LastDay { // an open interval lasts until today, or begins later
		clock.Days.To = today
		if clock.Days.From.After(today.Time) {
			clock.Days.To = clock.Days.From
		}
	}
	b, err := a.figures.Blocks(c.Request().Context(), clock, "", 0)
	for _, none := range []string{"round.none", "day.before_round", "known.before_first"} {
		if fault.Is(err, none) {
			return nil, nil
		}
	}
	items := make([]releasedItem, len(b.Blocks))
	for i, block := range b.Blocks {
		items[i] = newReleasedItem(block, b.Round.Demo)
	}
	slices.SortFunc(items, func(x, y releasedItem) int { return cmp.Compare(x.ID, y.ID) })
	return items, err
}

func newReleasedItem(block progress.OutlinedBlock, demo bool) releasedItem {
	item := releasedItem{Type: "Feature", ID: block.Codes[0], Geometry: block.Outline.Geometry, Properties: releasedProperties{
		Code: block.Codes[0], FID: block.Plots[0].Plot, AreaM2: m2(block.Area), AreaHa: ha(block.Area), Plots: block.Codes, Demo: demo,
	}}
	if block.Parcel != "" {
		item.Properties.Parcel = &block.Parcel
	}
	return item
}

func (a *api) releasedItem(c echo.Context, clock land.Clock) error {
	items, err := a.released(c, clock)
	if err != nil {
		return err
	}
	id := c.Param("id")
	for _, item := range items {
		if item.ID == id {
			item.Links = a.documents(c).ItemLinks(land.Released, id)
			return answer(c, ogc.TypeGeoJSON, "", item)
		}
	}
	return fault.New(fault.NotFound, "released.unknown", "id", id, "day", clock.Days.To).In("{id}")
}

// streamReleased answers a page of blocks as streamFeatures answers one of features.
func (a *api) streamReleased(c echo.Context, page store.Page) error {
	items, err := a.released(c, page.Clock)
	if err != nil {
		return err
	}
	found := items[:0]
	for _, item := range items {
		if page.FID != nil && item.Properties.FID != *page.FID {
			continue
		}
		if page.Box != nil {
			if meets, err := meetsBox(item.Geometry, *page.Box); err != nil {
				return err
			} else if !meets {
				continue
			}
		}
		found = append(found, item)
	}
	w := newFeatureWriter(a, c, page, int64(len(found)))
	for _, item := range found {
		if item.ID > page.After {
			if err := w.feature(item.ID, item); err != nil {
				return a.cutOff(c, err)
			}
		}
	}
	return a.cutOff(c, w.end())
}

// meetsBox reports whether an outline meets a box, both in degrees: its edge does, or the box lies inside.
func meetsBox(outline json.RawMessage, box orb.Bound) (bool, error) {
	g, err := geojson.UnmarshalGeometry(outline)
	if err != nil {
		return false, err
	}
	shape, ok := g.Geometry().(orb.MultiPolygon)
	if polygon, one := g.Geometry().(orb.Polygon); one {
		shape, ok = orb.MultiPolygon{polygon}, true
	}
	if !ok || !shape.Bound().Intersects(box) {
		return false, nil
	}
	for _, polygon := range shape {
		for _, ring := range polygon {
			if len(clip.LineString(box, orb.LineString(ring))) > 0 {
				return true, nil
			}
		}
	}
	return planar.MultiPolygonContains(shape, box.Min), nil
}
