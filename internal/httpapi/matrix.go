package httpapi

import (
	"encoding/json"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/labstack/echo/v4"
)

// visitor is a column of the matrix of access: who asks, and by which bits of a rule he is let in.
type visitor struct {
	key   string
	words fault.Words
	by    rule
}

// visitors are the roles, and those who are not signed in.
var visitors = func() (all []visitor) {
	for _, role := range land.Roles {
		all = append(all, visitor{string(role), land.RoleNames[role], bitOf[role]})
	}
	return append(
		all,
		visitor{"nobody", fault.Words{Zh: "未登录", En: "not signed in"}, passersby},
		visitor{"reader", fault.Words{Zh: "未登录（已开放匿名）", En: "not signed in, anonymous reading on"}, passersby | readers},
		visitor{"machine", fault.Words{Zh: "本机监控", En: "monitor on this machine"}, passersby | machine},
	)
}()

// admits reports whether a row of the table lets a visitor in; the tests hold each answer against the running service.
func (r route) admits(v visitor) bool { return r.rule&v.by != 0 }

// docsAccess is the matrix of access in the reader's language.
type docsAccess struct {
	Who  []string
	Rows []docsRow
}

type docsRow struct {
	Method, Path, Summary, Scope, Class, Body string
	May                                       []bool
}

var scopeWords = map[scope]fault.Words{
	bySession: {Zh: "不可用令牌", En: "no token"}, toRead: {Zh: "读 read", En: "read"}, toEdit: {Zh: "改 edit", En: "edit"}, toExport: {Zh: "导出 export", En: "export"},
}

var classWords = map[class]fault.Words{
	reading: {Zh: "读", En: "reading"}, writing: {Zh: "写", En: "writing"}, bulk: {Zh: "文件", En: "files"}, signingIn: {Zh: "登录", En: "signing in"}, revealing: {Zh: "显示个人信息", En: "unmasking"},
}

var sizeWords = map[size]string{noBody: "", kB64: "64 kB", mB10: "10 MB", mB100: "100 MB"}

// accessDocs shows the table of routes as the matrix of who may do what.
func (a *api) accessDocs(c echo.Context) error {
	lang := speaks(c.Request())
	summaries, err := readSummaries(lang)
	if err != nil {
		return err
	}
	view := docsAccess{}
	for _, v := range visitors {
		view.Who = append(view.Who, v.words.In(lang))
	}
	for _, r := range a.table {
		row := docsRow{Method: r.method, Path: openAPIPath(r.path), Summary: summaries[r.method+" "+openAPIPath(r.path)], Scope: scopeWords[r.scope].In(lang), Class: classWords[r.class].In(lang), Body: sizeWords[r.body]}
		if r.rule&passersby != 0 && r.scope != bySession {
			row.Scope = "" // no token is asked for
		}
		for _, v := range visitors {
			row.May = append(row.May, r.admits(v))
		}
		view.Rows = append(view.Rows, row)
	}
	return a.docsPage(c, docsView{Access: &view})
}

// readSummaries are what each route does, in one line, from the OpenAPI document.
func readSummaries(lang fault.Language) (map[string]string, error) {
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(openAPIFile, &doc); err != nil {
		return nil, err
	}
	says := map[string]string{}
	for path, operations := range doc.Paths {
		for method, raw := range operations {
			var op struct {
				Summary   string `json:"summary"`
				SummaryZh string `json:"x-summary-zh"`
			}
			if err := json.Unmarshal(raw, &op); err != nil {
				continue // what is common to all methods of a path
			}
			says[strings.ToUpper(method)+" "+path] = fault.Words{Zh: op.SummaryZh, En: op.Summary}.In(lang)
		}
	}
	return says, nil
}
