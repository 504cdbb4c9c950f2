package signing

import (
	"context"
	"slices"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Noun is a kind of row of the register: what its drafts name, what is asked of them and how they are written.
// T is such a thing as it stands, D what somebody writes of it.
type Noun[T, D any] struct {
	Code   land.CodeForm
	lead   func(D) string // the member by which a change breaks facts; nil: no fact rests on such things
	names  func(D) naming
	read   func(*store.Tx, context.Context, store.Filter) ([]T, int64, error)
	judge  func(l *look, code string, present *T, d D) (faults, warnings []*fault.Error)
	enter  func(p land.Period, code string, d D) land.Ledger
	revise func(*store.Tx, context.Context, store.Revision, D) error
	kept   func(T) members // what the audit trail tells apart
}

// naming is what a draft names: things whose states it may move, and others.
type naming struct {
	things  []string // holdings, plots, contracts
	parcels []string
	parties []string
	posts   bool // which post runs the parcels matters
}

// Written is a write of a register row: by whom it is asked is the transaction's to say.
type Written[T any] struct {
	Code      string    // of the thing that is changed; of a new one, empty: the next free number
	ValidFrom *land.Day // since when what is written holds; nil: today
	Today     *land.Day // the last day of a demonstration; nil: the real today
	Reason    string
	Faults    []*fault.Error // what was found wrong while reading what was sent: all faults come in one answer
	// Seen sees the thing before it is changed: an error refuses at once, faults are listed with the others.
	Seen func(tx *store.Tx, present T) ([]*fault.Error, error)
	// Done sees what is about to be committed; what it refuses is not written.
	Done func(tx *store.Tx, row T, warnings []*fault.Error) error
}

// day is the day since which the write holds, and the last one that may be named.
func (w Written[T]) day(tx *store.Tx) (from, today land.Day, faults []*fault.Error) {
	today = land.DayOf(tx.Now)
	if w.Today != nil {
		today = *w.Today
	}
	if w.ValidFrom == nil {
		return today, today, nil
	}
	if w.ValidFrom.After(today.Time) {
		faults = append(faults, fault.New(fault.Invalid, "change.in_future", "day", *w.ValidFrom, "today", today).In("/valid_from"))
	}
	return *w.ValidFrom, today, faults
}

// Enter adds a thing to the register, from a day on.
func (n Noun[T, D]) Enter(ctx context.Context, db *store.DB, by land.Actor, d D, w Written[T]) error {
	named := n.names(d)
	codes := slices.Concat(named.things, named.parcels)
	return db.WriteRows(ctx, by, store.Gate{Name: n.Code.Letter, Shared: w.Code == ""}, codes, func(tx *store.Tx) error {
		from, today, faults := w.day(tx)
		faults = slices.Concat(faults, w.Faults, elsewhereThan(by, named))
		if by.Role == land.RolePost && w.Code != "" {
			return fault.New(fault.Forbidden, "row.code_given").In("/code") // whether it is taken is not told
		}
		code := w.Code
		if code == "" {
			var err error
			if code, err = tx.Next(ctx, n.Code); err != nil {
				return err
			}
		} else if !n.Code.Takes(code) {
			faults = append(faults, fault.New(fault.Invalid, "row.code_form", "code", code, "like", n.Code.Write(1)).In("/code"))
		} else if taken, err := tx.Taken(ctx, code); err != nil {
			return err
		} else if taken {
			faults = append(faults, fault.New(fault.Conflict, "row.code_taken", "code", code).In("/code"))
		}
		write := func() error {
			return tx.Register(ctx, n.enter(land.Period{From: from, Known: tx.Now}, code, d), w.Reason)
		}
		return n.carry(ctx, tx, carried[T, D]{code, d, nil, from, today, named, faults, w}, write)
	})
}

// Revise changes a thing of the register from a day on: what is left out of the draft stays as it stood.
func (n Noun[T, D]) Revise(ctx context.Context, db *store.DB, by land.Actor, d D, w Written[T]) error {
	named := n.names(d)
	codes := slices.Concat([]string{w.Code}, named.things, named.parcels)
	return db.WriteRows(ctx, by, store.Gate{Name: w.Code}, codes, func(tx *store.Tx) error {
		from, today, faults := w.day(tx)
		present, err := n.on(ctx, tx, w.Code, today)
		if err != nil {
			return err
		}
		seen, err := w.Seen(tx, present)
		if err != nil {
			return err
		}
		faults = slices.Concat(seen, faults, w.Faults, elsewhereThan(by, named))
		write := func() error { return n.revise(tx, ctx, store.Revision{Code: w.Code, From: from, Reason: w.Reason}, d) }
		return n.carry(ctx, tx, carried[T, D]{w.Code, d, &present, from, today, named, faults, w}, write)
	})
}

// elsewhereThan lists the fault of naming a parcel that a command post does not run: what it enters stays with it, and so does what it has.
func elsewhereThan(by land.Actor, n naming) (faults []*fault.Error) {
	if by.Role != land.RolePost {
		return nil
	}
	for _, parcel := range n.parcels {
		if !by.SeesParcel(parcel) {
			faults = append(faults, fault.New(fault.Forbidden, "row.parcel_not_yours", "parcel", parcel).In("/parcel"))
		}
	}
	return faults
}

// on is the thing as it stands on a day, as known now.
func (n Noun[T, D]) on(ctx context.Context, tx *store.Tx, code string, day land.Day) (T, error) {
	found, _, err := n.read(tx, ctx, store.Filter{Clock: land.On(day), Code: &code, Limit: 1})
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "register.unknown", "id", code).In("{id}")
	}
	if err != nil {
		var none T
		return none, err
	}
	return found[0], nil
}

// carried is a write on its way: what is written, since when, and what is wrong with it so far.
type carried[T, D any] struct {
	code        string
	draft       D
	present     *T // nil: it is new
	from, today land.Day
	named       naming
	faults      []*fault.Error
	Written[T]
}

// carry judges a write, carries it out, and judges what came of it, before anybody else sees it.
func (n Noun[T, D]) carry(ctx context.Context, tx *store.Tx, c carried[T, D], write func() error) error {
	touched, before, err := n.around(ctx, tx, append([]string{c.code}, c.named.things...))
	if err != nil {
		return err
	}
	l, err := lookAround(ctx, tx, before, c.code, c.named, c.from, c.today)
	if err != nil {
		return err
	}
	faults, warnings := n.judge(l, c.code, c.present, c.draft)
	if faults = append(c.faults, faults...); len(faults) > 0 {
		return fault.All(faults)
	}
	if err := write(); err != nil {
		return err
	}
	if n.lead != nil {
		touched = append(touched, c.code)
		after, err := tx.Case(ctx, touched)
		if err != nil {
			return err
		}
		faults = append(overfull(before, after, c.from), breaks(before, after, c.from, touched)...)
		for _, f := range faults {
			f.Field = n.lead(c.draft)
		}
		if len(faults) > 0 {
			return fault.All(faults)
		}
	}
	if err := tx.Derive(ctx); err != nil {
		return err
	}
	row, err := n.on(ctx, tx, c.code, c.today)
	if err != nil {
		return err
	}
	deed, err := n.deed(c, row)
	if err != nil {
		return err
	}
	tx.Did(deed)
	return c.Done(tx, row, warnings)
}

// around are the things that a write may touch, and what the rules look at for their sake.
func (n Noun[T, D]) around(ctx context.Context, tx *store.Tx, codes []string) (touched []string, c land.Case, err error) {
	if n.lead == nil {
		return nil, c, nil
	}
	if touched, err = tx.Touched(ctx, codes); err != nil {
		return nil, c, err
	}
	c, err = tx.Case(ctx, touched)
	return touched, c, err
}

// look is what a draft is held against: what stands in the register around it, as known now, on the days that count.
type look struct {
	*register
	days    []land.Day // the first day of the write, and today
	parcels map[string][]land.Period
	parties []land.PartyVersion
	runs    []land.CommandPostVersion
}

func lookAround(ctx context.Context, tx *store.Tx, c land.Case, code string, n naming, from, today land.Day) (l *look, err error) {
	l = &look{register: newRegister(c), days: []land.Day{from}}
	if today.After(from.Time) {
		l.days = append(l.days, today)
	}
	for _, v := range l.holdings[code] {
		n.parcels = append(n.parcels, v.Parcel)
	}
	for _, v := range l.contracts[code] {
		n.parcels = append(n.parcels, v.Parcel)
	}
	if l.parcels, err = tx.ParcelDays(ctx, n.parcels); err != nil {
		return nil, err
	}
	if l.parties, err = tx.PartyVersions(ctx, n.parties); err != nil {
		return nil, err
	}
	if n.posts {
		l.runs, err = tx.PostRuns(ctx, n.parcels)
	}
	return l, err
}

// there lists the fault of a thing that is not there on one of the days; periods are the days on which it is.
func (l *look) there(code, at string, periods []land.Period) []*fault.Error {
	if code == "" { // what was sent could not be read, which is said already
		return nil
	}
	for _, day := range l.days {
		if !slices.ContainsFunc(periods, func(p land.Period) bool { return p.On(day) }) {
			return []*fault.Error{fault.New(fault.Invalid, "row.unknown", "id", code, "on", day).In(at)}
		}
	}
	return nil
}

// reaching is the version that holds on a day once it is revised from there on: the one of the day, else the first after it.
func reaching[V any](versions []V, period func(V) land.Period, day land.Day) (v V, ok bool) {
	for _, v := range versions {
		if p := period(v); p.On(day) || p.From.After(day.Time) {
			return v, true
		}
	}
	return v, false
}

func holdingPeriod(v land.HoldingVersion) land.Period   { return v.Period }
func buildingPeriod(v land.BuildingVersion) land.Period { return v.Period }
func contractPeriod(v land.ContractVersion) land.Period { return v.Period }
func plotPeriod(v land.PlotPlace) land.Period           { return v.Period }

func periodsOf[V any](versions []V, period func(V) land.Period) []land.Period {
	all := make([]land.Period, len(versions))
	for i, v := range versions {
		all[i] = period(v)
	}
	return all
}

// elsewhere lists the fault of a thing that lies in another parcel than it should on one of the days.
func (l *look) elsewhere(code, at string, in, should func(day land.Day) (parcel string, ok bool)) []*fault.Error {
	for _, day := range l.days {
		lies, there := in(day)
		parcel, known := should(day)
		if there && known && lies != parcel {
			return []*fault.Error{fault.New(fault.Invalid, "row.elsewhere", "id", code, "in", lies, "not", parcel, "on", day).In(at)}
		}
	}
	return nil
}

// plotIn answers the parcel in which a plot lies on a day.
func (l *look) plotIn(code string) func(land.Day) (string, bool) {
	return func(day land.Day) (string, bool) {
		for _, v := range l.plots[code] {
			if v.On(day) {
				return v.Parcel, true
			}
		}
		return "", false
	}
}

// holdingIn answers the parcel of a holding on a day.
func (l *look) holdingIn(code string) func(land.Day) (string, bool) {
	return func(day land.Day) (string, bool) {
		v, ok := reaching(l.holdings[code], holdingPeriod, day)
		return v.Parcel, ok
	}
}
