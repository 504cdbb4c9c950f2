package httpapi

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/geometry"
	"zhengbei/internal/land"
	"zhengbei/internal/ogc"
	"zhengbei/internal/progress"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"
)

// when stands in every answer of figures: the day, whose knowledge, and whether it stays so for ever.
type when struct {
	At      land.Day   `json:"at"`
	Known   *time.Time `json:"known"`
	Settled bool       `json:"settled"`
}

func viewWhen(clock land.Clock) when {
	w := when{At: clock.Days.To, Settled: !clock.Known.IsZero()}
	if w.Settled {
		known := clock.Known.UTC()
		w.Known = &known
	}
	return w
}

type nameView struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	NameEn string `json:"name_en"`
}

type rowView struct {
	nameView
	Figures figuresView `json:"figures"`
}

type progressView struct {
	when
	Demo     bool    `json:"demo"`
	UseClass *string `json:"use_class"`
	Round    struct {
		nameView
		StartsOn land.Day     `json:"starts_on"`
		Deadline *land.Day    `json:"deadline"`
		TargetHa *json.Number `json:"target_ha"`
		Figures  figuresView  `json:"figures"`
	} `json:"round"`
	Parcels      []parcelView `json:"parcels"`
	Zones        []rowView    `json:"zones"`
	CommandPosts []postView   `json:"command_posts"`
}

type parcelView struct {
	nameView
	NameStatus  *string     `json:"name_status"`
	CommandPost *nameView   `json:"command_post"`
	Accuracy    string      `json:"accuracy"`
	Stage       string      `json:"stage"`
	Zone        *string     `json:"zone"`
	Box         land.Box    `json:"box"`
	Figures     figuresView `json:"figures"`
}

type postView struct {
	nameView
	Parcels []string    `json:"parcels"`
	Figures figuresView `json:"figures"`
}

// ViewProgress is the table as /api/v1/progress answers it; the command line prints the same.
func ViewProgress(t progress.Table) any {
	at := t.Clock.Days.To
	v := progressView{when: viewWhen(t.Clock), Demo: t.Round.Demo, UseClass: t.UseClass, Parcels: []parcelView{}, Zones: []rowView{}, CommandPosts: []postView{}}
	v.Round.nameView = nameView{t.Round.Code, t.Round.Name, t.Round.NameEn}
	v.Round.StartsOn, v.Round.Deadline, v.Round.TargetHa = t.Round.StartsOn, t.Round.Deadline, t.Round.TargetHa
	target := targetOf(t.Round)
	if t.UseClass != nil {
		target = nil // the target is of all land
	}
	v.Round.Figures = viewFigures(t.Figures, at, t.Round, target)
	for _, p := range t.Parcels {
		line := parcelView{
			nameView: nameView{p.Code, p.Name, p.NameEn}, NameStatus: p.NameStatus, Accuracy: p.Accuracy, Stage: p.Stage, Zone: p.Zone, Box: p.Box,
			Figures: viewFigures(p.Figures, at, t.Round, nil),
		}
		if p.Post != nil {
			line.CommandPost = &nameView{p.Post.Code, p.Post.Name, p.Post.NameEn}
		}
		v.Parcels = append(v.Parcels, line)
	}
	for _, z := range t.Zones {
		v.Zones = append(v.Zones, rowView{nameView{z.Code, z.Name, z.NameEn}, viewFigures(z.Figures, at, t.Round, nil)})
	}
	for _, p := range t.Posts {
		v.CommandPosts = append(v.CommandPosts, postView{nameView{p.Code, p.Name, p.NameEn}, p.Parcels, viewFigures(p.Figures, at, t.Round, nil)})
	}
	return v
}

// targetOf is the round's target; nil without one.
func targetOf(r land.Round) *land.M2 {
	if area, ok := r.Target(); ok {
		return &area
	}
	return nil
}

func (a *api) progress(c echo.Context) error {
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	class, err := useClass(c.QueryParams())
	if err != nil {
		return err
	}
	table, err := a.figures.Table(c.Request().Context(), clock, class)
	if err != nil {
		return err
	}
	if passing(c) { // totals alone
		table.Parcels, table.Zones, table.Posts = nil, nil, nil
	}
	return answer(c, ogc.TypeJSON, "", ViewProgress(table))
}

func useClass(q url.Values) (*string, error) {
	if !q.Has("use_class") {
		return nil, nil
	}
	class := q.Get("use_class")
	return &class, oneOf("?use_class", class, land.UseClasses)
}

// oneOf refuses a word that a parameter does not know.
func oneOf(field, value string, words []string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return fault.New(fault.Malformed, "value.unknown", "value", value, "known", strings.Join(words, ", ")).In(field)
}

type seriesView struct {
	when
	Items []pointView `json:"items"`
}

type pointView struct {
	On         land.Day     `json:"on"`
	ReleasedHa json.Number  `json:"released_ha"`
	SignedHa   json.Number  `json:"signed_ha"`
	PlannedHa  *json.Number `json:"planned_ha"`
}

func (a *api) series(c echo.Context) error {
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	q := c.QueryParams()
	span := progress.Span{Step: progress.Weekly, Parcel: q.Get("parcel")}
	for _, edge := range []struct {
		name string
		day  *land.Day
	}{{"from", &span.From}, {"to", &span.To}} {
		if q.Has(edge.name) {
			if *edge.day, err = land.ParseDay("?"+edge.name, q.Get(edge.name)); err != nil {
				return err
			}
		}
	}
	if q.Has("step") {
		span.Step = progress.Step(q.Get("step"))
		if err := oneOf("?step", q.Get("step"), []string{string(progress.Daily), string(progress.Weekly), string(progress.Monthly)}); err != nil {
			return err
		}
	}
	s, err := a.figures.Series(c.Request().Context(), clock, span)
	if err != nil {
		return err
	}
	v := seriesView{when: viewWhen(clock), Items: make([]pointView, len(s.Points))}
	for i, p := range s.Points {
		v.Items[i] = pointView{On: p.On, ReleasedHa: ha(p.Released), SignedHa: ha(p.Signed)}
		if p.Planned != nil {
			v.Items[i].PlannedHa = maybe(p.Planned.Ha(), true)
		}
	}
	return answer(c, ogc.TypeJSON, "", v)
}

type blocksView struct {
	when
	Items   []blockView          `json:"items"`
	AtLeast map[string]leastView `json:"at_least"`
}

type blockView struct {
	AreaM2   json.Number     `json:"area_m2"`
	AreaHa   json.Number     `json:"area_ha"`
	Parcel   *string         `json:"parcel"`
	Plots    []string        `json:"plots"`
	Centre   [2]float64      `json:"centre"`
	Geometry json.RawMessage `json:"geometry"`
}

type leastView struct {
	Blocks int         `json:"blocks"`
	AreaHa json.Number `json:"area_ha"`
}

// leastBlocks are the sizes in hectares at which blocks are counted: what an industrial project asks for.
var leastBlocks = []string{"5", "10", "30"}

func (a *api) blocks(c echo.Context) error {
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	q := c.QueryParams()
	var least land.M2
	if q.Has("min_ha") {
		area, ok := land.ParseHa(json.Number(q.Get("min_ha")))
		if !ok || area < 0 {
			return fault.New(fault.Malformed, "area.malformed", "value", q.Get("min_ha")).In("?min_ha")
		}
		least = area
	}
	b, err := a.figures.Blocks(c.Request().Context(), clock, q.Get("parcel"), least)
	if err != nil {
		return err
	}
	v := blocksView{when: viewWhen(clock), Items: make([]blockView, len(b.Blocks)), AtLeast: map[string]leastView{}}
	for i, block := range b.Blocks {
		v.Items[i] = blockView{AreaM2: m2(block.Area), AreaHa: ha(block.Area), Plots: block.Codes, Centre: block.Outline.Centre, Geometry: block.Outline.Geometry}
		if block.Parcel != "" {
			v.Items[i].Parcel = &b.Blocks[i].Parcel
		}
	}
	for _, size := range leastBlocks {
		area, _ := land.ParseHa(json.Number(size))
		n, sum := b.AtLeast(area)
		v.AtLeast[size] = leastView{n, ha(sum)}
	}
	return answer(c, ogc.TypeJSON, "", v)
}

type keystonesView struct {
	when
	Items   []keystoneView `json:"items"`
	Matched int            `json:"matched"`
}

type keystoneView struct {
	Rank          int         `json:"rank"`
	Holding       string      `json:"holding"`
	Name          string      `json:"name"`
	Class         string      `json:"class"`
	Parcel        string      `json:"parcel"`
	Plots         []string    `json:"plots"`
	Missing       int         `json:"missing"`
	ClearsM2      json.Number `json:"clears_m2"` // a page rounds these, and not hectares that were rounded before
	ClearsHa      json.Number `json:"clears_ha"`
	BlockBeforeHa json.Number `json:"block_before_ha"`
	BlockAfterHa  json.Number `json:"block_after_ha"`
	GainM2        json.Number `json:"gain_m2"`
	GainHa        json.Number `json:"gain_ha"`
	NextStep      string      `json:"next_step"`
	Why           string      `json:"why"`
	LastVisit     *land.Day   `json:"last_visit"`
	Box           land.Box    `json:"box"`
}

// usualKeystones is a morning's list.
const usualKeystones = 20

func (a *api) keystones(c echo.Context) error {
	clock, err := a.clock(c)
	if err != nil {
		return err
	}
	limit, err := ogc.ParseLimit(c.QueryParams(), usualKeystones, progress.MostKeystones)
	if err != nil {
		return err
	}
	k, err := a.figures.Keystones(c.Request().Context(), clock, c.QueryParam("parcel"), limit)
	if err != nil {
		return err
	}
	lang := speaks(c.Request())
	v := keystonesView{when: viewWhen(clock), Items: make([]keystoneView, len(k.Items)), Matched: k.All}
	for i, t := range k.Items {
		v.Items[i] = keystoneView{
			Rank: t.Rank, Holding: t.Holder.Code, Name: t.Holder.Name, Class: t.Holder.Class, Parcel: t.Holder.Parcel, Plots: t.Holder.Plots, Missing: t.Missing,
			ClearsM2: m2(t.Clears), ClearsHa: ha(t.Clears), BlockBeforeHa: ha(t.Before), BlockAfterHa: ha(t.After), GainM2: m2(t.Gain()), GainHa: ha(t.Gain()),
			NextStep: t.NextStep().In(lang), Why: t.Why().In(lang), LastVisit: t.Holder.LastVisit, Box: t.Holder.Box,
		}
	}
	return answerInLanguage(c, v)
}

// asked is a question about figures that stands in a body.
type asked struct {
	At    *string `json:"at"`
	Known *string `json:"known"`
}

// clockOf reads the clock of a question, as the parameters of that name would be read.
func (a *api) clockOf(c echo.Context, q asked) (land.Clock, error) {
	values := url.Values{}
	if q.At != nil {
		values.Set("at", *q.At)
	}
	if q.Known != nil {
		values.Set("known", *q.Known)
	}
	clock, err := ogc.ParseClock(values, a.today())
	if e, ok := fault.As(err); ok {
		return clock, e.In(strings.Replace(e.Field, "?", "/", 1))
	}
	return clock, a.settle(c, clock)
}

// gaussZone is where EPSG:4547 holds, in degrees: a selection further off could not be measured.
var gaussZone = orb.Bound{Min: orb.Point{112.5, 18}, Max: orb.Point{115.5, 45}}

// mostRadius in metres: the whole district lies within it.
const mostRadius = 50_000

func (a *api) selection(c echo.Context) error {
	var q struct {
		asked
		Polygon json.RawMessage `json:"polygon"`
		Circle  *struct {
			Centre  []float64 `json:"centre"`
			RadiusM float64   `json:"radius_m"`
		} `json:"circle"`
		Holdings []string `json:"holdings"`
	}
	if err := bind(c, &q); err != nil {
		return err
	}
	clock, err := a.clockOf(c, q.asked)
	if err != nil {
		return err
	}
	s := progress.Selection{Holdings: q.Holdings}
	if (len(q.Polygon) > 0) == (q.Circle != nil) && (q.Circle != nil || q.Holdings == nil) || len(q.Polygon) > 0 && q.Holdings != nil || q.Circle != nil && q.Holdings != nil {
		return fault.New(fault.Invalid, "selection.one_of").In("/")
	}
	switch {
	case len(q.Polygon) > 0:
		if s.Shape, err = geometry.Parse(q.Polygon, "/polygon", geometry.Rules{Extent: gaussZone}); err != nil {
			return err
		}
	case q.Circle != nil:
		if len(q.Circle.Centre) != 2 || !gaussZone.Contains(orb.Point(q.Circle.Centre)) || !(q.Circle.RadiusM > 0 && q.Circle.RadiusM <= mostRadius) {
			return fault.New(fault.Invalid, "selection.circle", "max", mostRadius).In("/circle")
		}
		s.Shape, s.RadiusM = orb.Point(q.Circle.Centre), &q.Circle.RadiusM
	default:
		if err := fewEnough(q.Holdings); err != nil {
			return err
		}
	}
	found, err := a.figures.Select(c.Request().Context(), clock, s)
	if err != nil {
		return err
	}
	return answer(c, ogc.TypeJSON, "", struct {
		when
		Demo     bool        `json:"demo"`
		Plots    []string    `json:"plots"`
		Holdings int64       `json:"holdings"`
		Figures  figuresView `json:"figures"`
	}{viewWhen(clock), found.Round.Demo, found.Plots, found.Holdings, viewFigures(found.Figures, clock.Days.To, found.Round, nil)})
}

// fewEnough bounds how many things a question names.
func fewEnough(ids []string) error {
	if len(ids) == 0 {
		return fault.New(fault.Invalid, "ids.none").In("/holdings")
	}
	if len(ids) > progress.MostIDs {
		return fault.New(fault.Invalid, "ids.too_many", "got", len(ids), "max", progress.MostIDs).In("/holdings")
	}
	return nil
}

func (a *api) whatIf(c echo.Context) error {
	var q struct {
		asked
		Holdings []string `json:"holdings"`
	}
	if err := bind(c, &q); err != nil {
		return err
	}
	clock, err := a.clockOf(c, q.asked)
	if err != nil {
		return err
	}
	if err := fewEnough(q.Holdings); err != nil {
		return err
	}
	s, err := a.figures.WhatIf(c.Request().Context(), clock, q.Holdings)
	if err != nil {
		return err
	}
	target := targetOf(s.Round)
	return answer(c, ogc.TypeJSON, "", struct {
		when
		Holdings []string    `json:"holdings"`
		Before   figuresView `json:"before"`
		After    figuresView `json:"after"`
	}{viewWhen(clock), s.Holdings, viewFigures(s.Before, clock.Days.To, s.Round, target), viewFigures(s.After, clock.Days.To, s.Round, target)})
}
