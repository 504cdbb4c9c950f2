package store

import (
	"context"
	"time"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var (
	outboxHorizon = query("outbox.horizon")
	outboxSince   = query("outbox.since")
	outboxGone    = query("outbox.gone")
	outboxPrune   = query("outbox.prune")
	outboxListen  = query("outbox.listen")
)

// Cursor is a place in the stream of changes: the first transaction that may still bring something.
type Cursor string

// Follower is told of changes; it must be quick, the next one waits for it.
type Follower interface {
	// Changed brings committed changes, and the place from which a reader would go on. A change may come twice, none is left out;
	// nil says that some were forgotten, so that anything may have changed.
	Changed(touches []land.Touch, next Cursor)
	// Lost says that changes can no longer be heard; Found that all missed ones have been brought.
	Lost()
	Found()
}

// The feed asks by itself now and then, so that even a lost notification comes late and not never.
const (
	askAnyway = 15 * time.Second
	tryAgain  = 250 * time.Millisecond
)

// Follow tells the follower of every committed change from now on, whoever writes it, until ctx ends.
// It reconnects by itself and catches up.
func (db *DB) Follow(ctx context.Context, follower Follower) {
	var next Cursor
	for ctx.Err() == nil {
		err := db.listen(ctx, &next, follower)
		if ctx.Err() != nil {
			return
		}
		follower.Lost()
		db.log.Warn("changes cannot be heard; trying again", "error", err)
		select {
		case <-time.After(tryAgain):
		case <-ctx.Done():
		}
	}
}

func (db *DB) listen(ctx context.Context, next *Cursor, follower Follower) error {
	config, err := pgx.ParseConfig(db.url)
	if err != nil {
		return err
	}
	config.RuntimeParams["application_name"] = "zhengbei feed"
	config.ConnectTimeout = acquireWithin
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, outboxListen.text); err != nil {
		return err
	}
	if *next == "" {
		horizon, err := horizonOf(ctx, conn)
		if err != nil {
			return err
		}
		*next = horizon
	}
	seen := map[int64]bool{} // delivered already, though their transactions lie at or after the horizon
	for found := false; ; {
		if err := catchUp(ctx, conn, next, seen, follower); err != nil {
			return err
		}
		if !found {
			follower.Found()
			found = true
		}
		wait, cancel := context.WithTimeout(ctx, askAnyway)
		_, err := conn.WaitForNotification(wait)
		cancel()
		if err != nil && (ctx.Err() != nil || wait.Err() == nil || conn.IsClosed()) {
			return err
		}
	}
}

// catchUp brings what was committed since the horizon; the horizon is read first, so that nothing falls between.
func catchUp(ctx context.Context, conn *pgx.Conn, next *Cursor, seen map[int64]bool, follower Follower) error {
	horizon, err := horizonOf(ctx, conn)
	if err != nil {
		return err
	}
	touches, err := touchesSince(ctx, conn, *next)
	if err != nil {
		return err
	}
	fresh := touches[:0:0]
	still := map[int64]bool{}
	for _, t := range touches {
		still[t.Seq] = true
		if !seen[t.Seq] {
			fresh = append(fresh, t)
		}
	}
	clear(seen)
	for seq := range still {
		seen[seq] = true
	}
	rows, _ := conn.Query(ctx, outboxGone.text, named{"since": string(*next)}) // after the changes were read: whatever was forgotten before is told
	gone, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
	if err != nil {
		return err
	}
	*next = horizon
	switch {
	case gone:
		follower.Changed(nil, horizon)
	case len(fresh) > 0:
		follower.Changed(fresh, horizon)
	}
	return nil
}

func horizonOf(ctx context.Context, conn *pgx.Conn) (Cursor, error) {
	rows, _ := conn.Query(ctx, outboxHorizon.text)
	horizon, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	return Cursor(horizon), err
}

func touchesSince(ctx context.Context, conn *pgx.Conn, since Cursor) ([]land.Touch, error) {
	rows, _ := conn.Query(ctx, outboxSince.text, named{"since": string(since), "limit": (*int)(nil)}) // all: what a limit cut off would be lost behind the horizon
	return pgx.CollectRows(rows, pgx.RowToStructByName[land.Touch])
}

// Since are the changes from a place in the stream on, at most limit of them, and the place to go on from; without a place, only that.
// gone says that some of them were forgotten.
func (tx *Tx) Since(ctx context.Context, since Cursor, limit int) (touches []land.Touch, next Cursor, gone bool, err error) {
	horizon, err := one[string](ctx, tx, outboxHorizon, nil)
	if err != nil || since == "" {
		return nil, Cursor(horizon), false, err
	}
	if gone, err = one[bool](ctx, tx, outboxGone, named{"since": string(since)}); err != nil {
		return nil, "", false, err
	}
	touches, err = many[land.Touch](ctx, tx, outboxSince, named{"since": string(since), "limit": limit})
	return touches, Cursor(horizon), gone, err
}

// forgetEvery is how often what is too old is forgotten.
const forgetEvery = time.Hour

// Forget forgets, now and then until ctx ends, what no reader comes back for: changes older than a week, looks at files older than a day.
func (db *DB) Forget(ctx context.Context) {
	again := time.NewTicker(forgetEvery)
	defer again.Stop()
	for {
		if err := db.Prune(ctx); err != nil && ctx.Err() == nil {
			db.log.Warn("old changes could not be forgotten", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// Prune forgets them once.
func (db *DB) Prune(ctx context.Context) error {
	return db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, land.Actor{}, func(tx *Tx) error {
		if _, err := one[int64](ctx, tx, outboxPrune, nil); err != nil {
			return err
		}
		return tx.exec(ctx, importForget, nil)
	})
}

// Followers are told one after the other: who keeps a cache stands before who tells the page.
type Followers []Follower

// Changed brings changes to each.
func (all Followers) Changed(touches []land.Touch, next Cursor) {
	for _, f := range all {
		f.Changed(touches, next)
	}
}

// Lost tells each.
func (all Followers) Lost() {
	for _, f := range all {
		f.Lost()
	}
}

// Found tells each.
func (all Followers) Found() {
	for _, f := range all {
		f.Found()
	}
}
