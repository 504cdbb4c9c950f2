package signing

import (
	"slices"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

// breaks lists the live facts that a change of the register from a day on makes unlawful: on their own day where that is
// the day or later; else on that day, since what they said is to hold on (a plot stays accepted, a household stays vacated).
func breaks(before, after land.Case, from land.Day, touched []string) []*fault.Error {
	was, is := newLedger(before, newRegister(before)), newLedger(after, newRegister(after))
	var things []land.Subject
	for _, s := range append(slices.Clone(before.Subjects), after.Subjects...) {
		if slices.Contains(touched, s.Code) {
			things = append(things, s)
		}
	}
	near := was.concerned(things)
	for s := range is.concerned(things) {
		near[s] = true
	}
	var suspects []entry
	for s := range near {
		for _, e := range is.live[s] {
			if e.rank >= 0 {
				suspects = append(suspects, e)
			}
		}
	}
	slices.SortFunc(suspects, compare)
	var faults []*fault.Error
	for _, e := range suspects {
		at := e
		if e.OccurredOn.Before(from.Time) {
			if at.OccurredOn = from; !is.holdsOn(e, at) {
				continue
			}
		}
		then := was.wrongs(at)
		for _, w := range is.wrongs(at) {
			if !slices.ContainsFunc(then, w.within) {
				faults = append(faults, about(fault.New(fault.Conflict, "row.breaks_fact", "why", w.why(), "id", e.ID), e, w.who))
			}
		}
	}
	return faults
}

// holdsOn reports whether a fact is to stay true after its day: a contract that was rescinded binds nobody any more.
func (l *ledger) holdsOn(e, at entry) bool {
	return e.Subject.Kind != land.OfContract || e.Kind != land.Rescinded && !l.has(land.OfContract, e.Subject.Code, land.Rescinded, at)
}

// within reports whether another wrong says as much already: the same condition, for the sake of all these.
func (w wrong) within(other wrong) bool {
	return other.Condition == w.Condition && other.refused == w.refused && !slices.ContainsFunc(w.who, func(code string) bool { return !slices.Contains(other.who, code) })
}

// overfull lists the plots of which holdings have more than there is, and more than before, on some day from a day on.
func overfull(before, after land.Case, from land.Day) []*fault.Error {
	was, is := newRegister(before), newRegister(after)
	plots := make([]string, 0, len(is.landOn))
	for plot := range is.landOn {
		plots = append(plots, plot)
	}
	slices.Sort(plots)
	var faults []*fault.Error
	for _, plot := range plots {
		days := []land.Day{from}
		for _, v := range is.landOn[plot] {
			days = append(days, v.From)
		}
		for _, v := range is.plots[plot] {
			days = append(days, v.From)
		}
		for _, day := range days {
			area, ok := is.areaOf(plot, day)
			held := is.heldOn(plot, day)
			if ok && !day.Before(from.Time) && held > area+overlapAllowed && held > was.heldOn(plot, day) {
				faults = append(faults, fault.New(fault.Invalid, "row.overfull", "plot", plot, "on", day, "held", held, "area", area, "by", held-area))
				break
			}
		}
	}
	return faults
}

// overlapAllowed is by how much the land of holdings may exceed their plot: 0.01 m2, which rounding brings.
const overlapAllowed land.M2 = 100

// areaOf is the area of a plot on a day; ok is false where there is none.
func (r *register) areaOf(plot string, day land.Day) (area land.M2, ok bool) {
	for _, v := range r.plots[plot] {
		if v.On(day) {
			return land.ParseM2(v.AreaM2)
		}
	}
	return 0, false
}

// heldOn is how much of a plot holdings have on a day.
func (r *register) heldOn(plot string, day land.Day) (sum land.M2) {
	for _, v := range r.landOn[plot] {
		if v.On(day) {
			area, _ := land.ParseM2(v.AreaM2) // the column holds four decimals
			sum += area
		}
	}
	return sum
}
