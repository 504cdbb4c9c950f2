package httpapi

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/personal"
	"zhengbei/internal/signing"
	"zhengbei/internal/store"

	"github.com/labstack/echo/v4"
)

// numbers are a party's telephone and identity number, by field; none is not there. They leave the service masked, save by unmasking.
type numbers map[personal.Field]string

// numberFields are the fields in the order in which they are told.
var numberFields = []personal.Field{personal.Phone, personal.IDNumber}

// masked is a number as everybody sees it who may see that there is one.
func (n numbers) masked(field personal.Field) *string {
	if n[field] == "" {
		return nil
	}
	shown := personal.Mask(field, n[field])
	return &shown
}

// seesNumbers reports whether telephones and identity numbers are for a role, as the policy of the table says in the database.
func seesNumbers(role land.Role) bool { return recorders.admits(role) }

// numbersOf reads and decrypts what is kept of parties; whoever may not see them finds nothing.
func (a *api) numbersOf(ctx context.Context, tx *store.Tx, codes ...string) (map[string]numbers, error) {
	found := map[string]numbers{}
	if !seesNumbers(tx.Actor.Role) || len(codes) == 0 {
		return found, nil
	}
	rows, err := tx.Personal(ctx, codes)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		key, err := a.keys.Key(row.Check)
		if err != nil {
			return nil, err
		}
		n := numbers{}
		for field, sealed := range map[personal.Field][]byte{personal.Phone: row.Phone, personal.IDNumber: row.IDNumber} {
			if sealed == nil {
				continue
			}
			if n[field], err = key.Open(row.Code, field, sealed); err != nil {
				return nil, fmt.Errorf("%s of %s: %w", field, row.Code, err)
			}
		}
		found[row.Code] = n
	}
	return found, nil
}

// knownParty is a party with what is kept of it beside its name.
type knownParty struct {
	land.Party
	numbers *numbersView // nil: not asked about
}

// partyList is the list of parties. Numbers have no history: a question about what was known at an instant is answered without them.
func (a *api) partyList() listed[knownParty] {
	return listed[knownParty]{
		read: func(tx *store.Tx, ctx context.Context, f store.Filter) ([]knownParty, int64, error) {
			rows, matched, err := tx.Parties(ctx, f)
			if err != nil {
				return nil, 0, err
			}
			known := make([]knownParty, len(rows))
			codes := make([]string, len(rows))
			for i, row := range rows {
				known[i].Party, codes[i] = row, row.Code
			}
			if !f.Clock.Known.IsZero() {
				return known, matched, nil
			}
			found, err := a.numbersOf(ctx, tx, codes...)
			for i, code := range codes {
				known[i].numbers = found[code].view()
			}
			return known, matched, err
		},
		after: func(p knownParty) string { return p.Code }, version: func(p knownParty) int32 { return p.Version },
		view: func(p knownParty) any { return viewParty(p.Party, p.numbers) },
	}
}

// numbersView are the numbers of a party, as far as they are shown.
type numbersView struct {
	Phone    *string `json:"phone"`
	IDNumber *string `json:"id_number"`
}

func (n numbers) view() *numbersView {
	return &numbersView{n.masked(personal.Phone), n.masked(personal.IDNumber)}
}

// viewParty shows a party; without numbers, where they are not asked about.
func viewParty(p land.Party, n *numbersView) any {
	type held struct {
		Code  string `json:"code"`
		Share string `json:"share"`
	}
	holdings := []held{}
	for _, s := range p.Holdings {
		holdings = append(holdings, held{s.Holding, s.String()})
	}
	return struct {
		Code string `json:"code"`
		Name string `json:"name"`
		Kind string `json:"kind"`
		*numbersView
		Holdings []held `json:"holdings"`
		Version  int32  `json:"version"`
		Demo     bool   `json:"demo"`
	}{p.Code, p.Name, p.Kind, n, holdings, p.Version, p.Demo}
}

// sentNumbers are the numbers that somebody sent of a party, as they were typed; empty is one that is taken away.
type sentNumbers map[personal.Field]string

// partyRows is how a party is written: its name and kind as rows of the register, its numbers encrypted beside them.
func (a *api) partyRows() written[land.Party, land.PartyDraft] {
	var draft land.PartyDraft
	var sent sentNumbers
	var stands numbers // before the write
	w := written[land.Party, land.PartyDraft]{
		noun: signing.Parties, path: "/api/v1/parties", base: "version", derived: []string{"code", "holdings", "demo"},
		code: func(p land.Party) string { return p.Code }, version: func(p land.Party) int32 { return p.Version },
	}
	w.read = func(m *members, fresh bool) land.PartyDraft {
		draft, sent = readParty(m, fresh), readNumbers(m)
		if len(sent) > 0 {
			m.sent = a.keys.Blind(m.sent) // an Idempotency-Key keeps a hash of what was sent, which must not let anybody try numbers
		}
		return draft
	}
	w.view = func(c echo.Context, tx *store.Tx, p land.Party) (any, error) {
		found, err := a.numbersOf(c.Request().Context(), tx, p.Code)
		stands = found[p.Code]
		return viewParty(p, stands.view()), err
	}
	w.echoes = func(_ *members, present *land.Party) []*fault.Error {
		kind := draft.Kind
		if kind == nil && present != nil {
			kind = &present.Kind
		}
		return sent.judged(kind, stands)
	}
	w.beside = func(ctx context.Context, tx *store.Tx, p land.Party) error {
		return a.keepNumbers(ctx, tx, p.Code, sent)
	}
	return w
}

func readNumbers(m *members) sentNumbers {
	sent := sentNumbers{}
	for _, field := range numberFields {
		raw := m.take(string(field))
		if raw == nil {
			continue
		}
		var text *string
		if json.Unmarshal(raw, &text) != nil || text != nil && *text == "" {
			m.badForm(string(field), fault.Words{Zh: "文字，或 null 表示删去", En: "text, or null to take it away"})
			continue
		}
		sent[field] = deref(text)
	}
	return sent
}

// judged brings what was sent into the form in which it is kept, and lists what has none. What is sent back as it is shown changes nothing.
func (s sentNumbers) judged(kind *string, stands numbers) (faults []*fault.Error) {
	for _, field := range numberFields {
		text, set := s[field]
		if shown := stands.masked(field); set && shown != nil && *shown == text {
			delete(s, field)
			set = false
		}
		form, parse := personal.PhoneForm, personal.ParsePhone
		if field == personal.IDNumber {
			if kind == nil {
				continue // which form it has is not known, and that the kind is wanted is said already
			}
			form, parse = personal.IDForm(*kind), func(text string) (string, bool) { return personal.ParseIDNumber(*kind, text) }
			if !set && stands[field] != "" { // another kind asks for another number
				text, set = stands[field], true
				if _, ok := parse(text); ok {
					continue
				}
			}
		}
		if !set || text == "" {
			continue
		}
		number, ok := parse(text)
		if !ok {
			faults = append(faults, fault.New(fault.Invalid, "row.form", "member", string(field), "form", form).In("/"+string(field)))
			continue
		}
		s[field] = number
	}
	return faults
}

// keepNumbers encrypts what was sent of a party in the place of what stands there.
func (a *api) keepNumbers(ctx context.Context, tx *store.Tx, code string, sent sentNumbers) error {
	found, err := a.numbersOf(ctx, tx, code)
	if err != nil {
		return err
	}
	becomes, changed := found[code].with(sent)
	if len(changed) == 0 {
		return nil
	}
	check, err := tx.HoldPersonalKey(ctx)
	if err != nil {
		return err
	}
	key, err := a.keys.Key(check)
	if err != nil {
		return err
	}
	sealed := store.Sealed{Code: code}
	for field, into := range map[personal.Field][2]*[]byte{personal.Phone: {&sealed.Phone, &sealed.PhoneHash}, personal.IDNumber: {&sealed.IDNumber, &sealed.IDNumberHash}} {
		if becomes[field] == "" {
			continue
		}
		if *into[0], err = key.Seal(rand.Reader, code, field, becomes[field]); err != nil {
			return err
		}
		*into[1] = key.Hash(field, becomes[field])
	}
	tx.Did(land.Deed{Object: code, After: changed}) // that they changed, never what they are
	return tx.KeepPersonal(ctx, sealed)
}

// with is what the numbers become by what was sent, and how each of them changes.
func (n numbers) with(sent sentNumbers) (becomes numbers, changed map[personal.Field]string) {
	becomes, changed = numbers{}, map[personal.Field]string{}
	for _, field := range numberFields {
		number, set := sent[field]
		if !set {
			number = n[field]
		}
		becomes[field] = number
		switch {
		case number == n[field]:
		case number == "":
			changed[field] = "removed"
		case n[field] == "":
			changed[field] = "added"
		default:
			changed[field] = "changed"
		}
	}
	return becomes, changed
}

// unmasked is what the audit trail keeps of a look at numbers.
type unmasked struct {
	Unmasked []personal.Field `json:"unmasked"`
	Reason   string           `json:"reason"`
}

// unmaskParty shows the numbers of a party in the clear, to whoever says why, and records that.
func (a *api) unmaskParty(c echo.Context) error {
	m, err := membersOf(c)
	if err != nil {
		return err
	}
	reason := m.text("reason", land.MostReason)
	if reason == nil && !m.failed("reason") {
		m.fail(fault.New(fault.Invalid, "change.no_reason"), "reason")
	}
	if err := cmp.Or(m.unknown(), fault.All(m.faults)); err != nil {
		return err
	}
	code, ctx := c.Param("id"), c.Request().Context()
	var shown numbers
	err = a.db.Write(ctx, actor(c), func(tx *store.Tx) error {
		party, _, err := tx.Parties(ctx, store.Filter{Clock: land.On(a.today().Day), Code: &code, Limit: 1})
		if err != nil {
			return err
		}
		if len(party) == 0 {
			return fault.New(fault.NotFound, "register.unknown", "id", code).In("{id}")
		}
		found, err := a.numbersOf(ctx, tx, code)
		if err != nil {
			return err
		}
		shown = found[code]
		did := unmasked{Unmasked: []personal.Field{}, Reason: *reason}
		for _, field := range numberFields {
			if shown[field] != "" {
				did.Unmasked = append(did.Unmasked, field)
			}
		}
		tx.Did(land.Deed{Object: code, After: did})
		return nil
	})
	if err != nil {
		return err
	}
	clear := func(field personal.Field) *string {
		if number, there := shown[field]; there {
			return &number
		}
		return nil
	}
	return c.JSON(http.StatusOK, numbersView{clear(personal.Phone), clear(personal.IDNumber)})
}

// soughtFor is what the audit trail keeps of a search by a number.
type soughtFor struct {
	Sought personal.Field `json:"sought"`
	Found  int            `json:"found"`
}

// findParties answers whose telephone or identity number it is, of the parties that whoever asks may see.
// It is bound as unmasking is: a mask leaves ten thousand telephones, and nobody is to try them.
func (a *api) findParties(c echo.Context) error {
	m, err := membersOf(c)
	if err != nil {
		return err
	}
	sent := readNumbers(m)
	field, number, err := sent.sought()
	if err := cmp.Or(m.unknown(), fault.All(m.faults), err); err != nil {
		return err
	}
	ctx := c.Request().Context()
	codes := []string{}
	err = a.db.Write(ctx, actor(c), func(tx *store.Tx) error {
		codes = []string{}
		in, began, err := tx.PersonalKey(ctx)
		if err != nil {
			return err
		}
		if began && seesNumbers(tx.Actor.Role) {
			key, err := a.keys.Key(in.Check)
			if err != nil {
				return err
			}
			hash := map[personal.Field][]byte{field: key.Hash(field, number)}
			found, err := tx.FindPersonal(ctx, hash[personal.Phone], hash[personal.IDNumber])
			if err != nil {
				return err
			}
			codes = append(codes, found...)
		}
		did := soughtFor{field, len(codes)}
		for _, code := range codes {
			tx.Did(land.Deed{Object: code, After: did})
		}
		if len(codes) == 0 {
			tx.Did(land.Deed{Object: "parties", After: did})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Parties []string `json:"parties"`
	}{codes})
}

// sought is the one number that is looked for.
func (s sentNumbers) sought() (personal.Field, string, error) {
	if len(s) != 1 {
		return "", "", fault.New(fault.Invalid, "party.find_one")
	}
	for field, text := range s {
		if field == personal.Phone {
			if number, ok := personal.ParsePhone(text); ok {
				return field, number, nil
			}
			return "", "", fault.New(fault.Invalid, "row.form", "member", string(field), "form", personal.PhoneForm).In("/" + string(field))
		}
		for _, kind := range land.PartyKinds { // whose number it is is the question
			if number, ok := personal.ParseIDNumber(kind, text); ok {
				return field, number, nil
			}
		}
	}
	return "", "", fault.New(fault.Invalid, "row.form", "member", string(personal.IDNumber), "form", fault.Words{
		Zh: personal.PersonForm.Zh + "；或" + personal.CompanyForm.Zh, En: personal.PersonForm.En + "; or " + personal.CompanyForm.En,
	}).In("/" + string(personal.IDNumber))
}

func (a *api) parties(c echo.Context) error     { return a.partyList().page(a, c) }
func (a *api) party(c echo.Context) error       { return a.partyList().one(a, c) }
func (a *api) enterParty(c echo.Context) error  { return a.partyRows().enter(a, c) }
func (a *api) reviseParty(c echo.Context) error { return a.partyRows().revise(a, c, c.Param("id")) }
