package store

import (
	"context"
	"time"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

// Tx is one transaction; all access to data is a method on it.
type Tx struct {
	Now   time.Time  // the one instant of a write, read behind the ledger lock
	Actor land.Actor // who acts
	tx    pgx.Tx

	deeds     []land.Deed // what was done so far, for the audit record
	objects   []string    // what it is found by beside the things of the deeds
	unaudited bool        // only where a measurement asks what the record costs
}

var (
	dbEnter   = query("db.enter")
	dbClock   = query("db.clock")
	dbPatient = query("db.patient")
)

// enter takes the shared ledger lock and then reads the clock, in this order: see Settle.
func (tx *Tx) enter(ctx context.Context) error {
	if err := tx.exec(ctx, dbEnter, nil); err != nil {
		return err
	}
	var err error
	tx.Now, err = one[time.Time](ctx, tx, dbClock, nil)
	return err
}

// Patient lets the statements of this transaction last as long as the reader of a stream.
func (tx *Tx) Patient(ctx context.Context) error { return tx.exec(ctx, dbPatient, nil) }

type named = pgx.StrictNamedArgs

func args(a named) []any {
	if a == nil {
		return nil
	}
	return []any{a}
}

func (tx *Tx) exec(ctx context.Context, q sql, a named) error {
	_, err := tx.tx.Exec(ctx, q.text, args(a)...)
	return translate(err)
}

// written is like exec and answers how many rows were written.
func (tx *Tx) written(ctx context.Context, q sql, a named) (int64, error) {
	tag, err := tx.tx.Exec(ctx, q.text, args(a)...)
	return tag.RowsAffected(), translate(err)
}

// one reads a single value of a single row.
func one[T any](ctx context.Context, tx *Tx, q sql, a named) (T, error) {
	rows, _ := tx.tx.Query(ctx, q.text, args(a)...)
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	return v, translate(err)
}

// row reads a single row by the names of its columns; found is false where there is none.
func row[T any](ctx context.Context, tx *Tx, q sql, a named) (v T, found bool, err error) {
	all, err := many[T](ctx, tx, q, a)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[0], true, nil
}

// many reads rows by the names of their columns.
func many[T any](ctx context.Context, tx *Tx, q sql, a named) ([]T, error) {
	rows, _ := tx.tx.Query(ctx, q.text, args(a)...)
	v, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	return v, translate(err)
}

// each hands on row after row without keeping them.
func each[T any](ctx context.Context, tx *Tx, q sql, a named, fn func(T) error) error {
	rows, err := tx.tx.Query(ctx, q.text, args(a)...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		v, err := pgx.RowToStructByName[T](rows)
		if err != nil {
			return translate(err)
		}
		if err := fn(v); err != nil {
			return err
		}
	}
	return translate(rows.Err())
}
