package signing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Done sees what is about to be committed.
type Done func(tx *store.Tx, recorded []land.Fact, warnings []*fault.Error) error

// Record judges facts as a whole and writes them, all or nothing, as one instant's; the states follow when it ends.
// A void may leave its subject out. Answers the facts as recorded, and what was warned of; so it tells done, if there is one,
// before they are committed: what done refuses is not written.
func Record(ctx context.Context, db *store.DB, by land.Actor, facts []land.Fact, done Done) (recorded []land.Fact, warnings []*fault.Error, err error) {
	return RecordRead(ctx, db, by, facts, nil, done)
}

// RecordRead is Record for a list in which something could not be read: nothing is written, and the rest is judged all the same,
// so that every fault comes in one answer.
func RecordRead(ctx context.Context, db *store.DB, by land.Actor, facts []land.Fact, unread []*fault.Error, done Done) (recorded []land.Fact, warnings []*fault.Error, err error) {
	list := append([]land.Fact{}, facts...)
	codes, err := subjects(ctx, db, list)
	if err != nil {
		return nil, nil, err
	}
	err = db.WriteOn(ctx, by, codes, func(tx *store.Tx) error {
		c, err := tx.Case(ctx, subjectCodes(list))
		if err != nil {
			return err
		}
		if len(unread) > 0 {
			return fault.All(besides(c, by, list, unread))
		}
		var faults []*fault.Error
		if faults, warnings = Judge(c, by, list); len(faults) > 0 {
			return fault.All(faults)
		}
		recorded = append([]land.Fact{}, list...)
		for i := range recorded {
			recorded[i].RecordedAt, recorded[i].RecordedBy = tx.Now, by.Account
		}
		numbers, err := tx.AppendFacts(ctx, recorded)
		for i, number := range numbers {
			recorded[i].ID = number
		}
		if err != nil || done == nil {
			return err
		}
		return done(tx, recorded, warnings)
	})
	if err != nil {
		return nil, nil, err
	}
	return recorded, warnings, nil
}

// besides are the faults of a list of which some facts could not be read: theirs, and those of the others.
// What a fact needs is not asked where one about the same thing could not be read: that may have been it.
func besides(c land.Case, by land.Actor, list []land.Fact, unread []*fault.Error) []*fault.Error {
	bad, unsure := map[int]bool{}, map[land.Subject]bool{}
	for _, e := range unread {
		n := place(e.Field)
		bad[n] = true
		unsure[list[n].Subject] = true
	}
	var rest []land.Fact
	var places []int
	for n, f := range list {
		if !bad[n] {
			rest, places = append(rest, f), append(places, n)
		}
	}
	faults := slices.Clone(unread)
	judged, _ := Judge(c, by, rest)
	for _, e := range judged {
		was := place(e.Field)
		if e.Code == "fact.needs" && unsure[rest[was].Subject] {
			continue
		}
		e.Field = fmt.Sprintf("/%d%s", places[was], strings.TrimPrefix(e.Field, fmt.Sprintf("/%d", was)))
		faults = append(faults, e)
	}
	slices.SortStableFunc(faults, func(a, b *fault.Error) int { return place(a.Field) - place(b.Field) })
	return faults
}

// subjects fills in what voids speak of, and answers the codes to lock: an objection against a parcel
// touches its holdings and plots, which do not rest on it.
func subjects(ctx context.Context, db *store.DB, list []land.Fact) (codes []string, err error) {
	var voids []int64
	for _, f := range list {
		if f.Voids != nil {
			voids = append(voids, *f.Voids)
		}
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		of, err := tx.FactSubjects(ctx, voids)
		if err != nil {
			return err
		}
		var parcels []string
		for i, f := range list {
			if f.Kind == land.Voided && f.Voids != nil {
				list[i].Subject = of[*f.Voids]
			}
			if list[i].Subject.Kind == land.OfParcel {
				parcels = append(parcels, list[i].Subject.Code)
			}
		}
		codes = subjectCodes(list)
		if len(parcels) == 0 {
			return nil
		}
		members, err := tx.ParcelMembers(ctx, parcels)
		codes = append(codes, members...)
		return err
	})
	return codes, err
}

// subjectCodes are the codes of what facts speak of.
func subjectCodes(list []land.Fact) []string {
	codes := make([]string, 0, len(list))
	for _, f := range list {
		if f.Subject.Code != "" {
			codes = append(codes, f.Subject.Code)
		}
	}
	return codes
}
