package demonstration

import (
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"zhengbei/internal/land"
)

// entry is a fact before anybody has recorded it. Entries are made after those that they need.
type entry struct {
	subject  land.Subject
	kind     land.FactKind
	on       day
	by       int // the author: a post by its place in parcels, or the bureau
	value    any
	note     string
	reason   string
	evidence []land.Evidence
	needs    []*entry
	late     day  // how long it lies on a desk
	slips    bool // is recorded wrongly first, taken back, and recorded again
	voids    *entry
	slot     *slot
	id       int
}

// bureau is the author of what an officer records.
const bureau = 6

// slot is a moment in which an author enters what lies on the desk: one list, one instant, one person.
type slot struct {
	day    day
	at     time.Time
	person string
}

// clerk keeps the desks of the posts and of the bureau.
type clerk struct {
	*chance
	desks   [bureau + 1][]slot
	entries []*entry
}

// newClerk draws the moments of entry: on every Friday, and on most Tuesdays once signing has begun.
// At each of them all that it moves is derived: more of them tell nothing new, and are slower to load.
func newClerk(c *chance, parcels []*parcel) *clerk {
	k := &clerk{chance: c}
	busy, stored := on("2021-12-20"), on("2022-03-01")
	for author := range k.desks {
		for d := day(14); d <= lastDay; d++ {
			weekday := d.date().Weekday()
			opens := d.working()
			switch {
			case d == lastDay || weekday == time.Friday:
			case author == bureau && d < stored, d < busy:
				opens = false
			default:
				opens = opens && weekday == time.Tuesday && c.percent(80)
			}
			if !opens {
				continue
			}
			s := slot{day: d, at: d.at(17, 5+4*author).Add(time.Duration(c.below(200)) * time.Second)}
			place := "区局"
			if author < bureau {
				place = parcels[author].short
			} else {
				s.at = d.at(17, 40).Add(time.Duration(c.below(900)) * time.Second)
			}
			s.person = "演示·" + place + one(c, "甲", "乙", "甲")
			k.desks[author] = append(k.desks[author], s)
		}
	}
	return k
}

// note puts an entry on its author's desk.
func (k *clerk) note(e *entry) *entry {
	if k.percent(4) && e.subject.Kind != land.OfParcel {
		if late := day(3 + min(k.below(24), k.below(24))); e.on+late < lastDay-3 {
			e.late = late
		}
	}
	k.entries = append(k.entries, e)
	return e
}

// first is the first moment of an author that is not before a day nor before what the entry needs, of another person than not.
func (k *clerk) first(author int, from day, needs []*entry, not string) (*slot, error) {
	var since time.Time
	for _, n := range needs {
		if n.slot.at.After(since) {
			since = n.slot.at
		}
	}
	desk := k.desks[author]
	i := sort.Search(len(desk), func(i int) bool { return desk[i].day >= from })
	for ; i < len(desk); i++ {
		if !desk[i].at.Before(since) && desk[i].person != not {
			return &desk[i], nil
		}
	}
	return nil, fmt.Errorf("nobody records after %s what needs %s", from, since)
}

// record gives every entry its moment, and makes the slips: a wrong entry, its void by another person, and the right one after it.
func (k *clerk) record() error {
	written := make([]*entry, 0, len(k.entries))
	for _, e := range k.entries {
		if e.slips {
			wrong := *e
			wrong.slips, wrong.late = false, 0
			reason := wrong.mistake()
			void := &entry{subject: e.subject, kind: land.Voided, by: e.by, voids: &wrong, needs: []*entry{&wrong}, reason: reason}
			var err error
			if wrong.slot, err = k.first(wrong.by, wrong.on, wrong.needs, ""); err != nil {
				return fmt.Errorf("%s %s: %w", e.subject, e.kind, err)
			}
			if void.slot, err = k.first(void.by, wrong.slot.day+day(k.between(2, 9)), void.needs, wrong.slot.person); err != nil {
				return fmt.Errorf("void of %s %s: %w", e.subject, e.kind, err)
			}
			void.on = void.slot.day
			written = append(written, &wrong, void)
			e.needs, e.late = append(e.needs, void), void.slot.day+1-e.on
		}
		var err error
		not := ""
		if e.voids != nil {
			not = e.voids.slot.person
		}
		if e.slot, err = k.first(e.by, e.on+e.late, e.needs, not); err != nil {
			return fmt.Errorf("%s %s on %s: %w", e.subject, e.kind, e.on, err)
		}
		if e.voids != nil {
			e.on = e.slot.day
		}
		written = append(written, e)
	}
	k.entries = written
	return nil
}

// mistake makes a fact wrong in the way that its kind invites, a sum or the day after, and answers why it is taken back.
func (e *entry) mistake() string {
	if p, ok := e.value.(payment); ok {
		p.Amount = json.Number(string(p.Amount) + "0") // one digit too many
		e.value = p
		return "演示：金额录错，作废后重录"
	}
	e.on++
	return "演示：日期录错，作废后重录"
}

// facts are the entries in the order in which they were recorded.
func (k *clerk) facts() ([]land.Fact, error) {
	sort.SliceStable(k.entries, func(i, j int) bool {
		a, b := k.entries[i], k.entries[j]
		switch {
		case !a.slot.at.Equal(b.slot.at):
			return a.slot.at.Before(b.slot.at)
		case a.on != b.on:
			return a.on < b.on
		case a.kind != b.kind:
			return a.kind.Rank() < b.kind.Rank()
		}
		return a.subject.Code < b.subject.Code
	})
	for i, e := range k.entries {
		e.id = i + 1
	}
	facts := make([]land.Fact, 0, len(k.entries))
	for _, e := range k.entries {
		f := land.Fact{
			Subject: e.subject, Kind: e.kind, OccurredOn: e.on.land(), RecordedAt: e.slot.at, RecordedBy: e.slot.person,
			Value: json.RawMessage("{}"), Note: text(e.note), Reason: text(e.reason), Evidence: e.evidence, Demo: true,
		}
		if e.value != nil {
			raw, err := json.Marshal(e.value)
			if err != nil {
				return nil, err
			}
			f.Value = raw
		}
		if e.voids != nil {
			id := int64(e.voids.id)
			f.Voids = &id
		}
		facts = append(facts, f)
	}
	return facts, nil
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
