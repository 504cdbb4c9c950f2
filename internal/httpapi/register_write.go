package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// written is how rows of one kind are written: entered by POST, revised by PATCH as a merge patch (RFC 7396).
type written[T, D any] struct {
	noun    signing.Noun[T, D]
	path    string
	base    string                         // the member that shows the version
	read    func(m *members, fresh bool) D // what is sent of a thing; a fresh one needs what it cannot be without
	derived []string                       // members that GET shows and nobody writes: sent back as they are they change nothing
	code    func(T) string
	version func(T) int32
	echoes  func(m *members, present *T) []*fault.Error          // what was sent back within a list otherwise than it is shown; nil: nothing can be
	beside  func(ctx context.Context, tx *store.Tx, row T) error // writes what is kept apart from the rows of the register; nil: nothing is
	view    func(c echo.Context, tx *store.Tx, row T) (any, error)
}

// rows is written for a list of the register.
func rows[T, D any](l listed[T], noun signing.Noun[T, D], path string, read func(*members, bool) D, derived ...string) written[T, D] {
	return written[T, D]{
		noun: noun, path: path, base: "version", read: read, derived: derived, code: l.after, version: l.version,
		view: func(_ echo.Context, _ *store.Tx, row T) (any, error) { return l.view(row), nil },
	}
}

// enter adds a thing.
func (w written[T, D]) enter(a *api, c echo.Context) error {
	m, err := membersOf(c)
	if err != nil {
		return err
	}
	ask := signing.Written[T]{Today: a.day}
	if code := m.text("code", land.MostName); code != nil {
		ask.Code = *code
	}
	draft := w.read(m, true)
	w.common(m, &ask)
	for _, name := range append([]string{w.base}, w.derived...) {
		if m.take(name) != nil {
			m.fail(fault.New(fault.Invalid, "row.read_only", "member", name), name)
		}
	}
	if w.echoes != nil {
		m.faults = append(m.faults, w.echoes(m, nil)...)
	}
	if err := m.unknown(); err != nil {
		return err
	}
	ask.Faults = m.faults
	return a.write(c, m.sent, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
		ask.Done = w.done(c, http.StatusCreated, keep)
		return w.noun.Enter(ctx, a.db, by, draft, ask)
	})
}

// revise changes a thing.
func (w written[T, D]) revise(a *api, c echo.Context, code string) error {
	m, err := membersOf(c, typeMergePatch)
	if err != nil {
		return err
	}
	named := m.base(w.base)
	if len(m.faults) > 0 {
		return fault.All(m.faults)
	}
	base, err := baseOf(c, code, named)
	if err != nil {
		return err
	}
	draft := w.read(m, false)
	ask := signing.Written[T]{Code: code, Today: a.day}
	if m.named == 0 {
		m.fail(fault.New(fault.Invalid, "row.nothing"), "")
	}
	w.common(m, &ask)
	sentBack := map[string]json.RawMessage{}
	for _, name := range w.derived {
		if raw := m.take(name); raw != nil {
			sentBack[name] = raw
		}
	}
	if err := m.unknown(); err != nil {
		return err
	}
	ask.Faults = m.faults
	ask.Seen = func(tx *store.Tx, present T) ([]*fault.Error, error) {
		view, err := w.shown(c, tx, present)
		if err != nil {
			return nil, err
		}
		if version := w.version(present); !base.Is(version) {
			change, err := tx.LastChange(c.Request().Context(), code)
			if err != nil {
				return nil, err
			}
			changed, err := json.Marshal(change)
			if err != nil {
				return nil, err
			}
			return nil, fault.New(fault.Stale, "row.stale", "id", code, "version", version).In("If-Match:").Showing("current", view).Showing("changed", changed)
		}
		faults, err := readOnly(sentBack, view)
		if w.echoes != nil {
			faults = append(faults, w.echoes(m, &present)...)
		}
		return faults, err
	}
	return a.write(c, m.sent, func(ctx context.Context, by land.Actor, keep func(*store.Tx, outcome) error) error {
		ask.Done = w.done(c, http.StatusOK, keep)
		return w.noun.Revise(ctx, a.db, by, draft, ask)
	})
}

// common reads what every write says: why, and since when it holds.
func (w written[T, D]) common(m *members, ask *signing.Written[T]) {
	if reason := m.text("reason", land.MostReason); reason != nil {
		ask.Reason = *reason
	} else if !m.failed("reason") {
		m.fail(fault.New(fault.Invalid, "change.no_reason"), "reason")
	}
	ask.ValidFrom = m.day("valid_from")
}

// done answers what was written as GET shows it, with what is to be considered beside it.
func (w written[T, D]) done(c echo.Context, status int, keep func(*store.Tx, outcome) error) func(*store.Tx, T, []*fault.Error) error {
	lang := speaks(c.Request())
	return func(tx *store.Tx, row T, warnings []*fault.Error) error {
		if w.beside != nil {
			if err := w.beside(c.Request().Context(), tx, row); err != nil {
				return err
			}
		}
		view, err := w.shown(c, tx, row)
		if err != nil {
			return err
		}
		if len(warnings) > 0 {
			says := make([]string, len(warnings))
			for i, f := range warnings {
				says[i] = f.Says(lang)
			}
			raw, err := json.Marshal(says)
			if err != nil {
				return err
			}
			view = append(append(view[:len(view)-1:len(view)-1], `,"warnings":`...), append(raw, '}')...)
		}
		code := w.code(row)
		o := outcome{status: status, tag: tagOf(code, w.version(row)), body: view}
		if status == http.StatusCreated {
			o.place = w.path + "/" + code
		}
		return keep(tx, o)
	}
}

func (w written[T, D]) shown(c echo.Context, tx *store.Tx, row T) (json.RawMessage, error) {
	view, err := w.view(c, tx, row)
	if err != nil {
		return nil, err
	}
	return json.Marshal(view)
}

// readOnly lists the members that were sent back otherwise than they are shown, though nobody writes them.
func readOnly(sent map[string]json.RawMessage, shown json.RawMessage) ([]*fault.Error, error) {
	var present map[string]json.RawMessage
	if err := json.Unmarshal(shown, &present); err != nil {
		return nil, err
	}
	var faults []*fault.Error
	for name := range present {
		if raw, ok := sent[name]; ok && !land.SameJSON(raw, present[name]) {
			faults = append(faults, fault.New(fault.Invalid, "row.read_only", "member", name).In("/"+name))
		}
	}
	return inOrder(faults), nil
}

var (
	holdingRows  = rowsOfHoldings()
	buildingRows = rows(buildingList, signing.Buildings, "/api/v1/buildings", readBuilding, "code", "parcel", "stage", "since", "demo")
	contractRows = rows(contractList, signing.Contracts, "/api/v1/contracts", readContract, "code", "kind", "parcel", "status", "since", "demo")
	postRows     = rows(postList, signing.CommandPosts, "/api/v1/command-posts", readPost, "code", "demo")
)

func rowsOfHoldings() written[land.Holding, land.HoldingDraft] {
	w := rows(holdingList, signing.Holdings, "/api/v1/holdings", readHolding,
		"code", "command_post", "buildings", "land_m2", "floor_area_m2", "stage", "signed", "compulsory", "since", "demo")
	w.echoes = func(m *members, present *land.Holding) (faults []*fault.Error) {
		for _, s := range m.echoed {
			shown := present != nil && slices.ContainsFunc(present.Parties, func(p land.Share) bool {
				return p.Party == s.code && (s.member == "name" && p.PartyName == s.value || s.member == "kind" && p.PartyKind == s.value)
			})
			if !shown {
				faults = append(faults, fault.New(fault.Invalid, "row.read_only", "member", s.member).In("/"+s.at+"/"+s.member))
			}
		}
		return faults
	}
	return w
}

func readHolding(m *members, fresh bool) (d land.HoldingDraft) {
	d.Parcel, d.Name, d.Class = m.text("parcel", land.MostName), m.text("name", land.MostName), m.word("class", land.HoldingClasses)
	if fresh {
		m.needs("parcel", "name", "class")
	}
	if items, ok := m.list("parties", 0); ok {
		parties := make([]land.Share, 0, len(items))
		seen := map[string]bool{}
		for i, raw := range items {
			var item struct {
				Code  *string `json:"code"`
				Name  *string `json:"name"` // as GET shows it; the party's own row says it
				Kind  *string `json:"kind"`
				Share *string `json:"share"`
			}
			at := fmt.Sprintf("parties/%d", i)
			var s land.Share
			s.Numerator, s.Denominator = 0, 1
			if !m.item(raw, at, &item) {
				parties = append(parties, s) // those behind it keep their places
				continue
			}
			s.Party = m.unlike(item.Code, at, "code", seen)
			for member, value := range map[string]*string{"name": item.Name, "kind": item.Kind} {
				if value != nil {
					m.echoed = append(m.echoed, echoed{at, s.Party, member, *value})
				}
			}
			numerator, denominator, ok := land.ParseShare(deref(item.Share))
			if ok {
				s.Numerator, s.Denominator = numerator, denominator
			} else {
				m.badForm(at+"/share", shareForm)
			}
			parties = append(parties, s)
		}
		d.Parties = &parties
	}
	if items, ok := m.list("land", 0); ok {
		lands := make([]land.HoldingLand, 0, len(items))
		seen := map[string]bool{}
		for i, raw := range items {
			var item struct {
				Plot   *string         `json:"plot"`
				AreaM2 json.RawMessage `json:"area_m2"`
			}
			at := fmt.Sprintf("land/%d", i)
			o := land.HoldingLand{AreaM2: "0"}
			if !m.item(raw, at, &item) {
				lands = append(lands, o)
				continue
			}
			o.Plot = m.unlike(item.Plot, at, "plot", seen)
			if area := m.figureIn(item.AreaM2, at+"/area_m2", land.LandArea); area != nil {
				o.AreaM2 = *area
			}
			lands = append(lands, o)
		}
		d.Land = &lands
	}
	return d
}

// deref is a text, empty where there is none.
func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func readBuilding(m *members, fresh bool) (d land.BuildingDraft) {
	d.Holding, d.Plot = m.text("holding", land.MostName), m.text("plot", land.MostName)
	d.FloorAreaM2, d.Storeys, d.Use = m.figure("floor_area_m2", land.FloorArea), m.whole("storeys", land.MostStoreys), m.word("use", land.BuildingUses)
	if fresh {
		m.needs("holding", "plot", "floor_area_m2", "storeys", "use")
	}
	if items, ok := m.list("tenants", 0); ok {
		tenants := make([]string, 0, len(items))
		seen := map[string]bool{}
		for i, raw := range items {
			var item struct {
				Name *string `json:"name"`
			}
			if at := fmt.Sprintf("tenants/%d", i); m.item(raw, at, &item) {
				tenants = append(tenants, m.unlike(item.Name, at, "name", seen))
			}
		}
		d.Tenants = &tenants
	}
	return d
}

func readContract(m *members, fresh bool) (d land.ContractDraft) {
	if fresh {
		d.Kind, d.Parcel = m.word("kind", land.ContractKinds), m.text("parcel", land.MostName)
		m.needs("kind", "parcel", "holdings")
	}
	d.Holdings = m.codes("holdings", 1)
	if raw := m.take("amount"); raw != nil {
		d.Amount.Set = true
		if string(raw) != "null" {
			d.Amount.Value = m.figureIn(raw, "amount", land.Yuan)
		}
	}
	return d
}

func readParty(m *members, fresh bool) (d land.PartyDraft) {
	d.Name, d.Kind = m.text("name", land.MostName), m.word("kind", land.PartyKinds)
	if fresh {
		m.needs("name", "kind")
	}
	return d
}

func readPost(m *members, fresh bool) (d land.CommandPostDraft) {
	d.Name, d.NameEn, d.Parcels = m.text("name", land.MostName), m.text("name_en", land.MostName), m.codes("parcels", 0)
	if fresh {
		m.needs("name")
		if d.NameEn == nil {
			d.NameEn = d.Name // a name in one language is better than none
		}
	}
	return d
}

// roundRows is how the round is written: it is one, so that it is not entered, and has no address of its own.
func roundRows(a *api) written[land.Round, land.RoundDraft] {
	return written[land.Round, land.RoundDraft]{
		noun: signing.Rounds, path: "/api/v1/round", base: "revision", read: readRound,
		derived: []string{"code", "starts_on", "source", "source_en", "extent", "default_at", "demo", "version"},
		code:    func(r land.Round) string { return r.Code },
		version: func(r land.Round) int32 { return r.Version },
		view:    func(c echo.Context, tx *store.Tx, r land.Round) (any, error) { return a.viewRound(c, tx, r) },
	}
}

func readRound(m *members, _ bool) (d land.RoundDraft) {
	d.Name, d.NameEn = m.text("name", land.MostName), m.text("name_en", land.MostName)
	if raw := m.take("target_ha"); raw != nil {
		d.TargetHa.Set = true
		if string(raw) != "null" {
			d.TargetHa.Value = m.figureIn(raw, "target_ha", land.TargetHa)
		}
	}
	if raw := m.take("deadline"); raw != nil {
		d.Deadline.Set = true
		if string(raw) != "null" {
			d.Deadline.Value = m.dayIn(raw, "deadline")
		}
	}
	d.DocumentNo = m.text("document_no", land.MostName)
	return d
}

func (a *api) enterHolding(c echo.Context) error     { return holdingRows.enter(a, c) }
func (a *api) reviseHolding(c echo.Context) error    { return holdingRows.revise(a, c, c.Param("id")) }
func (a *api) enterBuilding(c echo.Context) error    { return buildingRows.enter(a, c) }
func (a *api) reviseBuilding(c echo.Context) error   { return buildingRows.revise(a, c, c.Param("id")) }
func (a *api) enterContract(c echo.Context) error    { return contractRows.enter(a, c) }
func (a *api) reviseContract(c echo.Context) error   { return contractRows.revise(a, c, c.Param("id")) }
func (a *api) enterCommandPost(c echo.Context) error { return postRows.enter(a, c) }
func (a *api) reviseCommandPost(c echo.Context) error {
	return postRows.revise(a, c, c.Param("id"))
}

// reviseRound changes the newest round.
func (a *api) reviseRound(c echo.Context) error {
	var round land.Round
	err := a.db.Read(c.Request().Context(), func(tx *store.Tx) (err error) {
		round, err = a.currentRound(c, tx, land.On(a.today().Day))
		return err
	})
	if err != nil {
		return err
	}
	return roundRows(a).revise(a, c, round.Code)
}
