package httpapi

import (
	"slices"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// passing reports whether a reader is not signed in: on a route of the public it sees what is generalised, and today alone.
func passing(c echo.Context) bool { return actor(c).IsNobody() }

// layers are those that a reader sees.
func layers(c echo.Context) []land.Collection {
	if passing(c) {
		return land.Public
	}
	return land.Layers
}

// today's outlines and totals are all that a reader who is not signed in may ask for: a box would tell where an outline ends, a day what it was before.
func (a *api) todayAlone(c echo.Context, r route) error {
	if r.rule&passersby != 0 || !passing(c) {
		return nil
	}
	today := a.today().Day.String()
	for name := range c.QueryParams() {
		switch {
		case slices.Contains([]string{"limit", "next", "f"}, name):
		case (name == "at" || name == "datetime") && c.QueryParam(name) == today:
		case slices.Contains(r.query, name):
			return fault.New(fault.Unauthenticated, "access.anonymous", "value", name).In("?" + name)
		}
	}
	return nil
}

// sketch answers one generalised feature.
func (a *api) sketch(c echo.Context, collection land.Collection) error {
	var o land.Sketch
	err := a.db.Read(c.Request().Context(), func(tx *store.Tx) (err error) {
		o, err = tx.Sketch(c.Request().Context(), collection, c.Param("id"), a.today().Day)
		return err
	})
	if err != nil {
		return err
	}
	return answer(c, ogc.TypeGeoJSON, "", ogc.NewSketch(o))
}
