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
	"zhengbei/internal/land"
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
	if _, err := a.clocked(c); err != nil {
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
	Facts    []docsFact
	Stages   []docsStages
	Access   *docsAccess
}

// docsFact is a row of the order of facts, in the reader's language.
type docsFact struct {
	Kind, Name, Says, Subjects, Needs, Refused, Evidence, By string
	Value                                                    []docsField
}

type docsField struct{ Name, Says string }

// docsStages are the derived states of a kind of subject.
type docsStages struct {
	Subject string
	Stages  []docsStage
}

type docsStage struct{ Name, Words, When string }

type docsRoute struct{ Method, Path, Summary, Query string }

type docsProblem struct{ Code, Zh, ZhMend, En, EnMend string }

func newDocsProblem(code string) docsProblem {
	p := docsProblem{Code: code}
	p.Zh, p.ZhMend, _ = fault.Template(fault.Chinese, code)
	p.En, p.EnMend, _ = fault.Template(fault.English, code)
	return p
}

func (a *api) docs(c echo.Context) error {
	summaries, err := readSummaries(speaks(c.Request()))
	if err != nil {
		return err
	}
	view := docsView{}
	for _, r := range a.table {
		path := openAPIPath(r.path)
		if summary, ok := summaries[r.method+" "+path]; ok { // else one of the page's own files
			view.Routes = append(view.Routes, docsRoute{r.method, path, summary, strings.Join(r.query, ", ")})
		}
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

// factsDocs shows the order of facts, and the states that follow from it, as land has them.
func (a *api) factsDocs(c echo.Context) error {
	lang := speaks(c.Request())
	list := func(conditions []land.Condition) string {
		words := make([]string, len(conditions))
		for i, n := range conditions {
			words[i] = n.Says().In(lang)
		}
		return strings.Join(words, fault.Words{Zh: "；", En: "; "}.In(lang))
	}
	var view docsView
	for _, r := range land.Order {
		f := docsFact{Kind: string(r.Kind), Name: r.Name.In(lang), Says: r.Says.In(lang), Needs: list(r.Needs), Refused: list(r.Refused), Evidence: r.Evidence.In(lang), By: land.RoleNames[r.By].In(lang)}
		var subjects []string
		for _, s := range r.Subjects {
			subjects = append(subjects, land.SubjectWords[s].In(lang))
		}
		f.Subjects = strings.Join(subjects, fault.Words{Zh: "、", En: ", "}.In(lang))
		for _, member := range r.Fields {
			f.Value = append(f.Value, docsField{member.Name, member.Words.In(lang)})
		}
		view.Facts = append(view.Facts, f)
	}
	for _, kind := range land.SubjectKinds {
		if of := land.Stages[kind]; len(of) > 0 {
			s := docsStages{Subject: land.SubjectWords[kind].In(lang)}
			for _, stage := range of {
				s.Stages = append(s.Stages, docsStage{stage.Name, stage.Words.In(lang), stage.When.In(lang)})
			}
			view.Stages = append(view.Stages, s)
		}
	}
	return a.docsPage(c, view)
}

// factsSchema is the JSON Schema of the value of each kind of fact.
func (a *api) factsSchema(c echo.Context) error {
	body, err := land.ValueSchemas()
	if err != nil {
		return err
	}
	return answerBytes(c, "application/schema+json", "", body)
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
