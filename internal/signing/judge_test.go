package signing

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// The register of these tests. C-0003 rivals C-0001; C-0009 covers nothing; H-0003 has no land, so nothing rests on it.
//
//	P-01 ┌ L-000001 ── H-0001 (B-0001, rented until 03-31) ── C-0001, C-0003 relocation, C-0005 framework, C-0006, C-0007 amendments
//	     │         └── H-0002 (B-0002)                     ── C-0002 relocation, 1,000 yuan
//	     ├ L-000002: nobody's
//	     ├ L-000003: nobody's, with B-0005 until 02-28
//	     ├ L-000004 ── H-0004 of P-02 (B-0004 there is H-0001's)
//	     └ H-0003 (B-0003 on L-000002)                      ── C-0004 relocation
func register2022() land.Case {
	since := land.Period{From: day("01-01")}
	rented := land.Period{From: day("01-01"), To: new(land.Day)}
	*rented.To = day("04-01")
	gone := day("03-01")
	thousand := json.Number("1000.00")
	c := land.Case{
		Today:    day("12-30"),
		Holdings: []land.HoldingVersion{{Period: since, Code: "H-0001", Parcel: "P-01"}, {Period: since, Code: "H-0002", Parcel: "P-01"}, {Period: since, Code: "H-0003", Parcel: "P-01"}, {Period: since, Code: "H-0004", Parcel: "P-02"}},
		Land:     []land.HoldingLandVersion{{Period: since, Holding: "H-0001", Plot: "L-000001"}, {Period: since, Holding: "H-0002", Plot: "L-000001"}, {Period: since, Holding: "H-0004", Plot: "L-000004"}},
		Buildings: []land.BuildingVersion{
			{Period: since, Code: "B-0001", Holding: "H-0001", Plot: "L-000001"},
			{Period: since, Code: "B-0002", Holding: "H-0002", Plot: "L-000001"},
			{Period: since, Code: "B-0003", Holding: "H-0003", Plot: "L-000002"},
			{Period: since, Code: "B-0004", Holding: "H-0001", Plot: "L-000004"},
			{Period: land.Period{From: day("01-01"), To: &gone}, Code: "B-0005", Holding: "H-0003", Plot: "L-000003"},
		},
		Tenants: []land.TenantVersion{{Period: rented, Building: "B-0001", Name: "演示"}},
		Plots:   []land.PlotPlace{{Period: since, Plot: "L-000001", Parcel: "P-01"}, {Period: since, Plot: "L-000002", Parcel: "P-01"}, {Period: since, Plot: "L-000003", Parcel: "P-01"}, {Period: since, Plot: "L-000004", Parcel: "P-01"}},
	}
	for code, of := range map[string]string{"C-0001": "relocation H-0001", "C-0002": "relocation H-0002", "C-0003": "relocation H-0001", "C-0004": "relocation H-0003", "C-0005": "framework H-0001", "C-0006": "amendment H-0001", "C-0007": "amendment H-0001", "C-0009": "relocation"} {
		kind, holding, covers := strings.Cut(of, " ")
		v := land.ContractVersion{Period: since, Code: code, Parcel: "P-01", Kind: kind}
		if code == "C-0002" {
			v.Amount = &thousand
		}
		c.Contracts = append(c.Contracts, v)
		if covers {
			c.Covers = append(c.Covers, land.CoverVersion{Period: since, Contract: code, Holding: holding})
		}
	}
	for _, code := range strings.Fields("H-0001 H-0002 H-0003 H-0004 B-0001 B-0002 B-0003 B-0004 B-0005 L-000001 L-000002 L-000003 L-000004 P-01 M-0001 C-0001 C-0002 C-0003 C-0004 C-0005 C-0006 C-0007 C-0009") {
		c.Subjects = append(c.Subjects, subject(code))
	}
	return c
}

func day(text string) land.Day {
	t, err := time.Parse(time.DateOnly, "2022-"+text)
	if err != nil {
		panic(err)
	}
	return land.Day{Time: t}
}

func subject(code string) land.Subject {
	kinds := map[byte]land.SubjectKind{'C': land.OfContract, 'B': land.OfBuilding, 'H': land.OfHolding, 'L': land.OfPlot, 'P': land.OfParcel, 'M': land.OfMilestone}
	return land.Subject{Kind: kinds[code[0]], Code: code}
}

// read reads facts written as "01-05 surveyed H-0001 {value}; 02-01 void 3 because …"; numbers count from 1.
func read(t *testing.T, text string) []land.Fact {
	t.Helper()
	var facts []land.Fact
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		f := land.Fact{ID: int64(len(facts) + 1), RecordedBy: "anna", OccurredOn: day(words[0]), Kind: land.FactKind(words[1])}
		if words[1] == "void" {
			var id int64
			if _, err := fmt.Sscan(words[2], &id); err != nil {
				t.Fatal(err)
			}
			f.Kind, f.Voids = land.Voided, &id
			if reason := strings.Join(words[3:], " "); reason != "" {
				f.Reason = &reason
			}
		} else {
			f.Subject = subject(words[2])
			f.Value = json.RawMessage(strings.Join(words[3:], ""))
		}
		facts = append(facts, f)
	}
	return facts
}

// judged are the faults as "code@pointer", sorted as they come.
func judged(t *testing.T, recorded, list string) (faults, warnings []string, all []*fault.Error) {
	t.Helper()
	c := register2022()
	c.Facts = read(t, recorded)
	for i, f := range c.Facts {
		if f.Voids != nil {
			c.Facts[i].Subject = c.Facts[*f.Voids-1].Subject
		}
	}
	f, w := Judge(c, land.Actor{Account: "bert", Role: land.RoleConsole}, read(t, list))
	for _, e := range f {
		faults = append(faults, e.Code+"@"+e.Field)
	}
	for _, e := range w {
		warnings = append(warnings, e.Code+"@"+e.Field)
	}
	return faults, warnings, f
}

const (
	appraised1 = "01-05 surveyed H-0001; 01-06 measured H-0001; 01-07 appraised H-0001;"
	appraised2 = "01-05 surveyed H-0002; 01-06 measured H-0002; 01-07 appraised H-0002;"
	signed1    = appraised1 + "02-01 signed C-0001;"                                                                                                               // 1 to 4
	signed2    = appraised2 + "02-01 signed C-0002;"                                                                                                               // 5 to 8 after signed1
	cleared    = signed1 + signed2 + "03-01 tenants_cleared B-0001; 03-02 vacated H-0001; 03-02 vacated B-0002; 03-03 demolished B-0001; 03-03 demolished B-0002;" // 9 to 13
	accepted   = cleared + "04-01 title_accepted L-000001; 04-01 site_accepted L-000001;"                                                                          // 14, 15
	stored     = accepted + "04-10 stored L-000001;"                                                                                                               // 16
)

// Every row of the order: recorded already, then the list, then what stands against it (nothing: lawful).
var cases = []struct{ recorded, list, faults string }{
	{"", "01-05 surveyed H-0001; 01-05 surveyed B-0001", ""},
	{"", "01-05 surveyed L-000001", "fact.subject_kind@/0/subject/kind"},
	{"", "01-05 surveyed H-0099", "fact.subject_unknown@/0/subject/id"},
	{"", "01-05 surveyd H-0001", "fact.kind@/0/kind"},
	{"", "12-31 surveyed H-0001", "fact.in_future@/0/occurred_on"},
	{"", `01-05 surveyed H-0001 {"x":1}`, "fact.value_unknown@/0/value/x"},

	{"01-05 surveyed H-0001", "01-05 willing H-0001", ""},
	{"01-06 surveyed H-0001", "01-05 willing H-0001", "fact.needs@/0/kind"},
	{"01-05 surveyed B-0001", "01-05 willing H-0001", "fact.needs@/0/kind"},
	{"", "01-05 measured H-0001", "fact.needs@/0/kind"},
	{"", "01-05 measured B-0001; 01-05 surveyed B-0001", ""}, // a list is judged as a whole, in order
	{"01-05 surveyed H-0001", "01-06 appraised H-0001", "fact.needs@/0/kind"},
	{"01-05 surveyed H-0001; 01-06 measured H-0001", "01-06 appraised H-0001", ""},
	{"", `01-05 visited H-0001 {"next_step":"送第一稿"}`, ""},
	{"", `01-05 assigned H-0001 {"assigned_to":"演示"}`, ""},
	{"", "01-05 negotiating H-0001", "fact.needs@/0/kind"},
	{"01-05 surveyed H-0001", "01-05 negotiating H-0001", ""},

	{"", "01-05 objected H-0001; 01-05 objected P-01", ""},
	{"", "01-05 objection_closed H-0001", "fact.needs@/0/kind"},
	{"01-05 objected H-0001", "01-05 objection_closed H-0001", ""},
	{"01-05 objected H-0001; 01-06 objection_closed H-0001", "01-07 objection_closed H-0001", "fact.needs@/0/kind"},
	{"01-05 objected H-0001; 01-05 objected H-0001; 01-06 objection_closed H-0001", "01-07 objection_closed H-0001", ""},
	{"01-05 objected H-0001; 01-07 objection_closed H-0001", "01-06 objection_closed H-0001", "fact.makes_unlawful@/0/kind"},

	{"", "01-05 offered C-0001", ""},
	{appraised1, "02-01 signed C-0001", ""},
	{"", "02-01 signed C-0001", "fact.needs@/0/kind"},
	{"", "02-01 signed C-0005", ""}, // a framework agreement comes before anything is appraised
	{appraised1, "02-01 signed C-0009", "fact.needs@/0/kind"},
	{appraised1 + "01-20 objected H-0001", "02-01 signed C-0001", "fact.refused_while@/0/kind"},
	{appraised1 + "01-20 objected P-01", "02-01 signed C-0001", "fact.refused_while@/0/kind"},
	{appraised1 + "01-20 objected P-01; 02-01 objection_closed P-01", "02-01 signed C-0001", ""},
	{appraised1 + "01-20 objected H-0002", "02-01 signed C-0001", ""},
	{signed1, "02-02 signed C-0003", "fact.refused_while@/0/kind"},
	{signed1, "02-01 signed C-0003", "fact.refused_while@/0/kind"}, // what is recorded already comes first
	{signed1, "01-20 signed C-0003", "fact.makes_unlawful@/0/kind"},
	{appraised1, "02-01 signed C-0001; 02-01 signed C-0003", "fact.refused_while@/1/kind"},
	{signed1, "02-02 signed C-0005; 02-02 signed C-0006", ""}, // of other kinds
	{signed1 + "02-02 signed C-0006", "02-03 signed C-0007", "fact.refused_while@/0/kind"},
	{signed1 + "02-02 rescinded C-0001", "02-03 signed C-0003", ""},
	{
		signed1 + "02-02 rescinded C-0001", "02-03 offered C-0001; 02-03 signed C-0001; 02-03 effective C-0001; 02-03 paid C-0001; 02-03 settled C-0001; 02-03 rescinded C-0001",
		"fact.refused_while@/0/kind fact.refused_while@/1/kind fact.refused_while@/2/kind fact.refused_while@/3/kind fact.refused_while@/4/kind fact.refused_while@/5/kind",
	},
	{signed1, "02-01 effective C-0001", ""},
	{signed1, "01-31 effective C-0001", "fact.needs@/0/kind"},
	{signed1, "02-05 paid C-0001", ""},
	{appraised1, "02-05 paid C-0001", "fact.needs@/0/kind"},
	{signed1, "02-05 settled C-0001", ""}, // no sum is agreed
	{appraised2, "02-05 settled C-0002", "fact.needs@/0/kind fact.needs@/0/kind"},
	{appraised2 + "02-01 signed C-0002", "02-05 settled C-0002", "fact.needs@/0/kind"},
	{appraised2 + `02-01 signed C-0002; 02-02 paid C-0002 {"amount":999.99}`, "02-05 settled C-0002", "fact.needs@/0/kind"},
	{appraised2 + `02-01 signed C-0002; 02-02 paid C-0002 {"amount":400}`, `02-05 paid C-0002 {"amount":600,"instalment":2}; 02-05 settled C-0002`, ""},
	{appraised2 + `02-01 signed C-0002; 02-10 paid C-0002 {"amount":1000}`, "02-05 settled C-0002", "fact.needs@/0/kind"},
	{signed1, "02-05 rescinded C-0001", ""},
	{appraised1, "02-05 rescinded C-0001", "fact.needs@/0/kind"},
	{accepted, "04-05 rescinded C-0001", "fact.refused_while@/0/kind"},
	{accepted, "03-31 rescinded C-0001", "fact.makes_unlawful@/0/kind"},
	{cleared, "02-15 rescinded C-0001", "fact.makes_unlawful@/0/kind fact.makes_unlawful@/0/kind"}, // clearing and vacating were bound by it

	{"01-05 surveyed H-0001", "01-06 compulsory H-0001", ""},
	{"", "01-06 compulsory H-0001", "fact.needs@/0/kind"},
	{signed1, "02-05 tenants_cleared H-0001; 02-05 tenants_cleared B-0001", ""},
	{appraised1, "02-05 tenants_cleared H-0001; 02-05 tenants_cleared B-0001", "fact.needs@/0/kind fact.needs@/1/kind"},
	{"01-05 surveyed H-0001; 01-06 compulsory H-0001", "02-05 tenants_cleared B-0001", ""},
	{appraised1 + "02-01 signed C-0005", "02-05 tenants_cleared B-0001", "fact.needs@/0/kind"}, // a framework agreement binds nobody
	{signed1, "02-05 vacated H-0001; 02-05 vacated B-0001", "fact.needs@/0/kind fact.needs@/1/kind"},
	{signed1, "04-01 vacated H-0001; 04-01 vacated B-0001", ""}, // the tenant has gone
	{signed1 + "02-04 tenants_cleared B-0001", "02-05 vacated H-0001; 02-05 vacated B-0001", ""},
	{signed1 + "02-04 tenants_cleared H-0001", "02-05 vacated H-0001; 02-05 vacated B-0001", ""},
	{signed1, "02-05 vacated B-0004", ""}, // the tenant is in the other building
	{appraised1, "04-01 vacated H-0001", "fact.needs@/0/kind"},
	{signed1 + "04-01 vacated B-0001", "04-01 demolished B-0001", ""},
	{signed1 + "04-01 vacated H-0001", "04-01 demolished B-0001", ""},
	{signed1, "04-01 demolished B-0001", "fact.needs@/0/kind"},
	{signed1 + signed2 + "04-01 vacated H-0001", "04-01 demolished B-0002", "fact.needs@/0/kind"},

	{cleared, "04-01 title_accepted L-000001; 04-01 site_accepted L-000001", ""},
	{signed1, "04-01 title_accepted L-000001", "fact.needs@/0/kind"},
	{signed1 + signed2, "04-01 title_accepted L-000001", ""}, // before it is cleared
	{signed1 + "02-01 surveyed H-0002; 02-02 compulsory H-0002", "04-01 title_accepted L-000001", ""},
	{"", "04-01 title_accepted L-000002", "fact.needs@/0/kind"}, // nobody's
	{cleared + "03-31 objected H-0002", "04-01 title_accepted L-000001", "fact.refused_while@/0/kind"},
	{cleared + "03-31 objected P-01", "04-01 title_accepted L-000001", "fact.refused_while@/0/kind"},
	{cleared, "03-03 site_accepted L-000001", ""},
	{cleared, "03-02 site_accepted L-000001", "fact.needs@/0/kind"},
	{"", "03-01 site_accepted L-000003", ""}, // the building is not there any more
	{"", "02-28 site_accepted L-000003", "fact.needs@/0/kind"},
	{accepted, "04-10 stored L-000001", ""},
	{cleared + "04-01 title_accepted L-000001", "04-10 stored L-000001", "fact.needs@/0/kind"},
	{cleared + "04-01 site_accepted L-000001", "04-10 stored L-000001", "fact.needs@/0/kind"},
	{stored, "04-11 supplied L-000001", ""},
	{accepted, "04-11 supplied L-000001", "fact.needs@/0/kind"},
	{accepted, `04-11 boundary_corrected L-000001 {"hash":"` + hash + `"}`, ""},
	{cleared, `04-11 boundary_corrected L-000001 {"hash":"` + hash + `"}`, "fact.needs@/0/kind"},
	{accepted, "04-11 boundary_corrected L-000001", "fact.value_missing@/0/value/hash"},

	{"", "01-05 planned_in_city P-01; 01-06 scheme_drafting P-01; 01-07 notice_published P-01; 01-08 approved P-01; 01-09 implementing P-01; 12-30 finished P-01", ""},
	{"", "01-06 scheme_drafting P-01", "fact.needs@/0/kind"},
	{"01-05 planned_in_city P-01", "01-06 notice_published P-01", "fact.needs@/0/kind"},
	{"01-05 planned_in_city P-01", "01-06 approved P-01", "fact.needs@/0/kind"},
	{"01-05 planned_in_city P-01", "01-06 implementing P-01", "fact.needs@/0/kind"},
	{"01-05 planned_in_city P-01", "01-06 finished P-01", "fact.needs@/0/kind"},
	{"", "01-06 reached M-0001", ""},

	// late facts that make a later one unlawful
	{signed1, "01-20 objected H-0001", "fact.makes_unlawful@/0/kind"},
	{signed1, "01-20 objected P-01", "fact.makes_unlawful@/0/kind"},
	{signed1, "01-20 objected P-01; 01-31 objection_closed P-01", ""},
	{accepted, "03-20 objected H-0002", "fact.makes_unlawful@/0/kind"},
	{"01-05 surveyed H-0004; 01-06 compulsory H-0004; 04-01 title_accepted L-000004", "03-20 objected P-01", "fact.makes_unlawful@/0/kind"},
	{signed1, "03-20 objected H-0001", ""},
	{signed1 + "02-10 objected H-0001", "01-20 objected H-0001; 01-21 objection_closed H-0001", ""},

	// voids
	{appraised1, "01-08 void 3 录错", ""},
	{appraised1, "01-08 void 3", "fact.reason@/0/reason"},
	{appraised1, "01-08 void 9 录错", "fact.unknown@/0/voids"},
	{appraised1, "01-08 void 2 录错", "fact.void_needed@/0/voids"},
	{appraised1, "01-08 void 2 录错; 01-08 void 3 录错", ""},
	{appraised1, "01-08 void 3 录错; 01-08 void 3 录错", "fact.voided_twice@/1/voids"},
	{appraised1 + "01-08 void 3 录错", "01-09 void 3 录错", "fact.voided_already@/0/voids"},
	{appraised1 + "01-08 void 3 录错", "01-09 void 4 录错", "fact.void_of_void@/0/voids"},
	{appraised1 + "01-08 void 3 录错", "01-09 appraised H-0001", ""},
	{appraised1 + "01-08 void 3 录错", "02-01 signed C-0001", "fact.needs@/0/kind"},
	{"01-05 surveyed H-0003; 01-06 compulsory H-0003; 02-01 vacated B-0003; 02-02 demolished B-0003; 03-01 site_accepted L-000002", "03-02 void 4 录错", "fact.void_needed@/0/voids"},
	{signed1, "02-02 void 3 录错", "fact.void_needed@/0/voids"},
	{signed1, "02-02 void 3 录错; 01-08 appraised H-0001", ""},                          // recorded again in the same list
	{signed1, "02-02 void 3 录错; 02-02 appraised H-0001", "fact.void_needed@/0/voids"}, // but too late
	{signed1 + "02-02 signed C-0005", "02-03 void 5 录错", ""},
	{cleared, "04-05 void 4 录错", "fact.void_needed@/0/voids fact.void_needed@/0/voids"},
	{stored, "04-11 void 13 录错", "fact.void_needed@/0/voids"},
	{stored, "04-11 void 14 录错", "fact.void_needed@/0/voids"},
	{stored, "04-11 void 14 录错; 04-11 void 16 录错", ""},
	{"01-05 objected H-0001; 01-06 objection_closed H-0001;" + signed1, "02-05 void 2 录错", "fact.void_needed@/0/voids"},
	{"01-05 objected P-01; 01-06 objection_closed P-01;" + signed1, "02-05 void 2 录错", "fact.void_needed@/0/voids"},
	{appraised1 + "02-01 signed C-0001; 02-02 rescinded C-0001; 02-03 signed C-0003", "02-05 void 5 录错", "fact.void_needed@/0/voids"},
}

const hash = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, tt := range cases {
		got, _, all := judged(t, tt.recorded, tt.list)
		if strings.Join(got, " ") != tt.faults {
			t.Errorf("after %s\n  %s:\n  got  %s\n  want %s", tt.recorded, tt.list, strings.Join(got, " "), tt.faults)
		}
		for _, e := range all {
			for _, lang := range []fault.Language{fault.Chinese, fault.English} {
				if says := e.Says(lang) + e.Mend(lang); strings.ContainsAny(says, "{}") {
					t.Errorf("%s says %s", e.Code, says)
				}
			}
		}
	}
}

// Each row of the order is recorded lawfully once, and each of its conditions refuses once.
func TestEveryRowIsTried(t *testing.T) {
	t.Parallel()
	lawful, refused := map[land.FactKind]bool{land.Voided: true}, map[string]bool{}
	for _, tt := range cases {
		_, _, all := judged(t, tt.recorded, tt.list)
		list := read(t, tt.list)
		if len(all) == 0 {
			for _, f := range list {
				lawful[f.Kind] = true
			}
		}
		for _, e := range all {
			for _, name := range []string{"need", "while"} {
				if words, ok := e.Params[name].(fault.Words); ok {
					refused[string(list[place(e.Field)].Kind)+" "+words.En] = true
				}
			}
		}
	}
	for _, r := range land.Order {
		if !lawful[r.Kind] {
			t.Errorf("%s is nowhere recorded lawfully", r.Kind)
		}
		for _, c := range slices.Concat(r.Needs, r.Refused) {
			if r.Kind != land.Voided && !refused[string(r.Kind)+" "+c.Says().En] {
				t.Errorf("%s is nowhere refused for: %s", r.Kind, c.Says().En)
			}
		}
	}
}

func TestSecondPerson(t *testing.T) {
	t.Parallel()
	anna, bert := land.Actor{Account: "anna", Role: land.RoleConsole}, land.Actor{Account: "bert", Role: land.RoleConsole}
	if e := SecondPerson(bert, anna); e != nil {
		t.Errorf("another person is refused: %v", e)
	}
	if e := SecondPerson(anna, anna); e == nil || e.Kind != fault.Forbidden {
		t.Errorf("the author may void: %v", e)
	}
	c := register2022()
	c.Facts = read(t, appraised1)
	faults, _ := Judge(c, anna, read(t, "01-08 void 3 录错"))
	if len(faults) != 1 || faults[0].Code != "fact.second_person" || faults[0].Field != "/0/voids" {
		t.Errorf("got %v", faults)
	}
}

func TestFaultsNameWhatMatters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ recorded, list, says string }{
		{signed1, "04-01 title_accepted L-000001", "H-0002"},
		{signed1 + signed2, "04-01 site_accepted L-000001", "B-0001, B-0002"},
		{signed1, "01-20 objected H-0001", "fact 4, recorded already"},
		{signed1, "02-02 signed C-0003", "C-0001"},
		{accepted, "04-05 rescinded C-0001", "L-000001"},
		{stored, "04-11 void 14 录错", "Live fact 16"},
	} {
		_, _, all := judged(t, tt.recorded, tt.list)
		if len(all) != 1 || !strings.Contains(all[0].Says(fault.English), tt.says) {
			t.Errorf("%s: got %v, want it to name %s", tt.list, all, tt.says)
		}
	}
}

func TestPaymentBeforeVacatingWarns(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ recorded, list, warnings string }{
		{signed1, "02-05 paid C-0001", "fact.paid_before_vacated@/0/kind"},
		{signed1 + "04-01 vacated H-0001", "04-05 paid C-0001", ""},
		{signed2 + "04-01 vacated B-0002", "04-05 paid C-0002", ""},
		{signed1 + "04-01 vacated B-0001", "04-05 paid C-0001", "fact.paid_before_vacated@/0/kind"}, // B-0004 is not
		{signed2 + "04-01 vacated B-0002", "03-05 paid C-0002", "fact.paid_before_vacated@/0/kind"},
	} {
		faults, warnings, _ := judged(t, tt.recorded, tt.list)
		if len(faults) > 0 || strings.Join(warnings, " ") != tt.warnings {
			t.Errorf("%s: got %v and %v, want %q", tt.list, faults, warnings, tt.warnings)
		}
	}
}

// What was unlawful before is not the doing of a list: a register that was corrected refuses no fact for ever.
func TestOldFaultsAreNotBlamed(t *testing.T) {
	t.Parallel()
	faults, _, _ := judged(t, "02-01 signed C-0001", "01-20 visited H-0001; 01-05 surveyed H-0001")
	if len(faults) > 0 {
		t.Errorf("got %v", faults)
	}
}

// All faults of a list come in one answer, in its order; what a refused fact would have allowed is not blamed as well.
func TestAllFaultsAreListed(t *testing.T) {
	t.Parallel()
	faults, _, _ := judged(t, signed1, "05-01 supplied L-000001; 01-05 surveyed H-0002; 04-01 stored L-000001; 04-01 title_accepted L-000001; 02-05 void 1 录错")
	want := "fact.needs@/2/kind fact.needs@/3/kind fact.void_needed@/4/voids"
	if got := strings.Join(faults, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
