package httpapi

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/labstack/echo/v4"
)

// members are those of a JSON object that was sent, read one by one; what is wrong with them is gathered, so that one answer names it all.
type members struct {
	sent   []byte
	raw    map[string]json.RawMessage // what has not been read yet
	names  map[string]bool            // all that were sent
	named  int                        // how many were read that say something of the thing
	faults []*fault.Error
	echoed []echoed
}

// echoed is what an entry of a list says of the thing that it names, as GET shows it, and which is not written there.
type echoed struct{ at, code, member, value string }

// mostListed bounds a list of the parts of a thing.
const mostListed = 10_000

// membersOf reads the body of a write; types are those in which it may come beside application/json.
func membersOf(c echo.Context, types ...string) (*members, error) {
	sent, err := body(c, types...)
	if err != nil {
		return nil, err
	}
	m := &members{sent: sent}
	if err := strict(sent, &m.raw); err != nil {
		return nil, err
	}
	if m.raw == nil { // null
		return nil, fault.New(fault.Malformed, "body.malformed", "why", "null")
	}
	m.names = make(map[string]bool, len(m.raw))
	for name := range m.raw {
		m.names[name] = true
	}
	return m, nil
}

// fail notes what is wrong with a member.
func (m *members) fail(e *fault.Error, member string) {
	if member != "" {
		e = e.In("/" + member)
	}
	m.faults = append(m.faults, e)
}

// failed reports whether something was found wrong with a member.
func (m *members) failed(member string) bool {
	return slices.ContainsFunc(m.faults, func(e *fault.Error) bool { return e.Field == "/"+member })
}

// take is a member that has not been read yet, nil where there is none.
func (m *members) take(name string) json.RawMessage {
	raw, ok := m.raw[name]
	if !ok {
		return nil
	}
	delete(m.raw, name)
	if name != "reason" && name != "valid_from" && name != "document_no" {
		m.named++
	}
	return raw
}

// given is a member that must say something where it stands: null takes away what cannot be without.
func (m *members) given(name string) json.RawMessage {
	raw := m.take(name)
	if string(raw) == "null" {
		m.fail(fault.New(fault.Invalid, "row.required", "member", name), name)
		return nil
	}
	return raw
}

func (m *members) badForm(name string, form fault.Words) {
	m.fail(fault.New(fault.Invalid, "row.form", "member", name[strings.LastIndex(name, "/")+1:], "form", form), name)
}

// text is a member with a wording of at most so many characters.
func (m *members) text(name string, most int) *string {
	raw := m.given(name)
	if raw == nil {
		return nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil || !land.IsWording(text, most) {
		if name == "reason" && strings.TrimSpace(text) == "" && raw[0] == '"' {
			m.fail(fault.New(fault.Invalid, "change.no_reason"), name)
			return nil
		}
		m.badForm(name, fault.Words{Zh: fmt.Sprintf("1 至 %d 个字的文字，不含控制字符", most), En: fmt.Sprintf("text of 1 to %d characters without control characters", most)})
		return nil
	}
	return &text
}

// word is a member that takes one of these words.
func (m *members) word(name string, words []string) *string {
	raw := m.given(name)
	if raw == nil {
		return nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil || !slices.Contains(words, text) {
		all := strings.Join(words, ", ")
		m.badForm(name, fault.Words{Zh: all + " 之一", En: "one of " + all})
		return nil
	}
	return &text
}

// figure is a member with a number.
func (m *members) figure(name string, form land.Decimal) *json.Number {
	raw := m.given(name)
	if raw == nil {
		return nil
	}
	return m.figureIn(raw, name, form)
}

func (m *members) figureIn(raw json.RawMessage, name string, form land.Decimal) *json.Number {
	if !form.Takes(string(raw)) {
		m.badForm(name, form.Form())
		return nil
	}
	n := json.Number(raw)
	return &n
}

// whole is a member with a whole number from 1 on.
func (m *members) whole(name string, most int64) *int32 {
	raw := m.given(name)
	if raw == nil {
		return nil
	}
	n, err := strconv.ParseInt(string(raw), 10, 32)
	if err != nil || n < 1 || n > most || !wholeForm.Match(raw) {
		m.badForm(name, fault.Words{Zh: fmt.Sprintf("1 至 %d 的整数", most), En: fmt.Sprintf("a whole number from 1 to %d", most)})
		return nil
	}
	whole := int32(n)
	return &whole
}

var wholeForm = regexp.MustCompile(`^[1-9][0-9]*$`)

var shareForm = fault.Words{Zh: "大于零、不超过 1 的分数，例如 \"1/2\"", En: `a fraction above zero and at most one, like "1/2"`}

// day is a member with a date.
func (m *members) day(name string) *land.Day {
	raw := m.given(name)
	if raw == nil {
		return nil
	}
	return m.dayIn(raw, name)
}

func (m *members) dayIn(raw json.RawMessage, name string) *land.Day {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	day, err := land.ParseDay("/"+name, text)
	if e, bad := fault.As(err); bad {
		m.faults = append(m.faults, e)
		return nil
	}
	return &day
}

// list is a member with a list of at least so many entries; ok is false where there is none to be read.
func (m *members) list(name string, least int) (items []json.RawMessage, ok bool) {
	raw := m.given(name)
	if raw == nil {
		return nil, false
	}
	if json.Unmarshal(raw, &items) != nil || raw[0] != '[' {
		m.badForm(name, fault.Words{Zh: "数组", En: "a list"})
		return nil, false
	}
	if len(items) < least || len(items) > mostListed {
		m.fail(fault.New(fault.Invalid, "row.list", "least", least, "max", mostListed), name)
		return nil, false
	}
	return items, true
}

// codes is a member with a list of codes, each once.
func (m *members) codes(name string, least int) *[]string {
	items, ok := m.list(name, least)
	if !ok {
		return nil
	}
	codes := make([]string, 0, len(items))
	seen := map[string]bool{}
	for i, raw := range items {
		at := fmt.Sprintf("%s/%d", name, i)
		var code string
		if json.Unmarshal(raw, &code) != nil || string(raw) == "null" {
			m.badForm(at, fault.Words{Zh: "编号", En: "a code"})
			codes = append(codes, "") // those behind it keep their places
			continue
		}
		codes = append(codes, m.unlike(&code, at, "", seen))
	}
	return &codes
}

// item reads an entry of a list strictly; false where it cannot be read.
func (m *members) item(raw json.RawMessage, at string, into any) bool {
	e, bad := fault.As(strict(raw, into))
	if bad {
		m.faults = append(m.faults, e.In("/"+at+e.Field))
	}
	return !bad
}

// unlike is the name of an entry, which must be there and unlike those before it.
func (m *members) unlike(name *string, at, member string, seen map[string]bool) string {
	if member != "" {
		at += "/" + member
	}
	if name == nil || !land.IsWording(*name, land.MostName) {
		m.fail(fault.New(fault.Invalid, "row.required", "member", member), at)
		return ""
	}
	if seen[*name] {
		m.fail(fault.New(fault.Invalid, "row.twice", "value", *name), at)
	}
	seen[*name] = true
	return *name
}

// base is the version that a member names as what the change is based on; nil where it names none.
func (m *members) base(name string) *int32 {
	raw := m.take(name)
	if raw == nil {
		return nil
	}
	m.named--
	n, err := strconv.ParseInt(string(raw), 10, 32)
	if err != nil || n < 1 {
		m.badForm(name, fault.Words{Zh: "所依据版本的号码", En: "the number of the version that the change is based on"})
		return nil
	}
	version := int32(n)
	return &version
}

// needs notes the members that are not there and must be.
func (m *members) needs(names ...string) {
	for _, name := range names {
		if !m.names[name] {
			m.fail(fault.New(fault.Invalid, "row.required", "member", name), name)
		}
	}
}

// unknown refuses members that nothing has read.
func (m *members) unknown() error {
	var faults []*fault.Error
	for name := range m.raw {
		faults = append(faults, fault.New(fault.Malformed, "body.unknown_member", "value", name).In("/"+name))
	}
	if len(faults) == 0 {
		return nil
	}
	return fault.All(append(inOrder(faults), m.faults...))
}

// inOrder sorts faults by where they stand.
func inOrder(faults []*fault.Error) []*fault.Error {
	slices.SortFunc(faults, func(a, b *fault.Error) int { return strings.Compare(a.Field, b.Field) })
	return faults
}
