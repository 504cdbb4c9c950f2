package demonstration

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"zhengbei/internal/land"
)

// replay follows the ledger by itself, day by day and list by list; it shares nothing with the rules that it tests.
type replay struct {
	t        *testing.T
	ledger   land.Ledger
	subjects map[string][]string // plot or parcel: all that rests with it
	home     map[string][]string // subject: its plots, or itself
	holdOn   map[string][]string // plot: holdings
	builtOn  map[string][]string
	builtOf  map[string][]string
	owner    map[string]string // building: holding
	tenants  map[string]bool
	kind     map[string]string // contract
	parcel   map[string]string // holding, contract, plot
	amount   map[string]string
	covers   map[string][]string // contract: holdings
	under    map[string][]string // holding: contracts
	live     map[string][]*land.Fact
}

func newReplay(t *testing.T, d Demonstration) *replay {
	t.Helper()
	r := &replay{
		t: t, ledger: d.Ledger, subjects: map[string][]string{}, home: map[string][]string{}, holdOn: map[string][]string{}, builtOn: map[string][]string{}, builtOf: map[string][]string{},
		owner: map[string]string{}, tenants: map[string]bool{}, kind: map[string]string{}, parcel: map[string]string{}, amount: map[string]string{},
		covers: map[string][]string{}, under: map[string][]string{}, live: map[string][]*land.Fact{},
	}
	at := func(subject, plot string) {
		if !slices.Contains(r.home[subject], plot) {
			r.home[subject] = append(r.home[subject], plot)
			r.subjects[plot] = append(r.subjects[plot], subject)
		}
	}
	for _, p := range d.Plots {
		at(p.Code, p.Code)
		r.parcel[p.Code] = *p.Parcel
	}
	for _, l := range d.Ledger.HoldingLand {
		at(l.Holding, l.Plot)
		r.holdOn[l.Plot] = append(r.holdOn[l.Plot], l.Holding)
	}
	for _, h := range d.Ledger.Holdings {
		r.parcel[h.Code] = h.Parcel
	}
	for _, b := range d.Ledger.Buildings {
		if b.Until != nil {
			continue
		}
		at(b.Code, b.Plot)
		r.owner[b.Code] = b.Holding
		r.builtOn[b.Plot], r.builtOf[b.Holding] = append(r.builtOn[b.Plot], b.Code), append(r.builtOf[b.Holding], b.Code)
	}
	for _, x := range d.Ledger.Tenants {
		r.tenants[x.Building] = true
	}
	for _, c := range d.Ledger.Contracts {
		r.kind[c.Code], r.parcel[c.Code] = c.Kind, c.Parcel
		if c.Amount != nil {
			r.amount[c.Code] = c.Amount.String()
		}
	}
	for _, c := range d.Ledger.Covers {
		r.covers[c.Contract] = append(r.covers[c.Contract], c.Holding)
		r.under[c.Holding] = append(r.under[c.Holding], c.Contract)
		for _, plot := range r.home[c.Holding] {
			at(c.Contract, plot)
		}
	}
	for i := 1; i <= 6; i++ {
		p := fmt.Sprintf("P-%02d", i)
		at(p, p)
	}
	return r
}

// record enters a fact, or takes one back.
func (r *replay) record(f *land.Fact) {
	if f.Voids == nil {
		r.live[f.Subject.Code] = append(r.live[f.Subject.Code], f)
		return
	}
	gone := &r.ledger.Facts[*f.Voids-1]
	if gone.Subject != f.Subject || gone.RecordedBy == f.RecordedBy || !gone.RecordedAt.Before(f.RecordedAt) || f.Reason == nil || gone.Voids != nil {
		r.t.Errorf("%s: a void of %+v by %s", f.Subject, gone, f.RecordedBy)
	}
	before := len(r.live[f.Subject.Code])
	r.live[f.Subject.Code] = slices.DeleteFunc(r.live[f.Subject.Code], func(g *land.Fact) bool { return g == gone })
	if len(r.live[f.Subject.Code]) != before-1 {
		r.t.Errorf("%s: fact %d voided twice", f.Subject, *f.Voids)
	}
}

// place is a fact's place among those of the same things.
type place struct {
	on   land.Day
	rank int
}

func of(f *land.Fact) place { return place{f.OccurredOn, f.Kind.Rank()} }

func endOf(day land.Day) place { return place{day, 1000} }

func (p place) before(q place) bool {
	return p.on.Before(q.on.Time) || p.on == q.on && p.rank < q.rank
}

func (r *replay) count(subject string, kind land.FactKind, p place) (n int) {
	for _, f := range r.live[subject] {
		if f.Kind == kind && of(f).before(p) {
			n++
		}
	}
	return n
}

func (r *replay) has(subject string, kind land.FactKind, p place) bool {
	return r.count(subject, kind, p) > 0
}

func (r *replay) signed(holding string, p place) bool {
	return slices.ContainsFunc(r.under[holding], func(c string) bool {
		return r.kind[c] == "relocation" && r.has(c, "signed", p) && !r.has(c, "rescinded", p)
	})
}

func (r *replay) bound(holding string, p place) bool {
	return r.signed(holding, p) || r.has(holding, "compulsory", p)
}

func (r *replay) bare(plot string, p place) bool {
	return !slices.ContainsFunc(r.builtOn[plot], func(b string) bool { return !r.has(b, "demolished", p) })
}

// stage derives a plot's stage on a day.
func (r *replay) stage(plot string, day land.Day) string {
	p := endOf(day)
	n := 0
	for _, h := range r.holdOn[plot] {
		if r.bound(h, p) {
			n++
		}
	}
	all := n > 0 && n == len(r.holdOn[plot])
	title, site := r.has(plot, "title_accepted", p), r.has(plot, "site_accepted", p)
	switch {
	case title && site && r.has(plot, "stored", p):
		return "stored"
	case all && r.bare(plot, p) && title && site:
		return "accepted"
	case all && r.bare(plot, p) && title:
		return "title_accepted"
	case all && r.bare(plot, p) && site:
		return "site_accepted"
	case all && r.bare(plot, p):
		return "cleared"
	case all:
		return "all_signed"
	case n > 0:
		return "partly_signed"
	}
	return "planned"
}

// wrong says why a fact is not lawful as things stand; empty where it is.
func (r *replay) wrong(f *land.Fact) string {
	p, s := of(f), f.Subject.Code
	needs := func(kinds ...land.FactKind) string {
		for _, k := range kinds {
			if !r.has(s, k, p) {
				return "without " + string(k)
			}
		}
		return ""
	}
	open := func(who string) bool { return r.count(who, "objected", p) > r.count(who, "objection_closed", p) }
	switch f.Kind {
	case "willing", "measured", "negotiating", "compulsory":
		return needs("surveyed")
	case "appraised":
		return needs("measured")
	case "objection_closed":
		if !open(s) {
			return "without an objection"
		}
	case "signed":
		for _, h := range r.covers[s] {
			for _, other := range r.under[h] {
				if other != s && r.kind[other] == r.kind[s] && r.has(other, "signed", p) && !r.has(other, "rescinded", p) {
					return "beside " + other
				}
			}
			switch {
			case !r.has(h, "appraised", p):
				return h + " is not appraised"
			case open(h):
				return h + " objects"
			}
		}
		if open(r.parcel[s]) {
			return "the parcel objects"
		}
	case "effective", "paid", "settled", "rescinded":
		if f.Kind == "settled" && r.amount[s] != "" {
			sum := 0
			for _, g := range r.live[s] {
				if g.Kind == "paid" && of(g).before(p) {
					var v struct{ Amount int }
					if err := json.Unmarshal(g.Value, &v); err != nil {
						return err.Error()
					}
					sum += v.Amount
				}
			}
			if fmt.Sprint(sum) != r.amount[s] {
				return fmt.Sprintf("%d paid of %s", sum, r.amount[s])
			}
		}
		if f.Kind != "rescinded" && r.has(s, "rescinded", p) {
			return "after it was rescinded"
		}
		return needs("signed")
	case "tenants_cleared", "vacated", "demolished":
		h := s
		if o := r.owner[s]; o != "" {
			h = o
		}
		switch {
		case f.Kind == "demolished":
			return needs("vacated")
		case !r.bound(h, p):
			return "unbound"
		case f.Kind == "vacated" && r.tenants[s]:
			return needs("tenants_cleared")
		}
		if f.Kind == "vacated" && s == h {
			for _, b := range r.builtOf[h] {
				if r.tenants[b] {
					return "with tenants"
				}
			}
		}
	case "title_accepted":
		for _, h := range r.holdOn[s] {
			if !r.bound(h, p) || open(h) {
				return h + " is open"
			}
		}
		if open(r.parcel[s]) {
			return "the parcel objects"
		}
	case "site_accepted":
		if !r.bare(s, p) {
			return "built upon"
		}
	case "stored":
		return needs("title_accepted", "site_accepted")
	case "scheme_drafting":
		return needs("planned_in_city")
	case "notice_published":
		return needs("scheme_drafting")
	case "approved":
		return needs("notice_published")
	case "implementing":
		return needs("approved")
	case "surveyed", "visited", "objected", "offered", "planned_in_city":
	default:
		return "of a kind that the demonstration does not tell"
	}
	return ""
}

// lists are the facts of one instant each, as they were recorded.
func lists(facts []land.Fact) [][]land.Fact {
	var all [][]land.Fact
	for i := 0; i < len(facts); {
		j := i
		for j < len(facts) && facts[j].RecordedAt.Equal(facts[i].RecordedAt) {
			j++
		}
		all = append(all, facts[i:j])
		i = j
	}
	return all
}

func TestEveryListIsLawful(t *testing.T) {
	t.Parallel()
	d := read(t)
	r := newReplay(t, d)
	last := firstInstant
	for _, list := range lists(d.Ledger.Facts) {
		if at := list[0].RecordedAt; !at.After(last) {
			t.Fatalf("%s after %s", at, last)
		}
		last = list[0].RecordedAt
		touched := map[string]bool{}
		for i := range list {
			f := &list[i]
			if f.OccurredOn.After(land.DayOf(f.RecordedAt).Time) || f.OccurredOn.Before(d.Round.StartsOn.Time) {
				t.Errorf("%s %s on %s, recorded at %s", f.Subject, f.Kind, f.OccurredOn, f.RecordedAt)
			}
			if len(r.home[f.Subject.Code]) == 0 {
				t.Fatalf("%s is nowhere", f.Subject)
			}
			r.record(f)
			for _, plot := range r.home[f.Subject.Code] {
				touched[plot] = true
			}
		}
		for plot := range touched {
			for _, s := range r.subjects[plot] {
				for _, f := range r.live[s] {
					if why := r.wrong(f); why != "" {
						t.Fatalf("as known at %s: %s %s on %s %s", last, f.Subject, f.Kind, f.OccurredOn, why)
					}
				}
			}
		}
	}
}

func TestTheReplayCanFail(t *testing.T) {
	t.Parallel()
	d := read(t)
	for _, spoil := range []func(f *land.Fact) bool{
		func(f *land.Fact) bool { return f.Kind == "appraised" },
		func(f *land.Fact) bool { return f.Kind == "vacated" && strings.HasPrefix(f.Subject.Code, "B-") },
		func(f *land.Fact) bool { return f.Kind == "paid" },
		func(f *land.Fact) bool { return f.Kind == "objection_closed" },
		func(f *land.Fact) bool { return f.Kind == "site_accepted" },
		func(f *land.Fact) bool { return f.Kind == "rescinded" },
	} {
		r := newReplay(t, d)
		var live []*land.Fact
		for i := range d.Ledger.Facts {
			if f := &d.Ledger.Facts[i]; !spoil(f) && f.Voids == nil {
				r.record(f)
				live = append(live, f)
			}
		}
		if !slices.ContainsFunc(live, func(f *land.Fact) bool { return r.wrong(f) != "" }) {
			t.Errorf("facts left out, and nothing is wrong")
		}
	}
}

// final is the replay with every fact recorded.
func final(t *testing.T, d Demonstration) *replay {
	t.Helper()
	r := newReplay(t, d)
	for i := range d.Ledger.Facts {
		r.record(&d.Ledger.Facts[i])
	}
	return r
}

// sorted are the keys and numbers of a count, for messages.
func sorted(m map[string]int) string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, "%s %d, ", k, m[k])
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// caseOf is a parcel's register as the service's judge looks at it, before any fact.
func caseOf(d Demonstration, r *replay, parcel string) land.Case {
	c := land.Case{Today: lastDay.land(), Subjects: []land.Subject{{Kind: land.OfParcel, Code: parcel}}}
	for _, p := range d.Plots {
		if *p.Parcel == parcel {
			c.Plots = append(c.Plots, land.PlotPlace{Period: land.Period{From: day(0).land(), Known: firstInstant}, Plot: p.Code, Parcel: parcel})
			c.Subjects = append(c.Subjects, land.Subject{Kind: land.OfPlot, Code: p.Code})
		}
	}
	for _, h := range d.Ledger.Holdings {
		if h.Parcel == parcel {
			c.Holdings = append(c.Holdings, h)
			c.Subjects = append(c.Subjects, land.Subject{Kind: land.OfHolding, Code: h.Code})
		}
	}
	for _, l := range d.Ledger.HoldingLand {
		if r.parcel[l.Holding] == parcel {
			c.Land = append(c.Land, l)
		}
	}
	for _, b := range d.Ledger.Buildings {
		if r.parcel[b.Holding] == parcel && b.Until == nil {
			c.Buildings = append(c.Buildings, b)
			c.Subjects = append(c.Subjects, land.Subject{Kind: land.OfBuilding, Code: b.Code})
		}
	}
	for _, x := range d.Ledger.Tenants {
		if r.parcel[r.owner[x.Building]] == parcel {
			c.Tenants = append(c.Tenants, x)
		}
	}
	for _, k := range d.Ledger.Contracts {
		if k.Parcel == parcel {
			c.Contracts = append(c.Contracts, k)
			c.Subjects = append(c.Subjects, land.Subject{Kind: land.OfContract, Code: k.Code})
		}
	}
	for _, k := range d.Ledger.Covers {
		if r.parcel[k.Contract] == parcel {
			c.Covers = append(c.Covers, k)
		}
	}
	return c
}
