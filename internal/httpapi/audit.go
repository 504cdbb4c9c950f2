package httpapi

import (
	"bufio"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhengbei/internal/audit"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// recordView is a record of the audit trail as lists show it and as a line of a file holds it: with its hash, so that anybody can recompute the chain.
type recordView struct {
	ID        int64           `json:"id"`
	At        time.Time       `json:"at"`
	AccountID *int32          `json:"account_id"`
	Account   string          `json:"account"`
	Role      *string         `json:"role"`
	Address   string          `json:"address"`
	Request   string          `json:"request"`
	Via       string          `json:"via"`
	Outcome   string          `json:"outcome"`
	Code      *string         `json:"code"`
	Objects   []string        `json:"objects"`
	Detail    json.RawMessage `json:"detail"`
	Seal      *int64          `json:"seal"`
	Hash      *string         `json:"hash"`
}

// ViewRecord shows a record; the command line writes the same.
func ViewRecord(r land.Record) any { return viewRecord(r) }

func viewRecord(r land.Record) recordView {
	v := recordView{r.ID, r.At.UTC(), r.AccountID, r.Account, r.Role, r.Address, r.Request, r.Via, r.Outcome, r.Code, r.Objects, r.Detail, r.Seal, nil}
	if r.Hash != nil {
		hash := hex.EncodeToString(r.Hash)
		v.Hash = &hash
	}
	return v
}

// auditFilter reads what is asked of the trail.
func auditFilter(c echo.Context) (f land.AuditFilter, err error) {
	q := c.QueryParams()
	for name, into := range map[string]**string{"account": &f.Account, "object": &f.Object, "via": &f.Via, "outcome": &f.Outcome, "code": &f.Code} {
		if q.Has(name) {
			v := q.Get(name)
			*into = &v
		}
	}
	if f.Outcome != nil {
		if err := oneOf("?outcome", *f.Outcome, land.Outcomes); err != nil {
			return f, err
		}
	}
	for name, into := range map[string]**land.Day{"from": &f.From, "to": &f.To} {
		if q.Has(name) {
			day, err := land.ParseDay("?"+name, q.Get(name))
			if err != nil {
				return f, err
			}
			*into = &day
		}
	}
	return f, nil
}

// auditTrail lists the trail, the newest record first.
func (a *api) auditTrail(c echo.Context) error {
	f, err := auditFilter(c)
	if err != nil {
		return err
	}
	q := c.QueryParams()
	limit, err := ogc.ParseLimit(q, ogc.DefaultLimit, ogc.MaxLimit)
	if err != nil {
		return err
	}
	f.Limit = limit + 1 // one more says whether there is a next page
	if q.Has("next") {
		place, err := placeOf(q)
		if err != nil {
			return err
		}
		if f.Before, err = strconv.ParseInt(place, 10, 64); err != nil {
			return fault.New(fault.Malformed, "next.forged").In("?next")
		}
	}
	var records []land.Record
	var matched int64
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		records, matched, err = tx.Records(c.Request().Context(), f)
		return err
	})
	if err != nil {
		return err
	}
	out := list[recordView]{Items: []recordView{}, Matched: int(matched)}
	if len(records) > limit {
		records = records[:limit]
		next := a.base(c.Request()) + c.Request().URL.Path + "?" + nextQuery(q, strconv.FormatInt(records[limit-1].ID, 10))
		out.Next = &next
	}
	for _, r := range records {
		out.Items = append(out.Items, viewRecord(r))
	}
	return answer(c, ogc.TypeJSON, "", out)
}

// exportTrail streams the trail as JSON Lines, the oldest record first.
func (a *api) exportTrail(c echo.Context) error {
	f, err := auditFilter(c)
	if err != nil {
		return err
	}
	if c.Request().Method != http.MethodHead {
		asked, err := json.Marshal(c.QueryParams())
		if err != nil {
			return err
		}
		if err := a.db.Record(c.Request().Context(), actor(c), land.Deed{Object: "export:audit", After: json.RawMessage(asked)}); err != nil {
			return err
		}
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/jsonl")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="audit-`+land.DayOf(a.now()).String()+`.jsonl"`)
	out := bufio.NewWriterSize(c.Response(), 32<<10)
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		if err := tx.Patient(c.Request().Context()); err != nil {
			return err
		}
		return WriteTrail(c.Request().Context(), tx, f, out)
	})
	if err == nil {
		err = out.Flush()
	}
	return a.cutOff(c, err)
}

// WriteTrail writes the records that a filter asks for, one a line; the command line writes the same.
func WriteTrail(ctx context.Context, tx *store.Tx, f land.AuditFilter, out *bufio.Writer) error {
	lines := json.NewEncoder(out)
	return tx.EachRecord(ctx, f, func(r land.Record) error { return lines.Encode(viewRecord(r)) })
}

// reportView is what a verification found, in a language.
type reportView struct {
	Whole   bool       `json:"whole"`
	Chain   string     `json:"chain"`
	Records int64      `json:"records"`
	Waiting int64      `json:"waiting"`
	Last    *sealView  `json:"last"`
	Since   *time.Time `json:"since"`
	Until   *time.Time `json:"until"`
	Faults  []saidView `json:"faults"`
	More    int64      `json:"more"`
	Notes   []saidView `json:"notes"`
}

type sealView struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

type saidView struct {
	Code   string `json:"code"`
	Record *int64 `json:"record"`
	Seal   *int64 `json:"seal"`
	Detail string `json:"detail"`
	Mend   string `json:"mend,omitempty"`
}

// ViewReport shows what a verification found; the command line prints the same.
func ViewReport(r audit.Report, lang fault.Language) any {
	said := func(faults []*fault.Error) []saidView {
		views := []saidView{}
		for _, f := range faults {
			v := saidView{Code: f.Code, Detail: f.Says(lang), Mend: f.Mend(lang)}
			if n, ok := f.Params["record"].(int64); ok {
				v.Record = &n
			}
			if n, ok := f.Params["seq"].(int64); ok {
				v.Seal = &n
			}
			views = append(views, v)
		}
		return views
	}
	v := reportView{r.Whole(), r.Chain.ID, r.Records, r.Waiting, nil, r.Since, r.Until, said(r.Faults), r.More, said(r.Notes)}
	if r.Last != nil {
		v.Last = &sealView{r.Last.Seq, hex.EncodeToString(r.Last.Hash)}
	}
	return v
}

// verifyTrail recomputes the whole chain and says what it found.
func (a *api) verifyTrail(c echo.Context) error {
	report, err := audit.Verify(c.Request().Context(), a.db, a.anchors)
	if err != nil {
		return err
	}
	for _, f := range slices.Concat(report.Faults, report.Notes) { // where files lie is the operator's business
		if path, ok := f.Params["file"].(string); ok {
			f.Params["file"] = path[strings.LastIndexByte(path, '/')+1:]
		}
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept-Language")
	c.Response().Header().Set("Content-Language", string(speaks(c.Request())))
	return answer(c, ogc.TypeJSON, "", ViewReport(report, speaks(c.Request())))
}

// recordExport records that a layer leaves as a file.
func (a *api) recordExport(c echo.Context, page store.Page) error {
	if c.Request().Method == http.MethodHead {
		return nil
	}
	return a.db.Record(c.Request().Context(), actor(c), ExportDeed(page))
}

// ExportDeed is what the audit trail says of a layer that leaves as a file, over HTTP or from the command line.
func ExportDeed(page store.Page) land.Deed {
	asked := struct {
		Collection land.Collection `json:"collection"`
		At         land.Day        `json:"at"`
		Known      *time.Time      `json:"known,omitempty"`
		Box        []float64       `json:"bbox,omitempty"`
		FID        *int32          `json:"fid,omitempty"`
	}{Collection: page.Collection, At: page.Clock.Days.To, FID: page.FID}
	if !page.Clock.Known.IsZero() {
		known := page.Clock.Known.UTC()
		asked.Known = &known
	}
	if b := page.Box; b != nil {
		asked.Box = []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	}
	return land.Deed{Object: "export:" + string(page.Collection), After: asked}
}

// recordWithin is how long an answer waits for its record.
const recordWithin = 3 * time.Second

// recordRefusal records an attempt that came to nothing, before it is answered. That it cannot be recorded is logged, and hides no answer.
func (a *api) recordRefusal(c echo.Context, f *fault.Error) {
	r, routed := rowFor(c)
	if !routed || !refusalCounts(r, c.Request(), f) {
		return
	}
	by := actor(c)
	by.Address, by.Request, by.Via = cmp.Or(by.Address, a.addressOf(c.Request())), cmp.Or(by.Request, requestID(c)), cmp.Or(by.Via, c.Request().Method+" "+r.path)
	if by.IsNobody() {
		_, by.Account, _, _ = a.shown(c.Request()) // the name that was tried, until refused knows whether there is such an account
	}
	objects := objectsOf(c)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), recordWithin)
	defer cancel()
	one := refusal{by, f.Code, objects, onlyTried(c.Request())}
	again, ended := a.repeated.again(one, a.now())
	for _, e := range ended {
		a.refused(ctx, e.refusal, struct {
			Folded int  `json:"folded"`
			Tried  bool `json:"dry_run,omitempty"`
		}{e.folded, e.tried})
	}
	if again {
		return
	}
	codes := []string{}
	for _, one := range f.Each() {
		if !slices.Contains(codes, one.Code) && len(codes) < mostCodes {
			codes = append(codes, one.Code)
		}
	}
	a.refused(ctx, one, struct {
		Status int      `json:"status"`
		Codes  []string `json:"codes"`
		Tried  bool     `json:"dry_run,omitempty"`
	}{status[f.Kind].code, codes, one.tried})
}

func (a *api) refused(ctx context.Context, r refusal, detail any) {
	if r.by.Role == "" && r.by.Account != "" {
		r.by.Account = a.people.Called(ctx, r.by.Account)
	}
	if err := a.db.Refused(ctx, r.by, r.code, r.objects, detail); err != nil {
		a.log.Error("a refusal could not be recorded", "id", r.by.Request, "code", r.code, "error", err)
	}
}

// mostCodes is how many faults of one request a record names.
const mostCodes = 20

// recordedAlready are the refusals of signing in, which are recorded where the name that was tried is known.
var recordedAlready = []string{"session.refused", "session.locked", "password.wrong", "oidc.role_none", "oidc.role_many", "oidc.post_unknown", "oidc.disabled"}

// registerPaths are those whose ids whoever may not see them is told nothing of: who asks for what there is not is recorded.
var registerPaths = []string{
	"/api/v1/holdings/:id", "/api/v1/buildings/:id", "/api/v1/contracts/:id", "/api/v1/parties/:id", "/api/v1/command-posts/:id",
	"/api/v1/features/:collection/:id/versions", "/api/v1/features/:collection/:id/versions/:version",
}

// refusalCounts reports whether a refusal is recorded: whatever the asker has no right to, and each change that came to nothing.
func refusalCounts(r route, q *http.Request, f *fault.Error) bool {
	change := r.method != get && r.class != reading
	switch {
	case slices.Contains(recordedAlready, f.Code):
		return false
	case f.Kind == fault.Forbidden:
		return true
	case f.Kind == fault.Unauthenticated:
		return f.Code != "session.none"
	case !change:
		return f.Kind == fault.NotFound && slices.Contains(registerPaths, r.path)
	case onlyTried(q): // a trial answers whether there is such a thing as well as a change does
		return slices.ContainsFunc(f.Each(), func(one *fault.Error) bool { return one.Kind == fault.NotFound || one.Code == "row.unknown" })
	}
	return slices.Contains([]fault.Kind{fault.NotFound, fault.Gone, fault.Conflict, fault.Stale, fault.Invalid, fault.Required, fault.TooMany}, f.Kind)
}

// onlyTried reports whether a change is asked for without being made.
func onlyTried(q *http.Request) bool { return q.URL.Query().Get("dry_run") == "true" }

// objectsOf are the things that a path names, as the trail names them.
func objectsOf(c echo.Context) []string {
	kind := map[string]string{"imports": "import:", "users": "account:", "tokens": "token:", "sessions": "session:", "facts": "fact:", "exports": "export:"}
	parts := strings.Split(c.Path(), "/")
	var objects []string
	for i, name := range c.ParamNames() {
		if name == "collection" || name == "version" || i >= len(c.ParamValues()) {
			continue
		}
		at := slices.Index(parts, ":"+name)
		prefix := ""
		if at > 0 {
			prefix = kind[parts[at-1]]
		}
		objects = append(objects, prefix+c.ParamValues()[i])
	}
	return objects
}

// refusal is an attempt that came to nothing.
type refusal struct {
	by      land.Actor
	code    string
	objects []string
	tried   bool // with dry_run: no such trial hides the change that follows it
}

// what tells refusals apart: of somebody by what was tried, of nobody by the address alone, since a name or a token that is guessed costs nothing.
func (r refusal) what() string {
	if r.by.Role == "" {
		return r.by.Address + " " + r.code
	}
	via := r.by.Via
	if r.tried {
		via += "?dry_run"
	}
	return r.by.Account + " " + r.code + " " + via + " " + strings.Join(r.objects, " ")
}

// repeats folds refusals that come again within seconds: a program that asks and asks would fill a trail that nobody can empty.
// How many were folded stands in a record of its own, as soon as a refusal comes after those seconds.
type repeats struct {
	mu     sync.Mutex
	known  map[string]*folding
	swept  time.Time
	nobody int // refusals of nobody that were recorded since then, from all addresses
}

type folding struct {
	refusal
	folded int
}

// The bounds of what is remembered, and of what people write who are not signed in.
const (
	repeatsFor  = 10 * time.Second
	mostRepeats = 10_000
	mostUnknown = 50
)

// again reports whether a refusal is folded into one before it, and which foldings have ended.
func (r *repeats) again(one refusal, now time.Time) (again bool, ended []folding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.swept) >= repeatsFor || now.Before(r.swept) || len(r.known) >= mostRepeats {
		for what, f := range r.known {
			if f.folded > 0 {
				ended = append(ended, *f)
			}
			delete(r.known, what)
		}
		r.swept, r.nobody = now, 0
	}
	what := one.what()
	if one.by.Role == "" {
		if _, known := r.known[what]; !known {
			if r.nobody++; r.nobody > mostUnknown { // from too many addresses to list them
				what = "nobody " + one.code
			}
		}
	}
	if f, known := r.known[what]; known {
		f.folded++
		return true, ended
	}
	if r.known == nil {
		r.known = map[string]*folding{}
	}
	r.known[what] = &folding{refusal: one}
	return false, ended
}
