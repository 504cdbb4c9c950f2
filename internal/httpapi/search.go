package httpapi

import (
	"strings"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// The words of a search, and how many things answer it.
const (
	longestWords = 100
	defaultFound = 20
	mostFound    = 100
)

type foundView struct {
	Collection land.Collection `json:"collection"`
	ID         string          `json:"id"`
	Kind       string          `json:"kind"`
	Name       *string         `json:"name"`
	NameEn     *string         `json:"name_en"`
	Place      *string         `json:"place"`
	PlaceEn    *string         `json:"place_en"`
	BBox       land.Box        `json:"bbox"`
}

func (a *api) search(c echo.Context) error {
	words := strings.TrimSpace(c.QueryParam("q"))
	if words == "" || utf8.RuneCountInString(words) > longestWords {
		return fault.New(fault.Malformed, "search.words", "max", longestWords).In("?q")
	}
	limit, err := ogc.ParseLimit(c.QueryParams(), defaultFound, mostFound)
	if err != nil {
		return err
	}
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	out := list[foundView]{Items: []foundView{}}
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		found, err := tx.Search(c.Request().Context(), words, clock, limit)
		for _, f := range found {
			out.Items = append(out.Items, foundView{f.Collection, f.Code, f.Kind, f.Name, f.NameEn, f.Place, f.PlaceEn, f.Box})
		}
		out.Matched = len(found)
		return err
	})
	if err != nil {
		return err
	}
	return answer(c, ogc.TypeJSON, "", out)
}
