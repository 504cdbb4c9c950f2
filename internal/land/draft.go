package land

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"zhengbei/internal/fault"
)

// The words that a feature may use for how well it is known, and for what becomes of a plot.
var (
	NameStatuses = []string{"confirmed", "probable", "placeholder"}
	Accuracies   = []string{"approximate", "schematic", "surveyed"}
	Dispositions = []string{"storage", "retained", "kept"}
)

// The longest texts that a feature and a change of it have, in characters.
const (
	LongestName     = 200
	LongestSource   = 2000
	LongestReason   = 1000
	LongestDocument = 200
)

// areaForm is an area in m2 as the register keeps it: above zero, four decimals at most.
var areaForm = regexp.MustCompile(`^[0-9]{1,10}(\.[0-9]{1,4})?$`)

// Faults are all that is not lawful about the attributes of a draft, by the names that clients know; at is where they stand.
func (d Draft) Faults(at string) (faults []*fault.Error) {
	fail := func(name string, e *fault.Error) { faults = append(faults, e.In(at+"/"+name)) }
	text := func(name string, value *string, longest int, needed bool) {
		switch {
		case value == nil && needed, value != nil && needed && strings.TrimSpace(*value) == "":
			fail(name, fault.New(fault.Invalid, "property.missing", "name", name))
		case value != nil && utf8.RuneCountInString(*value) > longest:
			fail(name, fault.New(fault.Invalid, "property.too_long", "name", name, "max", longest))
		}
	}
	word := func(name string, value *string, words []string, needed bool) {
		switch {
		case value == nil && needed:
			fail(name, fault.New(fault.Invalid, "property.missing_word", "name", name, "words", strings.Join(words, ", ")))
		case value != nil && !slices.Contains(words, *value):
			fail(name, fault.New(fault.Invalid, "property.word", "name", name, "value", *value, "words", strings.Join(words, ", ")))
		}
	}
	plot := d.Collection == Plots
	text("name", d.Name, LongestName, !plot)
	text("name_en", d.NameEn, LongestName, false)
	text("subdistrict", d.Subdistrict, LongestName, false)
	text("subdistrict_en", d.SubdistrictEn, LongestName, false)
	text("locality", d.Locality, LongestName, false)
	text("locality_en", d.LocalityEn, LongestName, false)
	text("source", &d.Source, LongestSource, true)
	text("source_en", &d.SourceEn, LongestSource, false)
	word("name_status", d.NameStatus, NameStatuses, d.Collection == Parcels)
	accuracy := &d.Accuracy
	if d.Accuracy == "" {
		accuracy = nil
	}
	word("accuracy", accuracy, Accuracies, true)
	for name, value := range map[string]*string{"parcel": d.Parcel, "disposition": d.Disposition, "use_class": d.UseClass} {
		if !plot && value != nil {
			fail(name, fault.New(fault.Invalid, "property.not_here", "name", name))
		}
	}
	if plot {
		text("parcel", d.Parcel, LongestName, true)
		word("disposition", d.Disposition, Dispositions, true)
		word("use_class", d.UseClass, UseClasses, true)
	}
	if a := d.AreaOfficialM2; a != nil && !IsArea(*a) {
		fail("area_official_m2", fault.New(fault.Invalid, "property.area", "name", "area_official_m2", "value", a.String()))
	}
	slices.SortStableFunc(faults, func(a, b *fault.Error) int { return strings.Compare(a.Field, b.Field) })
	return faults
}

// Same reports whether the attributes of a draft are those of a feature.
func (d Draft) Same(f Feature) bool {
	same := func(a, b *string) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }
	official := func() bool {
		if d.AreaOfficialM2 == nil || f.AreaOfficialM2 == nil {
			return d.AreaOfficialM2 == nil && f.AreaOfficialM2 == nil
		}
		asked, read := ParseM2(*d.AreaOfficialM2)
		stands, kept := ParseM2(*f.AreaOfficialM2)
		return read && kept && asked == stands
	}
	return same(d.Name, f.Name) && same(d.NameEn, f.NameEn) && same(d.NameStatus, f.NameStatus) &&
		same(d.Subdistrict, f.Subdistrict) && same(d.SubdistrictEn, f.SubdistrictEn) && same(d.Locality, f.Locality) && same(d.LocalityEn, f.LocalityEn) &&
		same(d.Parcel, f.Parcel) && same(d.Disposition, f.Disposition) && same(d.UseClass, f.UseClass) &&
		d.Accuracy == f.Accuracy && d.Source == f.Source && d.SourceEn == f.SourceEn && official() && SameJSON(orEmpty(d.Published), orEmpty(f.Published))
}

// IsArea reports whether a number is an area in m2 as the register keeps it: above zero, of ten digits and four decimals at most.
func IsArea(n json.Number) bool {
	return areaForm.MatchString(n.String()) && strings.Trim(n.String(), "0.") != ""
}

// orEmpty is published figures, an empty object where there are none.
func orEmpty(published json.RawMessage) json.RawMessage {
	if len(published) == 0 {
		return json.RawMessage("{}")
	}
	return published
}
