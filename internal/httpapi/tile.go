package httpapi

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/tile"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

func (a *api) tile(c echo.Context) error {
	id, err := tile.ParseID(c.Param("z"), c.Param("x"), c.Param("y"))
	if err != nil {
		return err
	}
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	t, stale, err := a.tiles.Get(c.Request().Context(), id, clock)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, revalidated)
	h.Set(echo.HeaderContentType, ogc.TypeMVT)
	if stale {
		h.Set("Zhengbei-As-Of", t.Made.UTC().Format(time.RFC3339))
	}
	plain := !strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip")
	tag := t.ETag
	if !plain && len(t.Gzip) > 0 {
		tag += gzipMark
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	same, err := unchanged(c, tag)
	if err != nil {
		h.Del(echo.HeaderContentEncoding)
		return err
	}
	if same {
		h.Del(echo.HeaderContentEncoding)
		return c.NoContent(http.StatusNotModified)
	}
	body := t.Gzip
	if plain && len(body) > 0 {
		if body, err = unpack(body); err != nil {
			return err
		}
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err = c.Response().Write(body)
	return ignoreGone(c, err)
}

// unpack serves the rare client that takes no gzip.
func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// tileSet is TileJSON 3.0.
type tileSet struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	Attribution  string        `json:"attribution"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       *land.Box     `json:"bounds,omitempty"`
	VectorLayers []vectorLayer `json:"vector_layers"`
}

type vectorLayer struct {
	ID      string            `json:"id"`
	MinZoom int               `json:"minzoom"`
	MaxZoom int               `json:"maxzoom"`
	Fields  map[string]string `json:"fields"`
}

// plotsFromZoom is where the tiles begin to carry plots, as the tile.mvt query has it.
const plotsFromZoom = 12

func (a *api) tileJSON(c echo.Context) error {
	extent, _, err := a.coverage(c)
	if err != nil {
		return err
	}
	landing := a.documents(c).Landing()
	c.Response().Header().Add(echo.HeaderVary, "Accept-Language")
	return answer(c, ogc.TypeJSON, "", tileSet{
		TileJSON: "3.0.0", Name: landing.Title, Description: landing.Description, Attribution: "zhengbei 整备",
		Tiles:   []string{a.base(c.Request()) + "/tiles/{z}/{x}/{y}.mvt"},
		MinZoom: 0, MaxZoom: tile.MaxZoom, Bounds: extent,
		VectorLayers: []vectorLayer{
			{"context", 0, tile.MaxZoom, map[string]string{"code": "String", "kind": "String", "name": "String", "name_en": "String"}},
			{"zones", 0, tile.MaxZoom, map[string]string{"code": "String", "name": "String", "name_en": "String", "accuracy": "String"}},
			{"parcels", 0, tile.MaxZoom, map[string]string{"code": "String", "name": "String", "name_en": "String", "accuracy": "String", "name_status": "String", "area_m2": "Number"}},
			{"plots", plotsFromZoom, tile.MaxZoom, map[string]string{"code": "String, from z15", "area_m2": "Number, from z15", "disposition": "String", "use_class": "String", "stage": "String"}},
			{"released", 0, tile.MaxZoom, map[string]string{}},
		},
	})
}
