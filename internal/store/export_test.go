package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Setting reads a setting of a connection of the service's pool, or of the one for tiles.
func (db *DB) Setting(ctx context.Context, tiles bool, name string) (string, error) {
	pool := db.pool
	if tiles {
		pool = db.tiles
	}
	rows, err := pool.Query(ctx, "SELECT current_setting($1)", name)
	if err != nil {
		return "", err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
}

// Hold takes every connection that a pool may open, until the answered function is called.
func (db *DB) Hold(ctx context.Context, tiles bool) (release func(), err error) {
	pool := db.pool
	if tiles {
		pool = db.tiles
	}
	var held []*pgxpool.Conn
	release = func() {
		for _, c := range held {
			c.Release()
		}
	}
	for range pool.Config().MaxConns {
		c, err := pool.Acquire(ctx)
		if err != nil {
			release()
			return nil, err
		}
		held = append(held, c)
	}
	return release, nil
}

// WithoutAudit leaves the audit records of this way to the database out, to measure what they cost.
func (db *DB) WithoutAudit() { db.unaudited = true }

// About names things beside the deeds.
func (tx *Tx) About(objects ...string) { tx.about(objects...) }
