package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/migrations"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// The roles of the private cluster; trust asks that owner and service are apart.
const (
	OwnerRole   = "zhengbei_owner"
	ServiceRole = "zhengbei"
)

var (
	provisionRoles       = query("provision.roles")
	provisionHasDatabase = query("provision.has_database")
	provisionServiceRole = query("provision.service_role")
	provisionLent        = query("provision.lent")
	provisionExtensions  = query("provision.extensions")
	provisionLacks       = query("provision.lacks")
	dbSchema             = query("db.schema")
	dbStates             = query("db.states")
	dbRebuild            = query("db.rebuild")
)

// Provision makes roles, database and extensions in a cluster of our own; admin answers a superuser's URL to a database.
func Provision(ctx context.Context, admin func(database string) string, name string) error {
	err := connected(ctx, admin("postgres"), func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, provisionRoles.text); err != nil {
			return err
		}
		there, err := hasDatabase(ctx, conn, name)
		if err != nil || there {
			return err
		}
		_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+" OWNER "+OwnerRole)
		return err
	})
	if err != nil {
		return err
	}
	return connected(ctx, admin(name), func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, provisionExtensions.text)
		return err
	})
}

func hasDatabase(ctx context.Context, conn *pgx.Conn, name string) (bool, error) {
	rows, _ := conn.Query(ctx, provisionHasDatabase.text, named{"name": name})
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
}

// HasDatabase reports whether a cluster of our own has a database of this name; admin is a superuser's URL.
func HasDatabase(ctx context.Context, admin, name string) (there bool, err error) {
	err = connected(ctx, admin, func(conn *pgx.Conn) error {
		there, err = hasDatabase(ctx, conn, name)
		return err
	})
	return there, err
}

// Drop drops a database of a cluster of our own, unless somebody is connected to it; dropped is false where there was none.
func Drop(ctx context.Context, admin, name string) (dropped bool, err error) {
	err = connected(ctx, admin, func(conn *pgx.Conn) error {
		there, err := hasDatabase(ctx, conn, name)
		if err != nil || !there {
			return err
		}
		_, err = conn.Exec(ctx, "DROP DATABASE "+pgx.Identifier{name}.Sanitize())
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == "55006" {
			return fault.New(fault.Conflict, "demo.in_use", "database", name)
		}
		dropped = err == nil
		return err
	})
	return dropped, err
}

// Migrate brings the schema to the newest step, or to step to where to > 0; owner is the URL of its owner.
// Servers that start together apply each step once.
func Migrate(ctx context.Context, owner string, to int64) (applied int, err error) {
	if err := connected(ctx, owner, func(conn *pgx.Conn) error { return prepare(ctx, conn) }); err != nil {
		return 0, err
	}
	config, err := pgx.ParseConfig(owner)
	if err != nil {
		return 0, fault.New(fault.Invalid, "db.url").Because(err)
	}
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120), lock.WithUnlockTimeout(1, 10))
	if err != nil {
		return 0, err
	}
	steps, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files, goose.WithSessionLocker(locker))
	if err != nil {
		return 0, err
	}
	var results []*goose.MigrationResult
	if to > 0 {
		results, err = steps.UpTo(ctx, to)
	} else {
		results, err = steps.Up(ctx)
	}
	return len(results), translate(err)
}

// prepare makes what the migrations rest on, or names the line that a database administrator has to run.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	rows, _ := conn.Query(ctx, provisionLacks.text)
	lacks, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if len(lacks) > 0 {
		if _, err := conn.Exec(ctx, provisionExtensions.text); err != nil {
			return fault.New(fault.Invalid, "db.no_extension", "names", strings.Join(lacks, ", "), "database", conn.Config().Database).Because(err)
		}
	}
	if _, err := conn.Exec(ctx, provisionServiceRole.text); err != nil {
		return fault.New(fault.Invalid, "db.no_service_role", "role", conn.Config().User).Because(err)
	}
	return nil
}

// Lend gives the service's rights to a login role that lacks them, as the owner of the schema.
func Lend(ctx context.Context, owner, service string) error {
	config, err := pgx.ParseConfig(service)
	if err != nil {
		return fault.New(fault.Invalid, "db.url").Because(err)
	}
	return connected(ctx, owner, func(conn *pgx.Conn) error {
		rows, _ := conn.Query(ctx, provisionLent.text, named{"role": config.User})
		lent, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
		if err != nil || lent {
			return err
		}
		if _, err := conn.Exec(ctx, "GRANT zhengbei_service TO "+pgx.Identifier{config.User}.Sanitize()); err != nil {
			return fault.New(fault.Invalid, "db.cannot_lend", "role", config.User).Because(err)
		}
		return nil
	})
}

// Rebuild derives every state anew, all or nothing, and counts those before and after; owner is the URL of the schema's owner.
func Rebuild(ctx context.Context, owner string) (before, after int64, err error) {
	err = connected(ctx, owner, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if err := tx.QueryRow(ctx, dbStates.text).Scan(&before); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, dbRebuild.text); err != nil {
				return err
			}
			return tx.QueryRow(ctx, dbStates.text).Scan(&after)
		})
	})
	return before, after, err
}

func connected(ctx context.Context, url string, fn func(*pgx.Conn) error) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fault.New(fault.Invalid, "db.url").Because(err)
	}
	config.ConnectTimeout = 10 * time.Second
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return unreachable(config, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return translate(fn(conn))
}

// unreachable names the database without its password.
func unreachable(config *pgx.ConnConfig, err error) error {
	return fault.New(fault.Busy, "db.unreachable", "where", fmt.Sprintf("%s/%s", config.Host, config.Database), "role", config.User).Because(err)
}

// newestStep is the number of the newest migration that this program carries.
func newestStep() (int64, error) {
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, errors.Join(err, errors.New("no migrations"))
	}
	return goose.NumericComponent(names[len(names)-1])
}
