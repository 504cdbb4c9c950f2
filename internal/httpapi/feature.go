package httpapi

import (
	"strconv"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// list is the shape of every list outside OGC.
type list[T any] struct {
	Items   []T     `json:"items"`
	Next    *string `json:"next"`
	Matched int     `json:"matched"`
}

func (a *api) versions(c echo.Context) error {
	found, err := a.history(c, nil)
	if err != nil {
		return err
	}
	out := list[ogc.Version]{Items: make([]ogc.Version, len(found)), Matched: len(found)}
	for i, f := range found {
		out.Items[i] = ogc.NewVersion(f)
	}
	return answer(c, ogc.TypeJSON, "", out)
}

func (a *api) oneVersion(c echo.Context) error {
	n, err := strconv.ParseInt(c.Param("version"), 10, 32)
	if err != nil || n < 1 {
		return fault.New(fault.NotFound, "feature.no_version", "id", c.Param("id"), "version", c.Param("version")).In("{version}")
	}
	number := int32(n)
	found, err := a.history(c, &number)
	if err != nil {
		return err
	}
	return a.answerFeature(c, found[0])
}

func (a *api) history(c echo.Context, number *int32) (found []land.Feature, err error) {
	collection, err := ogc.ParseCollection(c.Param("collection"), land.Collections)
	if err != nil {
		return nil, err
	}
	clock, err := a.clock(c)
	if err != nil {
		return nil, err
	}
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		found, err = tx.Versions(c.Request().Context(), collection, c.Param("id"), clock.Known, number)
		return err
	})
	return found, err
}
