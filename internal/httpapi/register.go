package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// listed is one list of the register: its filters beside the clock, how a page is read, and how a row is shown.
type listed[T any] struct {
	words map[string][]string // filters that take one of these words
	read  func(*store.Tx, context.Context, store.Filter) ([]T, int64, error)
	after func(T) string // the place of a row, for the next link
	view  func(T) any
	// version is that of a row; with its code, which is after, it begins the tag of the row.
	version func(T) int32
}

func (l listed[T]) page(a *api, c echo.Context) error {
	q := c.QueryParams()
	f, err := l.filter(a, c)
	if err != nil {
		return err
	}
	limit := f.Limit
	f.Limit++ // one more says whether there is a next page
	var rows []T
	var matched int64
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		rows, matched, err = l.read(tx, c.Request().Context(), f)
		return err
	})
	if err != nil {
		return err
	}
	out := list[any]{Items: []any{}, Matched: int(matched)}
	if len(rows) > limit {
		rows = rows[:limit]
		next := a.base(c.Request()) + c.Request().URL.Path + "?" + nextQuery(q, l.after(rows[limit-1]))
		out.Next = &next
	}
	for _, row := range rows {
		out.Items = append(out.Items, l.view(row))
	}
	return answer(c, ogc.TypeJSON, "", out)
}

// one answers a single row by its code.
func (l listed[T]) one(a *api, c echo.Context) error {
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	id := c.Param("id")
	var rows []T
	err = a.db.Read(c.Request().Context(), func(tx *store.Tx) error {
		rows, _, err = l.read(tx, c.Request().Context(), store.Filter{Clock: clock, Code: &id, Limit: 1})
		return err
	})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fault.New(fault.NotFound, "register.unknown", "id", id).In("{id}")
	}
	return answer(c, ogc.TypeJSON, tagOf(id, l.version(rows[0])), l.view(rows[0]))
}

func (l listed[T]) filter(a *api, c echo.Context) (f store.Filter, err error) {
	q := c.QueryParams()
	if f.Clock, err = a.clock(c); err != nil {
		return f, err
	}
	if f.Limit, err = ogc.ParseLimit(q, ogc.DefaultLimit, ogc.MaxLimit); err != nil {
		return f, err
	}
	for name, words := range l.words {
		if q.Has(name) {
			if err := oneOf("?"+name, q.Get(name), words); err != nil {
				return f, err
			}
		}
	}
	text := func(name string) *string {
		if !q.Has(name) {
			return nil
		}
		v := q.Get(name)
		return &v
	}
	f.Parcel, f.Plot, f.Holding, f.CommandPost, f.Class, f.Kind = text("parcel"), text("plot"), text("holding"), text("command_post"), text("class"), text("kind")
	if f.Stage = text("stage"); f.Stage == nil {
		f.Stage = text("status")
	}
	if f.Words = text("q"); f.Words != nil && (*f.Words == "" || utf8.RuneCountInString(*f.Words) > longestWords) {
		return f, fault.New(fault.Malformed, "search.words", "max", longestWords).In("?q")
	}
	if s := text("subject"); s != nil {
		kind, code, ok := strings.Cut(*s, ":")
		if !ok || !slices.Contains(land.SubjectKinds, land.SubjectKind(kind)) {
			return f, fault.New(fault.Malformed, "subject.malformed", "value", *s).In("?subject")
		}
		f.Subject, f.SubjectKind = &code, &kind
	}
	for name, into := range map[string]**bool{"signed": &f.Signed, "voided": &f.Voided} {
		if q.Has(name) {
			if err := oneOf("?"+name, q.Get(name), []string{"true", "false"}); err != nil {
				return f, err
			}
			v := q.Get(name) == "true"
			*into = &v
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
	if q.Has("next") {
		after, err := placeOf(q)
		if err != nil {
			return f, err
		}
		f.After = after
		if day, id, ok := strings.Cut(after, "/"); ok {
			f.AfterDay, err = land.ParseDay("?next", day)
			n, bad := strconv.ParseInt(id, 10, 64)
			if err != nil || bad != nil {
				return f, fault.New(fault.Malformed, "next.forged").In("?next")
			}
			f.AfterID = n
		}
	}
	return f, nil
}

// A next link carries the query that it belongs to and, in its token, a check sum and the place of the last row.
const tokenCheck = 9

func nextQuery(q url.Values, after string) string {
	next := maps.Clone(q)
	next.Del("next")
	token := append(checkOf(next, after), after...)
	next.Set("next", base64.RawURLEncoding.EncodeToString(token))
	return next.Encode()
}

func placeOf(q url.Values) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(q.Get("next"))
	asked := maps.Clone(q)
	asked.Del("next")
	if err != nil || len(raw) <= tokenCheck || !isText(string(raw[tokenCheck:])) || !bytes.Equal(raw[:tokenCheck], checkOf(asked, string(raw[tokenCheck:]))) {
		return "", fault.New(fault.Malformed, "next.forged").In("?next")
	}
	return string(raw[tokenCheck:]), nil
}

func checkOf(q url.Values, after string) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", q.Encode(), after))
	return sum[:tokenCheck]
}

// stageNames are the words that a stage filter takes.
func stageNames(kind land.SubjectKind) []string {
	var names []string
	for _, s := range land.Stages[kind] {
		names = append(names, s.Name)
	}
	return names
}

// factKinds are the words that a kind filter takes.
func factKinds() []string {
	var names []string
	for _, r := range land.Order {
		names = append(names, string(r.Kind))
	}
	return names
}

var holdingList = listed[land.Holding]{
	words: map[string][]string{"stage": stageNames(land.OfHolding), "class": land.HoldingClasses},
	read:  (*store.Tx).Holdings,
	after: func(h land.Holding) string { return h.Code }, version: func(h land.Holding) int32 { return h.Version },
	view: func(h land.Holding) any {
		v := holdingView{
			Code: h.Code, Parcel: h.Parcel, CommandPost: h.CommandPost, Name: h.Name, Class: h.Class, Parties: []shareView{}, Land: []holdingLandView{}, Buildings: h.Buildings,
			LandM2: h.LandM2, FloorAreaM2: h.FloorAreaM2, Stage: h.Stage, Signed: h.Signed, Compulsory: h.Compulsory, Since: h.Since, Version: h.Version, Demo: h.Demo,
		}
		for _, p := range h.Parties {
			v.Parties = append(v.Parties, shareView{p.Party, p.PartyName, p.PartyKind, p.String()})
		}
		for _, l := range h.Land {
			v.Land = append(v.Land, holdingLandView{l.Plot, l.AreaM2})
		}
		return v
	},
}

type holdingView struct {
	Code        string            `json:"code"`
	Parcel      string            `json:"parcel"`
	CommandPost *string           `json:"command_post"`
	Name        string            `json:"name"`
	Class       string            `json:"class"`
	Parties     []shareView       `json:"parties"`
	Land        []holdingLandView `json:"land"`
	Buildings   []string          `json:"buildings"`
	LandM2      json.Number       `json:"land_m2"`
	FloorAreaM2 json.Number       `json:"floor_area_m2"`
	Stage       string            `json:"stage"`
	Signed      bool              `json:"signed"`
	Compulsory  bool              `json:"compulsory"`
	Since       *land.Day         `json:"since"`
	Version     int32             `json:"version"`
	Demo        bool              `json:"demo"`
}

type shareView struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Share string `json:"share"`
}

type holdingLandView struct {
	Plot   string      `json:"plot"`
	AreaM2 json.Number `json:"area_m2"`
}

var buildingList = listed[land.Building]{
	words: map[string][]string{"stage": stageNames(land.OfBuilding)},
	read:  (*store.Tx).Buildings,
	after: func(b land.Building) string { return b.Code }, version: func(b land.Building) int32 { return b.Version },
	view: func(b land.Building) any {
		tenants := make([]tenantView, len(b.Tenants))
		for i, name := range b.Tenants {
			tenants[i] = tenantView{name}
		}
		return struct {
			Code        string       `json:"code"`
			Holding     string       `json:"holding"`
			Plot        string       `json:"plot"`
			Parcel      string       `json:"parcel"`
			FloorAreaM2 json.Number  `json:"floor_area_m2"`
			Storeys     int32        `json:"storeys"`
			Use         string       `json:"use"`
			Tenants     []tenantView `json:"tenants"`
			Stage       string       `json:"stage"`
			Since       *land.Day    `json:"since"`
			Version     int32        `json:"version"`
			Demo        bool         `json:"demo"`
		}{b.Code, b.Holding, b.Plot, b.Parcel, b.FloorAreaM2, b.Storeys, b.Use, tenants, b.Stage, b.Since, b.Version, b.Demo}
	},
}

type tenantView struct {
	Name string `json:"name"`
}

var contractList = listed[land.Contract]{
	words: map[string][]string{"status": land.ContractStages, "kind": land.ContractKinds},
	read:  (*store.Tx).Contracts,
	after: func(c land.Contract) string { return c.Code }, version: func(c land.Contract) int32 { return c.Version },
	view: func(c land.Contract) any {
		return struct {
			Code     string       `json:"code"`
			Kind     string       `json:"kind"`
			Parcel   string       `json:"parcel"`
			Holdings []string     `json:"holdings"`
			Amount   *json.Number `json:"amount"`
			Status   string       `json:"status"`
			Since    *land.Day    `json:"since"`
			Version  int32        `json:"version"`
			Demo     bool         `json:"demo"`
		}{c.Code, c.Kind, c.Parcel, c.Holdings, c.Amount, c.Status, c.Since, c.Version, c.Demo}
	},
}

var postList = listed[land.CommandPost]{
	read:  (*store.Tx).CommandPosts,
	after: func(p land.CommandPost) string { return p.Code }, version: func(p land.CommandPost) int32 { return p.Version },
	view: func(p land.CommandPost) any {
		return struct {
			nameView
			Parcels []string `json:"parcels"`
			Version int32    `json:"version"`
			Demo    bool     `json:"demo"`
		}{nameView{p.Code, p.Name, p.NameEn}, p.Parcels, p.Version, p.Demo}
	},
}

var factList = listed[land.Fact]{
	words: map[string][]string{"kind": factKinds()},
	read:  (*store.Tx).Facts,
	after: func(f land.Fact) string { return fmt.Sprintf("%s/%d", f.OccurredOn, f.ID) },
	view:  func(f land.Fact) any { return viewFact(f) },
}

func (a *api) facts(c echo.Context) error        { return factList.page(a, c) }
func (a *api) holdings(c echo.Context) error     { return holdingList.page(a, c) }
func (a *api) holding(c echo.Context) error      { return holdingList.one(a, c) }
func (a *api) buildings(c echo.Context) error    { return buildingList.page(a, c) }
func (a *api) building(c echo.Context) error     { return buildingList.one(a, c) }
func (a *api) contracts(c echo.Context) error    { return contractList.page(a, c) }
func (a *api) contract(c echo.Context) error     { return contractList.one(a, c) }
func (a *api) commandPosts(c echo.Context) error { return postList.page(a, c) }
func (a *api) commandPost(c echo.Context) error  { return postList.one(a, c) }
