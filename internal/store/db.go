package store

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/singleflight"
)

// Settings say which database, and by which clock.
type Settings struct {
	URL string // of the service role; several hosts with target_session_attrs are welcome
	Now func() time.Time
	Log *slog.Logger
	As  land.Actor // who acts where a context does not say: the console, for commands; nobody, for a server
}

// DB is the service's way to the database.
type DB struct {
	pool  *pgxpool.Pool
	tiles *pgxpool.Pool // apart, so that a map being panned never holds up a list
	url   string
	now   func() time.Time
	log   *slog.Logger
	as    land.Actor

	unaudited bool // only where a measurement asks what the record costs

	settling singleflight.Group // who waits for the barrier waits together
	settled  atomic.Int64       // the latest settled instant that this process knows of, in microseconds
}

// The bounds of trust: how long a statement, a lock and an idle transaction may take, in milliseconds.
// A plan is made for each list anew: one made for any box, code or page took 0.7 s for one plot of 200,000, its own 0.5 ms.
// JIT costs more than a list: policies make its plan look thirty times dearer than it is.
var session = map[string]string{
	"application_name":                    "zhengbei",
	"timezone":                            "UTC",
	"statement_timeout":                   "5000",
	"lock_timeout":                        "3000",
	"idle_in_transaction_session_timeout": "10000",
	"plan_cache_mode":                     "force_custom_plan",
	"jit":                                 "off",
}

// tileSession: each parallel worker pays 140 to 200 ms to start PROJ, and JIT costs more than a tile.
// One plan serves every tile, since each reads one box; planning would cost more than the tile.
var tileSession = map[string]string{
	"application_name":                "zhengbei tiles",
	"timezone":                        "UTC",
	"statement_timeout":               "2000",
	"lock_timeout":                    "1000",
	"jit":                             "off",
	"max_parallel_workers_per_gather": "0",
	"plan_cache_mode":                 "force_generic_plan",
}

// tileConnections: more than the cores of a small office machine only makes tiles wait in the database.
const tileConnections = 4

// acquireWithin is how long a request waits for a connection before it is told to come again.
const acquireWithin = 3 * time.Second

// Open prepares the pools; it does not wait for the database (see Ready).
func Open(ctx context.Context, s Settings) (*DB, error) {
	pool, err := newPool(ctx, s.URL, session, 0)
	if err != nil {
		return nil, err
	}
	tiles, err := newPool(ctx, s.URL, tileSession, tileConnections)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &DB{pool: pool, tiles: tiles, url: s.URL, now: s.Now, log: s.Log, as: s.As}, nil
}

func newPool(ctx context.Context, url string, params map[string]string, most int32) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.New(fault.Invalid, "db.url").Because(err)
	}
	for name, value := range params {
		config.ConnConfig.RuntimeParams[name] = value
	}
	config.ConnConfig.ConnectTimeout = acquireWithin
	if most > 0 {
		config.MaxConns = most
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, translate(err)
	}
	return pool, nil
}

// Close ends every connection, after those in use are given back.
func (db *DB) Close() {
	db.tiles.Close()
	db.pool.Close()
}

// Now is the time of the service.
func (db *DB) Now() time.Time { return db.now() }

// Stats are the connections of the two pools: in use and in all.
func (db *DB) Stats() (used, all, tilesUsed, tilesAll int32) {
	a, b := db.pool.Stat(), db.tiles.Stat()
	return a.AcquiredConns(), a.TotalConns(), b.AcquiredConns(), b.TotalConns()
}

// Read runs fn on one read-only snapshot, as the actor of the context.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, db.actor(ctx), fn)
}

type actorOf struct{}

// As is a context in which this actor reads.
func As(ctx context.Context, by land.Actor) context.Context {
	return context.WithValue(ctx, actorOf{}, by)
}

// Acting is who acts in a context; nobody where it does not say.
func Acting(ctx context.Context) land.Actor {
	by, _ := ctx.Value(actorOf{}).(land.Actor)
	return by
}

// Reads is who reads in a context.
func (db *DB) Reads(ctx context.Context) land.Actor { return db.actor(ctx) }

// actor is who reads in a context.
func (db *DB) actor(ctx context.Context) land.Actor {
	if by, ok := ctx.Value(actorOf{}).(land.Actor); ok {
		return by
	}
	return db.as
}

// attempts is how often a write is begun anew after a serialization failure or a deadlock.
const attempts = 5

// Write runs fn in one transaction of one actor; its instant is tx.Now. Nothing is written unless fn returns nil.
func (db *DB) Write(ctx context.Context, by land.Actor, fn func(*Tx) error) error {
	return db.writing(ctx, by, func(tx *Tx) error {
		if err := tx.enter(ctx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// writing runs fn in one transaction of one actor, under the key of the context, with its audit record; it is begun anew after a deadlock.
func (db *DB) writing(ctx context.Context, by land.Actor, fn func(*Tx) error) error {
	return db.again(ctx, func() error {
		return db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, by, func(tx *Tx) error {
			if err := tx.claim(ctx); err != nil {
				return err
			}
			if err := fn(tx); err != nil {
				return err
			}
			return tx.audit(ctx)
		})
	})
}

// again begins a transaction anew after a serialization failure or a deadlock.
func (db *DB) again(ctx context.Context, attempted func() error) error {
	for attempt := 1; ; attempt++ {
		err := attempted()
		var pg *pgconn.PgError
		if err == nil || !errors.As(err, &pg) || (pg.Code != "40001" && pg.Code != "40P01") {
			return err
		}
		if attempt == attempts { // others were first each time; nothing is wrong with what was asked
			return fault.New(fault.Busy, "db.busy").Because(err)
		}
		select { // jitter, so that two who met do not meet again
		case <-time.After(time.Duration(rand.Int64N(int64(attempt) * int64(20*time.Millisecond)))):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (db *DB) transact(ctx context.Context, options pgx.TxOptions, by land.Actor, fn func(*Tx) error) error {
	conn, tx, err := begin(ctx, db.pool, acting(options, by))
	if err != nil {
		return err
	}
	defer conn.Release()
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit it does nothing
	if err := fn(&Tx{tx: tx, Actor: by, unaudited: db.unaudited}); err != nil {
		return err
	}
	return translate(tx.Commit(ctx))
}

// acting says who acts in the statement that begins a transaction, where it takes 0.1 ms, and 0.2 ms for a command post (BenchmarkActing); as a round trip of its own it took two thirds of the reads.
// What the account may see is found there, once: a policy that looked it up when it met a row told by the clock that the row is there.
// Where a write waits for locks, each statement has a snapshot of its own, so that this one is not in their way.
func acting(options pgx.TxOptions, by land.Actor) pgx.TxOptions {
	begin := "BEGIN ISOLATION LEVEL " + string(options.IsoLevel)
	if options.AccessMode == pgx.ReadOnly {
		begin += " READ ONLY"
	}
	if by.ID > 0 || by.Role == land.RoleConsole { // anybody else is nobody, who sees no row of the register
		begin += "; SELECT acting_as(" + strconv.Itoa(int(by.ID)) + ")"
	}
	return pgx.TxOptions{BeginQuery: begin}
}

// begin takes a connection and starts a transaction on it; a connection that died in the pool is replaced.
func begin(ctx context.Context, pool *pgxpool.Pool, options pgx.TxOptions) (*pgxpool.Conn, pgx.Tx, error) {
	for attempt := 1; ; attempt++ {
		conn, err := acquire(ctx, pool)
		if err != nil {
			return nil, nil, err
		}
		tx, err := conn.BeginTx(ctx, options)
		if err == nil {
			return conn, tx, nil
		}
		died := conn.Conn().IsClosed()
		conn.Release()
		if attempt > int(pool.Config().MaxConns) || ctx.Err() != nil || !died {
			return nil, nil, translate(err)
		}
	}
}

func acquire(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Conn, error) {
	within, cancel := context.WithTimeout(ctx, acquireWithin)
	defer cancel()
	conn, err := pool.Acquire(within)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, fault.New(fault.Busy, "db.busy").Because(err)
	}
	return conn, translate(err)
}

// settleTries bounds how often the barrier is asked: a database whose clock lags behind the service never reaches its instants.
const settleTries = 3

// Settle makes an instant settled: after it no write with an earlier instant can commit.
func (db *DB) Settle(ctx context.Context, known time.Time) error {
	for range settleTries {
		if known.UnixMicro() < db.settled.Load() {
			return nil
		}
		barrier := db.settling.DoChan("", func() (any, error) {
			detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*acquireWithin)
			defer cancel()
			return nil, db.transact(detached, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, land.Actor{}, func(tx *Tx) error {
				at, err := one[time.Time](detached, tx, dbSettle, nil)
				if err == nil {
					db.settled.Store(max(db.settled.Load(), at.UnixMicro()))
				}
				return err
			})
		})
		select {
		case <-ctx.Done():
			return translate(ctx.Err())
		case r := <-barrier:
			if r.Err != nil {
				return r.Err
			}
		}
	}
	if known.UnixMicro() < db.settled.Load() {
		return nil
	}
	return fault.New(fault.Busy, "db.slow")
}

var dbSettle = query("db.settle")
