package httpapi

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/ogc"

	"github.com/labstack/echo/v4"
)

//go:embed openapi.json
var openAPIFile []byte

//go:embed docs/docs.html
var docsHTML string

//go:embed docs/style.css
var docsCSS []byte

var docsPages = template.Must(template.New("docs").Parse(docsHTML))

// openAPI is the description of everything here. GDAL asks for 3.0; only the way to write null differs.
func (a *api) openAPI(c echo.Context) error {
	if err := onlyJSON(c); err != nil {
		return err
	}
	body, contentType := openAPIFile, ogc.TypeOpenAPI
	if strings.Contains(c.Request().Header.Get("Accept"), "openapi+json;version=3.0") {
		contentType, body = "application/vnd.oai.openapi+json;version=3.0", openAPI30(body)
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	base, err := json.Marshal(a.base(c.Request()))
	if err != nil {
		return err
	}
	body = bytes.Replace(body, []byte(`"servers": [{ "url": "/" }]`), []byte(`"servers": [{ "url": `+string(base)+` }]`), 1)
	return answerBytes(c, contentType, "", body)
}

var orNull = regexp.MustCompile(`"type": \[ "(\w+)", "null" \]`)

// openAPI30 says the same in OpenAPI 3.0, which writes null in another way.
func openAPI30(doc []byte) []byte {
	doc = bytes.Replace(doc, []byte(`"openapi": "3.1.0"`), []byte(`"openapi": "3.0.3"`), 1)
	return orNull.ReplaceAll(doc, []byte(`"type": "$1", "nullable": true`))
}

type docsView struct {
	Chinese  bool
	Lang     fault.Language
	Routes   []docsRoute
	Problems []docsProblem
	Problem  *docsProblem
}

type docsRoute struct{ Method, Path, Summary, Query string }

type docsProblem struct{ Code, Zh, ZhMend, En, EnMend string }

func newDocsProblem(code string) docsProblem {
	p := docsProblem{Code: code}
	p.Zh, p.ZhMend, _ = fault.Template(fault.Chinese, code)
	p.En, p.EnMend, _ = fault.Template(fault.English, code)
	return p
}

func (a *api) docs(c echo.Context) error {
	var doc struct {
		Paths map[string]map[string]struct {
			Summary   string `json:"summary"`
			SummaryZh string `json:"x-summary-zh"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(openAPIFile, &doc); err != nil {
		return err
	}
	view := docsView{}
	zh := speaks(c.Request()) == fault.Chinese
	for _, r := range a.table {
		op, ok := doc.Paths[openAPIPath(r.path)][strings.ToLower(r.method)]
		if !ok {
			continue // the page's own files
		}
		summary := op.Summary
		if zh {
			summary = op.SummaryZh
		}
		view.Routes = append(view.Routes, docsRoute{r.method, openAPIPath(r.path), summary, strings.Join(r.query, ", ")})
	}
	return a.docsPage(c, view)
}

// openAPIPath writes the parameters of a path as OpenAPI does.
func openAPIPath(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	if strings.HasPrefix(path, "/tiles/") {
		return strings.Join(parts, "/") + ".mvt"
	}
	return strings.Join(parts, "/")
}

func (a *api) problemsDocs(c echo.Context) error {
	var view docsView
	for _, code := range fault.Codes() {
		view.Problems = append(view.Problems, newDocsProblem(code))
	}
	return a.docsPage(c, view)
}

func (a *api) problemDocs(c echo.Context) error {
	code := c.Param("code")
	if !slices.Contains(fault.Codes(), code) {
		return fault.New(fault.NotFound, "route.unknown", "path", c.Request().URL.Path)
	}
	p := newDocsProblem(code)
	return a.docsPage(c, docsView{Problem: &p})
}

func (a *api) docsPage(c echo.Context, view docsView) error {
	view.Lang = speaks(c.Request())
	view.Chinese = view.Lang == fault.Chinese
	var body bytes.Buffer
	if err := docsPages.Execute(&body, view); err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept-Language")
	return answerBytes(c, "text/html; charset=utf-8", "", body.Bytes())
}

func (a *api) docsStyle(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
	return c.Blob(http.StatusOK, "text/css; charset=utf-8", docsCSS)
}
