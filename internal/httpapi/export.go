package httpapi

import (
	"fmt"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"

	"github.com/labstack/echo/v4"
)

// export streams a whole collection as a file to keep.
func (a *api) export(c echo.Context) error {
	name, ext, _ := strings.Cut(c.Param("file"), ".")
	if ext != "geojson" {
		return fault.New(fault.NotFound, "export.format", "value", ext).In("{file}")
	}
	collection, err := ogc.ParseCollection(name, land.Layers)
	if err != nil {
		return err
	}
	page, err := ogc.ParsePage(collection, c.QueryParams(), a.today())
	if err != nil {
		return err
	}
	page.Limit = 0
	if err := a.recordExport(c, page); err != nil { // before the first byte: nothing leaves unrecorded
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", fmt.Sprintf("%s-%s.geojson", collection, page.Clock.Days.To)))
	return a.streamFeatures(c, page)
}
