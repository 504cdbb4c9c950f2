package signing

import (
	"fmt"
	"slices"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// Judge lists what stands against recording facts, as a whole: each by the order of facts on its day, as known now;
// and every live later fact of the things concerned that would not be lawful any more. Warnings refuse nothing.
func Judge(c land.Case, by land.Actor, facts []land.Fact) (faults, warnings []*fault.Error) {
	r := newRegister(c)
	before := newLedger(c, r)
	added, gone, faults := sort(c, r, by, facts)
	after := before.with(added, gone.ids)

	slices.SortFunc(added, compare)
	for _, e := range added {
		for _, w := range after.wrongs(e) {
			code := func(n land.Condition) *fault.Error { return fault.New(fault.Conflict, "fact.needs", "need", n.Says()) }
			if w.refused {
				code = func(n land.Condition) *fault.Error {
					return fault.New(fault.Conflict, "fact.refused_while", "while", n.Says())
				}
			}
			faults = append(faults, about(code(w.Condition), e, w.who).In(pointer(e.place, "kind")))
		}
		if e.Kind == land.Paid {
			if who := after.unvacated(e); len(who) > 0 {
				warnings = append(warnings, about(fault.New(fault.Conflict, "fact.paid_before_vacated"), e, who).In(pointer(e.place, "kind")))
			}
		}
	}
	faults = append(faults, later(before, after, added, gone)...)
	slices.SortStableFunc(faults, func(a, b *fault.Error) int { return place(a.Field) - place(b.Field) })
	return faults, warnings
}

// SecondPerson refuses a void by the one who recorded the fact: it takes another person.
func SecondPerson(by, author land.Actor) *fault.Error {
	if by.Is(author) {
		return fault.New(fault.Forbidden, "fact.second_person", "author", author.Account)
	}
	return nil
}

// mayRecord reports whether a role may record a kind of fact, and so take one back: an officer may what a command post may, but not the other way round.
func mayRecord(by land.Actor, rule land.Rule) bool {
	return by.Role != land.RolePost || rule.By == land.RolePost
}

func notByRole(by land.Actor, rule land.Rule) *fault.Error {
	return fault.New(fault.Forbidden, "fact.role", "kind", rule.Name, "role", land.RoleNames[by.Role], "by", land.RoleNames[rule.By])
}

// pointer is the JSON pointer to a member of a fact in the list.
func pointer(place int, member string) string { return fmt.Sprintf("/%d/%s", place, member) }

// place reads the place in the list back from a pointer.
func place(pointer string) (n int) {
	_, _ = fmt.Sscanf(pointer, "/%d", &n)
	return n
}

// taken are the facts that a list takes back, with the places of their voids.
type taken struct {
	ids    map[int64]bool
	places map[int64]int
}

// sort parts a list into new facts and facts taken back, and lists what is wrong with each by itself.
func sort(c land.Case, r *register, by land.Actor, facts []land.Fact) (added []entry, gone taken, faults []*fault.Error) {
	byID := make(map[int64]land.Fact, len(c.Facts))
	voided := map[int64]int64{}
	for _, f := range c.Facts {
		byID[f.ID] = f
		if f.Voids != nil {
			voided[*f.Voids] = f.ID
		}
	}
	gone = taken{map[int64]bool{}, map[int64]int{}}
	for i, f := range facts {
		add := func(e *fault.Error, member string) { faults = append(faults, e.In(pointer(i, member))) }
		n := len(faults)
		rule, known := land.RuleOf(f.Kind)
		switch {
		case !known:
			add(fault.New(fault.Invalid, "fact.kind", "kind", f.Kind), "kind")
			continue
		case f.Kind != land.Voided && !rule.Speaks(f.Subject.Kind):
			add(fault.New(fault.Invalid, "fact.subject_kind", "kind", rule.Name, "subject", land.SubjectWords[f.Subject.Kind]), "subject/kind")
			continue
		case f.Kind != land.Voided && (!r.subjects[f.Subject] || by.Role == land.RolePost && f.Subject.Kind == land.OfParcel && !by.SeesParcel(f.Subject.Code)):
			add(fault.New(fault.NotFound, "fact.subject_unknown", "subject", f.Subject), "subject/id")
		}
		if f.Kind != land.Voided && !mayRecord(by, rule) {
			add(notByRole(by, rule), "kind")
		}
		if f.OccurredOn.IsZero() {
			add(fault.New(fault.Invalid, "fact.no_day"), "occurred_on")
		} else if f.OccurredOn.After(c.Today.Time) {
			add(fault.New(fault.Invalid, "fact.in_future", "on", f.OccurredOn, "today", c.Today), "occurred_on")
		}
		faults = append(faults, rule.Judge(f.Value, pointer(i, "value"))...)
		if f.Kind != land.Voided {
			if f.Voids != nil {
				add(fault.New(fault.Invalid, "fact.voids_nothing", "kind", rule.Name), "voids")
			}
			if len(faults) == n {
				added = append(added, entry{f, f.Kind.Rank(), i})
			}
			continue
		}
		if f.Reason == nil || strings.TrimSpace(*f.Reason) == "" {
			add(fault.New(fault.Invalid, "fact.reason"), "reason")
		}
		if f.Voids == nil {
			add(fault.New(fault.Invalid, "fact.voids_missing"), "voids")
			continue
		}
		id := *f.Voids
		target, there := byID[id]
		_, twice := gone.places[id]
		switch {
		case !there:
			add(fault.New(fault.NotFound, "fact.unknown", "id", id), "voids")
			continue
		case target.Voids != nil:
			add(fault.New(fault.Conflict, "fact.void_of_void", "id", id), "voids")
			continue
		case voided[id] != 0:
			add(fault.New(fault.Conflict, "fact.voided_already", "id", id, "by", voided[id]), "voids")
			continue
		case twice:
			add(fault.New(fault.Conflict, "fact.voided_twice", "id", id), "voids")
			continue
		}
		if e := SecondPerson(by, land.Actor{Account: target.RecordedBy}); e != nil {
			add(e, "voids")
		}
		if of, ok := land.RuleOf(target.Kind); ok && !mayRecord(by, of) {
			add(notByRole(by, of), "voids")
		}
		gone.ids[id], gone.places[id] = true, i
	}
	return added, gone, faults
}

// wrong is a condition that stands against a fact.
type wrong struct {
	land.Condition
	refused bool
	who     []string
}

// why words what stands against a fact, by itself.
func (w wrong) why() fault.Words {
	says := w.Says()
	if w.refused {
		return fault.Words{Zh: "不能记录：" + says.Zh, En: "refused while " + says.En}
	}
	return fault.Words{Zh: "缺少前提：" + says.Zh, En: "needs " + says.En}
}

// wrongs lists the conditions that stand against a fact where it is in the ledger.
func (l *ledger) wrongs(e entry) []wrong {
	rule := land.Order[e.rank]
	var all []wrong
	for _, c := range rule.Needs {
		if ok, who := l.holds(c, e); !ok {
			all = append(all, wrong{c, false, who})
		}
	}
	for _, c := range rule.Refused {
		if holds, who := l.holds(c, e); holds {
			all = append(all, wrong{c, true, who})
		}
	}
	return all
}

// later lists the live facts of the things concerned that were lawful before and would not be after.
func later(before, after *ledger, added []entry, gone taken) []*fault.Error {
	var first land.Day
	var touched []land.Subject
	see := func(e entry) {
		if first.IsZero() || e.OccurredOn.Before(first.Time) {
			first = e.OccurredOn
		}
		touched = append(touched, e.Subject)
	}
	for _, e := range added {
		see(e)
	}
	var voids []entry
	for _, list := range before.live {
		for _, e := range list {
			if gone.ids[e.ID] {
				see(e)
				voids = append(voids, e)
			}
		}
	}
	if len(touched) == 0 {
		return nil
	}
	var suspects []entry
	for s := range before.concerned(touched) {
		for _, e := range before.live[s] {
			if !gone.ids[e.ID] && e.rank >= 0 && !e.OccurredOn.Before(first.Time) {
				suspects = append(suspects, e)
			}
		}
	}
	slices.SortFunc(suspects, compare)
	var faults []*fault.Error
	for _, e := range suspects {
		now := after.wrongs(e)
		if len(now) == 0 {
			continue
		}
		then := before.wrongs(e)
		for _, w := range now {
			if slices.ContainsFunc(then, func(o wrong) bool { return o.Condition == w.Condition && o.refused == w.refused }) {
				continue // it was so before: not the doing of this list
			}
			place, void := culprit(before, e, w, added, voids, gone)
			blame := fault.New(fault.Conflict, "fact.makes_unlawful", "why", w.why(), "id", e.ID)
			member := "kind"
			if void {
				blame, member = fault.New(fault.Conflict, "fact.void_needed", "why", w.why(), "id", e.ID), "voids"
			}
			faults = append(faults, about(blame, e, w.who).In(pointer(place, member)))
		}
	}
	return faults
}

// culprit finds which member of the list alone makes a later fact unlawful; where only several do together, the last of them in order.
func culprit(before *ledger, e entry, w wrong, added, voids []entry, gone taken) (place int, void bool) {
	guilty := func(added []entry, ids map[int64]bool) bool {
		return slices.ContainsFunc(before.with(added, ids).wrongs(e), func(o wrong) bool { return o.Condition == w.Condition })
	}
	near := before.concerned([]land.Subject{e.Subject})
	for _, v := range voids {
		if near[v.Subject] || v.Subject.Kind == land.OfParcel {
			if guilty(nil, map[int64]bool{v.ID: true}) {
				return gone.places[v.ID], true
			}
		}
	}
	for _, a := range added {
		if near[a.Subject] || a.Subject.Kind == land.OfParcel {
			if guilty([]entry{a}, nil) {
				return a.place, false
			}
		}
	}
	if guilty(nil, gone.ids) {
		return gone.places[voids[len(voids)-1].ID], true
	}
	if len(added) > 0 {
		return added[len(added)-1].place, false
	}
	return 0, true
}

// most is how many things a sentence names.
const most = 3

// about fills in what a sentence says of the fact that it speaks of, and the things that matter to it.
func about(e *fault.Error, f entry, who []string) *fault.Error {
	if e.Params == nil {
		e.Params = map[string]any{}
	}
	e.Params["kind"], e.Params["subject"], e.Params["on"] = land.Order[f.rank].Name, f.Subject, f.OccurredOn
	e.Params["who"] = fault.Words{}
	if len(who) > 0 {
		names := namesOf(who)
		e.Params["who"] = fault.Words{Zh: "（" + names.Zh + "）", En: " (" + names.En + ")"}
	}
	return e
}

// namesOf lists things, the first of them by name where there are many.
func namesOf(who []string) fault.Words {
	if n := len(who); n > most {
		return fault.Words{Zh: fmt.Sprintf("%s 等 %d 项", strings.Join(who[:most], "、"), n), En: fmt.Sprintf("%s and %d more", strings.Join(who[:most], ", "), n-most)}
	}
	return fault.Words{Zh: strings.Join(who, "、"), En: strings.Join(who, ", ")}
}
