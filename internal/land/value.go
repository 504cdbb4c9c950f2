package land

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhengbei/internal/fault"
)

// mostText is the longest text in a value, in characters.
const mostText = 2000

// fieldForms say what each form takes.
var fieldForms = map[FieldType]fault.Words{
	TextField:    {Zh: "1 至 2000 个字的文字", En: "text of 1 to 2,000 characters"},
	DayField:     {Zh: "日期，例如 2022-12-30", En: "a date, like 2022-12-30"},
	YuanField:    {Zh: "大于零的金额，单位元，至多两位小数", En: "an amount in yuan above zero, with at most two decimals"},
	OrdinalField: {Zh: "1 至 999 的整数", En: "a whole number from 1 to 999"},
	HashField:    {Zh: "64 位小写十六进制的 SHA-256", En: "a SHA-256 in 64 lower-case hexadecimal digits"},
}

// Form says what the field takes.
func (f Field) Form() fault.Words { return fieldForms[f.Type] }

var (
	yuanForm    = regexp.MustCompile(`^(0|[1-9][0-9]{0,13})(\.[0-9]{1,2})?$`)
	ordinalForm = regexp.MustCompile(`^[1-9][0-9]{0,2}$`)
	hashForm    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Judge lists what is wrong with the value of a fact of this kind; at is the JSON pointer to it.
func (r Rule) Judge(value json.RawMessage, at string) []*fault.Error {
	members := map[string]json.RawMessage{}
	if raw := bytes.TrimSpace(value); len(raw) > 0 && string(raw) != "null" {
		if raw[0] != '{' || json.Unmarshal(raw, &members) != nil {
			return []*fault.Error{fault.New(fault.Invalid, "fact.value", "kind", r.Name).In(at)}
		}
	}
	var faults []*fault.Error
	for name := range members {
		if !slices.ContainsFunc(r.Fields, func(f Field) bool { return f.Name == name }) {
			faults = append(faults, fault.New(fault.Invalid, "fact.value_unknown", "kind", r.Name, "name", name).In(at+"/"+pointerPart(name)))
		}
	}
	slices.SortFunc(faults, func(a, b *fault.Error) int { return strings.Compare(a.Field, b.Field) })
	for _, f := range r.Fields {
		raw, given := members[f.Name]
		switch {
		case !given && f.Required:
			faults = append(faults, fault.New(fault.Invalid, "fact.value_missing", "kind", r.Name, "name", f.Words).In(at+"/"+f.Name))
		case given && !f.takes(raw):
			faults = append(faults, fault.New(fault.Invalid, "fact.value_form", "name", f.Words, "form", f.Form()).In(at+"/"+f.Name))
		}
	}
	return faults
}

// pointerPart writes a name as a part of a JSON pointer.
func pointerPart(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func (f Field) takes(raw json.RawMessage) bool {
	if f.Type == YuanField || f.Type == OrdinalField {
		form := ordinalForm
		if f.Type == YuanField {
			form = yuanForm
		}
		return form.Match(raw) && strings.Trim(string(raw), "0.") != ""
	}
	var text string
	if json.Unmarshal(raw, &text) != nil || string(raw) == "null" {
		return false
	}
	switch f.Type {
	case DayField:
		day, err := time.Parse(time.DateOnly, text)
		return err == nil && !day.Before(firstDay.Time) && !day.After(LastDay.Time)
	case HashField:
		return hashForm.MatchString(text)
	default:
		return strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= mostText
	}
}

// Cents is the amount of money in a member of the value, in hundredths of a yuan; 0 where there is none.
func (f Fact) Cents(member string) int64 {
	var members map[string]json.RawMessage
	if json.Unmarshal(f.Value, &members) != nil {
		return 0
	}
	return CentsOf(string(members[member]))
}

// CentsOf reads yuan with at most two decimals as hundredths; 0 where it is none.
func CentsOf(yuan string) int64 {
	if !yuanForm.MatchString(yuan) {
		return 0
	}
	whole, part, _ := strings.Cut(yuan, ".")
	n, _ := strconv.ParseInt(whole+(part + "00")[:2], 10, 64) // the form bounds it
	return n
}

// schema is as much of JSON Schema 2020-12 as values need.
type schema struct {
	Schema           string            `json:"$schema,omitempty"`
	Title            string            `json:"title,omitempty"`
	Description      string            `json:"description,omitempty"`
	Type             string            `json:"type,omitempty"`
	Format           string            `json:"format,omitempty"`
	Pattern          string            `json:"pattern,omitempty"`
	MinLength        int               `json:"minLength,omitempty"`
	MaxLength        int               `json:"maxLength,omitempty"`
	Minimum          *int              `json:"minimum,omitempty"`
	ExclusiveMinimum *int              `json:"exclusiveMinimum,omitempty"`
	Maximum          *int              `json:"maximum,omitempty"`
	MultipleOf       json.Number       `json:"multipleOf,omitempty"`
	Properties       map[string]schema `json:"properties,omitempty"`
	Required         []string          `json:"required,omitempty"`
	Additional       *bool             `json:"additionalProperties,omitempty"`
	Definitions      map[string]schema `json:"$defs,omitempty"`
	Subjects         []SubjectKind     `json:"x-subjects,omitempty"` // what a fact of the kind may speak of
	Place            int               `json:"x-place,omitempty"`    // in the order of facts, from 1
}

func (f Field) schema() schema {
	s := schema{Title: f.Words.Zh + " / " + f.Words.En, Description: f.Form().Zh + " / " + f.Form().En, Type: "string"}
	zero, one, most := 0, 1, 999
	switch f.Type {
	case TextField:
		s.MinLength, s.MaxLength = 1, mostText
	case DayField:
		s.Format = "date"
	case YuanField:
		s.Type, s.ExclusiveMinimum, s.MultipleOf = "number", &zero, "0.01"
	case OrdinalField:
		s.Type, s.Minimum, s.Maximum = "integer", &one, &most
	case HashField:
		s.Pattern = hashForm.String()
	}
	return s
}

func (r Rule) schema() schema {
	closed := false
	s := schema{Title: r.Name.Zh + " / " + r.Name.En, Description: r.Says.Zh + " / " + r.Says.En, Type: "object", Additional: &closed}
	for _, f := range r.Fields {
		if s.Properties == nil {
			s.Properties = map[string]schema{}
		}
		s.Properties[f.Name] = f.schema()
		if f.Required {
			s.Required = append(s.Required, f.Name)
		}
	}
	return s
}

// ValueSchemas is one JSON Schema whose $defs hold the value of each kind of fact.
func ValueSchemas() ([]byte, error) {
	all := schema{Schema: "https://json-schema.org/draft/2020-12/schema", Title: "value by kind of fact", Definitions: map[string]schema{}}
	for i, r := range Order {
		s := r.schema()
		s.Subjects, s.Place = r.Subjects, i+1
		all.Definitions[string(r.Kind)] = s
	}
	return json.MarshalIndent(all, "", "  ")
}
