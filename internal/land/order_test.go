package land

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhengbei/internal/fault"
)

// kindsOfTheDesign are the words of the field, as they are agreed upon: the order may not lose one.
const kindsOfTheDesign = `surveyed willing measured appraised visited assigned negotiating objected objection_closed offered signed effective settled paid
rescinded compulsory tenants_cleared vacated demolished title_accepted site_accepted stored supplied boundary_corrected
planned_in_city scheme_drafting notice_published approved implementing finished reached voided`

func TestOrderIsWhole(t *testing.T) {
	t.Parallel()
	want := strings.Fields(kindsOfTheDesign)
	var got []string
	names := map[fault.Words]FactKind{}
	for i, r := range Order {
		got = append(got, string(r.Kind))
		if names[r.Name] != "" {
			t.Errorf("%s is called as %s is", r.Kind, names[r.Name])
		}
		names[r.Name] = r.Kind
		if r.Kind.Rank() != i || r.Name.Zh == "" || r.Name.En == "" || r.Says.Zh == "" || r.Says.En == "" || len(r.Subjects) == 0 || RoleNames[r.By].Zh == "" {
			t.Errorf("%s is not whole: %+v", r.Kind, r)
		}
		for _, c := range slices.Concat(r.Needs, r.Refused) {
			if says := c.Says(); says.Zh == "" || says.En == "" {
				t.Errorf("%s: %+v has no words", r.Kind, c)
			}
			if (c.Check == HasFact) != (c.Fact != "") {
				t.Errorf("%s: %+v is half a condition", r.Kind, c)
			}
			if c.Check == HasFact && c.Fact.Rank() >= i {
				t.Errorf("%s needs %s, which comes after it", r.Kind, c.Fact)
			}
		}
		for _, f := range r.Fields {
			if f.Form().Zh == "" || f.Form().En == "" || f.Words.Zh == "" || f.Words.En == "" {
				t.Errorf("%s.%s has no words", r.Kind, f.Name)
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the order has\n%v, the field\n%v", got, want)
	}
}

func TestStagesAreNamedOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range SubjectKinds {
		if SubjectWords[kind].Zh == "" || SubjectWords[kind].En == "" {
			t.Errorf("%s has no words", kind)
		}
		seen := map[string]bool{}
		for _, s := range Stages[kind] {
			if seen[s.Name] || s.Words.Zh == "" || s.Words.En == "" || s.When.Zh == "" || s.When.En == "" {
				t.Errorf("%s: %+v stands twice or is not whole", kind, s)
			}
			seen[s.Name] = true
		}
	}
	if len(Stages[OfPlot]) != 9 || len(Stages[OfHolding]) != 10 || len(Stages[OfBuilding]) != 7 || len(Stages[OfContract]) != 7 || len(Stages[OfParcel]) != 7 {
		t.Error("a stage is missing")
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0f", 32)
	tests := []struct {
		kind  FactKind
		value string
		codes string // code at pointer
	}{
		{Surveyed, ``, ""},
		{Surveyed, `null`, ""},
		{Surveyed, `{}`, ""},
		{Surveyed, `[]`, "fact.value@/value"},
		{Surveyed, `{"a/b":1}`, "fact.value_unknown@/value/a~1b"},
		{Paid, `{"amount":120000.50,"instalment":1}`, ""},
		{Paid, `{"amount":0}`, "fact.value_form@/value/amount"},
		{Paid, `{"amount":0.00}`, "fact.value_form@/value/amount"},
		{Paid, `{"amount":1.005}`, "fact.value_form@/value/amount"},
		{Paid, `{"amount":"12"}`, "fact.value_form@/value/amount"},
		{Paid, `{"amount":1e3,"instalment":0}`, "fact.value_form@/value/amount fact.value_form@/value/instalment"},
		{Visited, `{"next_step":"送第一稿","next_visit_on":"2022-12-31","visited_by":"演示"}`, ""},
		{Visited, `{"next_step":" ","next_visit_on":"2022-02-30","visited_by":null}`, "fact.value_form@/value/next_step fact.value_form@/value/next_visit_on fact.value_form@/value/visited_by"},
		{BoundaryCorrected, `{}`, "fact.value_missing@/value/hash"},
		{BoundaryCorrected, `{"hash":"` + hash + `"}`, ""},
		{BoundaryCorrected, `{"hash":"` + strings.ToUpper(hash) + `"}`, "fact.value_form@/value/hash"},
	}
	for _, tt := range tests {
		rule, _ := RuleOf(tt.kind)
		var got []string
		for _, f := range rule.Judge(json.RawMessage(tt.value), "/value") {
			got = append(got, f.Code+"@"+f.Field)
		}
		if strings.Join(got, " ") != tt.codes {
			t.Errorf("%s %s: got %v, want %s", tt.kind, tt.value, got, tt.codes)
		}
	}
}

func TestCents(t *testing.T) {
	t.Parallel()
	for yuan, want := range map[string]int64{"12": 1200, "12.3": 1230, "12.34": 1234, "0.01": 1, "12.345": 0, "-1": 0, "": 0} {
		if got := CentsOf(yuan); got != want {
			t.Errorf("%s is %d, not %d", yuan, got, want)
		}
	}
	f := Fact{Value: json.RawMessage(`{"amount":1.5}`)}
	if f.Cents("amount") != 150 || f.Cents("instalment") != 0 || (Fact{}).Cents("amount") != 0 {
		t.Error("the amount of a value is read wrongly")
	}
}

func TestValueSchemas(t *testing.T) {
	t.Parallel()
	raw, err := ValueSchemas()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Definitions map[string]struct {
			Type       string
			Properties map[string]json.RawMessage
			Required   []string
			Additional *bool `json:"additionalProperties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for _, r := range Order {
		d := doc.Definitions[string(r.Kind)]
		if d.Type != "object" || d.Additional == nil || *d.Additional || len(d.Properties) != len(r.Fields) {
			t.Errorf("%s: got %+v", r.Kind, d)
		}
	}
	if !regexp.MustCompile(`"multipleOf": 0.01`).Match(raw) {
		t.Error("money has no form")
	}
}
