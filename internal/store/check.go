package store

import (
	"context"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var (
	dbSelf  = query("db.self")
	dbFacts = query("db.facts")
)

// Ready says whether the service can serve from this database, and if not, why: reach, schema, rights.
// It is asked as nobody, so that it can also be asked of a schema that knows no accounts yet.
func (db *DB) Ready(ctx context.Context) error {
	return db.Read(As(ctx, land.Actor{}), func(tx *Tx) error {
		newest, err := newestStep()
		if err != nil {
			return err
		}
		facts, err := tx.facts(ctx)
		if err != nil {
			return err
		}
		step := int64(0)
		if facts.Migrated {
			if step, err = one[int64](ctx, tx, dbSchema, nil); err != nil {
				return err
			}
		}
		switch {
		case step < newest:
			return fault.New(fault.Busy, "db.schema_behind", "have", step, "need", newest)
		case step > newest:
			return fault.New(fault.Busy, "db.schema_ahead", "have", step, "need", newest)
		}
		self, _, err := row[struct {
			Role                             string
			Super, BypassRLS, Owner, Service bool
		}](ctx, tx, dbSelf, nil)
		if err != nil {
			return err
		}
		switch {
		case self.Super, self.BypassRLS, self.Owner:
			return fault.New(fault.Busy, "db.too_mighty", "role", self.Role)
		case !self.Service:
			return fault.New(fault.Busy, "db.no_rights", "role", self.Role)
		}
		return nil
	})
}

// Facts are what doctor tells of a database.
type Facts struct {
	Server             string    `json:"server"`
	Postgis            *string   `json:"postgis"`
	BtreeGist          *string   `json:"btree_gist"`
	PostgisAvailable   bool      `json:"postgis_available"`
	BtreeGistAvailable bool      `json:"btree_gist_available"`
	Standby            bool      `json:"standby"`
	ServiceRole        bool      `json:"service_role"`
	Migrated           bool      `json:"migrated"`
	Role               string    `json:"role"`
	Database           string    `json:"database"`
	Clock              time.Time `json:"clock"`
}

func (tx *Tx) facts(ctx context.Context) (Facts, error) {
	f, _, err := row[Facts](ctx, tx, dbFacts, nil)
	return f, err
}

// Examine asks a database what it can do, without changing anything.
func Examine(ctx context.Context, url string) (Facts, error) {
	var facts Facts
	err := connected(ctx, url, func(conn *pgx.Conn) error {
		rows, _ := conn.Query(ctx, dbFacts.text)
		var err error
		facts, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Facts])
		return err
	})
	return facts, err
}

// Step is the newest migration that a database has.
func Step(ctx context.Context, url string) (step int64, err error) {
	err = connected(ctx, url, func(conn *pgx.Conn) error {
		rows, _ := conn.Query(ctx, dbSchema.text)
		step, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
		return err
	})
	return step, err
}
