package progress

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// pieces is how many parts a table is cut into, by the numbers of its things, so that a signature copies one part and not the whole.
const pieces = 256

// table holds rows by the number of their thing. A table is never changed: a newer one shares the pieces that did not move.
type table[T any] [pieces][]T

// each hands on the rows.
func (t *table[T]) each(fn func(*T)) {
	for _, rows := range t {
		for i := range rows {
			fn(&rows[i])
		}
	}
}

// without is the table less some rows, which are in the pieces that are touched.
func (t *table[T]) without(touched *[pieces]bool, gone func(*T) bool) table[T] {
	var kept table[T]
	for n, rows := range t {
		kept[n] = slices.Clip(rows) // who adds to it copies it
		if touched[n] && slices.ContainsFunc(rows, func(row T) bool { return gone(&row) }) {
			kept[n] = slices.DeleteFunc(slices.Clone(rows), func(row T) bool { return gone(&row) })
		}
	}
	return kept
}

// adder puts rows where their things' numbers say.
func adder[T any](t *table[T], thing func(*T) int32) func([]T) {
	return func(rows []T) {
		for i := range rows {
			n := uint32(thing(&rows[i])) % pieces
			t[n] = append(t[n], rows[i])
		}
	}
}

// states are all states that things ever had, with both clocks, as one snapshot of the database shows them.
// At 20,000 plots and 400,000 facts they take some 40 MB; another day or instant costs a walk over them and no SQL.
type states struct {
	version   uint64
	mark      land.Mark
	marked    time.Time
	rounds    map[int32]string // of parcels
	plots     table[land.PlotState]
	holdings  table[land.HoldingState]
	contracts table[land.ContractState]
	parts     table[land.ZonePartRow]
	edges     table[land.Link] // by the lower plot
	lands     table[land.Link] // by holding
	covers    table[land.Link] // by contract
}

// add reads the rows of some things, or of all where ids is nil.
func (s *states) add(ctx context.Context, tx *store.Tx, ids []int32) error {
	var err error
	if s.rounds, err = tx.RoundsOfParcels(ctx); err != nil || ids != nil && len(ids) == 0 {
		return err
	}
	first := func(l *land.Link) int32 { return l.A }
	for _, read := range []func() error{
		func() error {
			return tx.PlotStates(ctx, ids, adder(&s.plots, func(p *land.PlotState) int32 { return p.Plot }))
		},
		func() error {
			return tx.HoldingStates(ctx, ids, adder(&s.holdings, func(h *land.HoldingState) int32 { return h.Holding }))
		},
		func() error {
			return tx.ContractStates(ctx, ids, adder(&s.contracts, func(c *land.ContractState) int32 { return c.Contract }))
		},
		func() error {
			return tx.ZonePartRows(ctx, ids, adder(&s.parts, func(p *land.ZonePartRow) int32 { return p.Plot }))
		},
		func() error { return tx.EdgeRows(ctx, ids, adder(&s.edges, first)) },
		func() error { return tx.LandRows(ctx, ids, adder(&s.lands, first)) },
		func() error { return tx.CoverRows(ctx, ids, adder(&s.covers, first)) },
	} {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// without are the states less those of some things.
func (s *states) without(ids []int32) *states {
	moved := make(map[int32]bool, len(ids))
	var touched, all [pieces]bool
	for n := range all {
		all[n] = true
	}
	for _, id := range ids {
		moved[id], touched[uint32(id)%pieces] = true, true
	}
	return &states{
		plots:     s.plots.without(&touched, func(p *land.PlotState) bool { return moved[p.Plot] }),
		holdings:  s.holdings.without(&touched, func(h *land.HoldingState) bool { return moved[h.Holding] }),
		contracts: s.contracts.without(&touched, func(c *land.ContractState) bool { return moved[c.Contract] }),
		parts:     s.parts.without(&touched, func(p *land.ZonePartRow) bool { return moved[p.Plot] }),
		edges: s.edges.without(&all, func(l *land.Link) bool {
			return touched[uint32(l.A)%pieces] && moved[l.A] || touched[uint32(l.B)%pieces] && moved[l.B]
		}),
		lands:  s.lands.without(&touched, func(l *land.Link) bool { return moved[l.A] }),
		covers: s.covers.without(&touched, func(l *land.Link) bool { return moved[l.A] }),
	}
}

// memory keeps the states that were read last. Who reads or begins a snapshot holds its gate, so that no snapshot is older than the states.
type memory struct {
	gate  chan struct{}
	last  *states
	whole bool // all is to be read again
}

const (
	// mostMoved bounds how many things are read again by themselves; of more, all are.
	mostMoved = 20_000
	// renewed is how long a mark is kept where nothing moves, since the stream of changes is kept for days and not for ever.
	renewed = time.Hour
	// trusted is how old a mark may be of which nothing is forgotten yet: changes are kept for seven days.
	trusted = 6 * 24 * time.Hour
	// loading bounds the reading of all states: at 200,000 plots and 4 million facts it takes some 20 s.
	loading = 3 * time.Minute
)

// errWhole says that what moved cannot be read by itself.
var errWhole = errors.New("all states are to be read")

// catchUp answers the states as this snapshot shows them.
func (m *memory) catchUp(ctx context.Context, tx *store.Tx, now time.Time) (*states, error) {
	if m.last == nil || m.whole || now.Sub(m.last.marked) > trusted {
		return nil, errWhole
	}
	seen, err := tx.SeenSince(ctx, m.last.mark)
	switch {
	case err != nil:
		return nil, err
	case seen < m.last.mark.Seen: // pruned, or another database
		m.whole = true
		return nil, errWhole
	case seen == m.last.mark.Seen && now.Sub(m.last.marked) < renewed:
		return m.last, nil
	}
	moved, whole, err := tx.MovedSince(ctx, m.last.mark, mostMoved)
	if err == nil && whole {
		m.whole = true
		err = errWhole
	}
	if err != nil {
		return nil, err
	}
	mark, err := tx.Mark(ctx)
	if err != nil {
		return nil, err
	}
	next := m.last.without(moved)
	next.version, next.mark, next.marked = m.last.version, mark, now
	if seen != m.last.mark.Seen {
		next.version++
	}
	if err := next.add(ctx, tx, append([]int32{}, moved...)); err != nil {
		return nil, err
	}
	m.last = next
	return next, nil
}

// load reads all states.
func (m *memory) load(ctx context.Context, tx *store.Tx, now time.Time) error {
	if err := tx.Patient(ctx); err != nil {
		return err
	}
	next := &states{version: 1, marked: now}
	if m.last != nil {
		next.version = m.last.version + 1
	}
	var err error
	if next.mark, err = tx.Mark(ctx); err != nil {
		return err
	}
	if err := next.add(ctx, tx, nil); err != nil {
		return err
	}
	m.last, m.whole = next, false
	return nil
}

// view is one snapshot for one question: the database, and the states in memory that agree with it.
type view struct {
	tx     *store.Tx
	states *states
	clock  land.Clock
	round  land.Round
	land.Moment
}

// read runs fn on one snapshot, after the question was found to lie within its round.
func (r *Reader) read(ctx context.Context, clock land.Clock, fn func(view) error) error {
	return r.snapshot(ctx, func(tx *store.Tx, s *states) (err error) {
		v := view{tx: tx, states: s, clock: clock, Moment: clock.Moment()}
		if v.round, err = round(ctx, tx, clock); err != nil {
			return err
		}
		return fn(v)
	})
}

// Warm reads the states before anybody asks.
func (r *Reader) Warm(ctx context.Context) error {
	return r.snapshot(ctx, func(*store.Tx, *states) error { return nil })
}

// snapshot runs fn on a snapshot and the states that agree with it; only the catching up holds the gate.
func (r *Reader) snapshot(ctx context.Context, fn func(*store.Tx, *states) error) error {
	for {
		if err := r.enter(ctx); err != nil {
			return err
		}
		leave := sync.OnceFunc(r.leave)
		err := r.db.Read(ctx, func(tx *store.Tx) error {
			s, err := r.memory.catchUp(ctx, tx, r.db.Now())
			if !errors.Is(err, errWhole) {
				leave()
			}
			if err != nil {
				return err
			}
			return fn(tx, s)
		})
		if !errors.Is(err, errWhole) {
			leave() // also where no connection came
			return err
		}
		if err := r.load(ctx); err != nil {
			return err
		}
	}
}

// load reads all states; the gate is held, and left when it has ended. Whoever asked may leave earlier: what was read is there for the next.
func (r *Reader) load(ctx context.Context) error {
	loaded := make(chan error, 1)
	go func() {
		defer r.leave()
		detached, cancel := context.WithTimeout(store.As(context.WithoutCancel(ctx), land.Actor{}), loading) // what all share depends on nobody's sight
		defer cancel()
		loaded <- r.db.Read(detached, func(tx *store.Tx) error { return r.memory.load(detached, tx, r.db.Now()) })
	}()
	select {
	case err := <-loaded:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Reader) enter(ctx context.Context) error {
	select {
	case r.memory.gate <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Reader) leave() { <-r.memory.gate }
