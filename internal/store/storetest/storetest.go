// Package storetest gives each test a real database of its own.
package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhengbei/geodata"
	"zhengbei/internal/cadastre"
	"zhengbei/internal/demonstration"
	"zhengbei/internal/exchange"
	"zhengbei/internal/land"
	"zhengbei/internal/pgserver"
	"zhengbei/internal/store"
	"zhengbei/migrations"

	"github.com/jackc/pgx/v5"
)

// superuser of the cluster that tests run in.
const superuser = "zhengbei_admin"

// cluster answers a superuser's URL: of the cluster of `make test`, or of one of this test binary alone.
var cluster = sync.OnceValues(func() (string, error) {
	if dsn := os.Getenv("ZHENGBEI_TEST_DSN"); dsn != "" {
		return dsn, nil
	}
	s, err := pgserver.Start(context.Background(), pgserver.Settings{Throwaway: true}) // ends with this process
	if err != nil {
		return "", err
	}
	return s.DSN(superuser, "postgres"), nil
})

// Database is a database of one test.
type Database struct {
	Name  string
	admin string // a superuser's URL to the cluster
}

// Admin is a superuser's URL to it, as psql would use.
func (d Database) Admin() string { return as(d.admin, superuser, d.Name) }

// Owner is the URL of the owner of its schema.
func (d Database) Owner() string { return as(d.admin, store.OwnerRole, d.Name) }

// Service is the URL of the role that the service runs as.
func (d Database) Service() string { return as(d.admin, store.ServiceRole, d.Name) }

// as changes the role and the database of a URL.
func as(dsn, role, database string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic(err) // pgserver answers URLs
	}
	u.User, u.Path = url.User(role), "/"+database
	return u.String()
}

// Empty is a migrated database without anything in it.
func Empty(t testing.TB) Database { t.Helper(); return clone(t, emptyTemplate) }

// Seeded is a database with the outlines that ship with the service.
func Seeded(t testing.TB) Database { t.Helper(); return clone(t, seededTemplate) }

// Bare is a database without extensions or schema, owned by the owner role.
func Bare(t testing.TB) Database {
	t.Helper()
	if _, err := emptyTemplate(); err != nil { // makes the roles
		t.Fatal(err)
	}
	d := named(t)
	exec(t, connect(t, d.admin), "CREATE DATABASE "+d.Name+" OWNER "+store.OwnerRole)
	return d
}

// Open opens the service's way to a database, until the test ends.
func (d Database) Open(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Settings{URL: d.Service(), Now: time.Now, Log: slog.New(slog.DiscardHandler), As: land.Operator})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// Front opens the way to a database that a server has: who acts is known by the context alone.
func (d Database) Front(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Settings{URL: d.Service(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// Psql connects as a superuser, as somebody with psql would, until the test ends.
func (d Database) Psql(t testing.TB) *pgx.Conn { t.Helper(); return connect(t, d.Admin()) }

var serial atomic.Int64

func named(t testing.TB) Database {
	t.Helper()
	admin, err := cluster()
	if err != nil {
		t.Fatal(err)
	}
	d := Database{Name: fmt.Sprintf("t_%d_%d", os.Getpid(), serial.Add(1)), admin: admin}
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), admin)
		if err != nil {
			return // the cluster was stopped by the test itself
		}
		defer func() { _ = conn.Close(context.Background()) }()
		_, _ = conn.Exec(context.Background(), "DROP DATABASE IF EXISTS "+d.Name+" WITH (FORCE)")
	})
	return d
}

func clone(t testing.TB, template func() (string, error)) Database {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	d := named(t)
	exec(t, connect(t, d.admin), "CREATE DATABASE "+d.Name+" TEMPLATE "+from+" OWNER "+store.OwnerRole)
	psql := connect(t, d.Admin()) // each has a chain of its own, as databases that are not copies of each other
	exec(t, psql, "SET session_replication_role = 'replica'; UPDATE audit_chain SET chain = gen_random_uuid()")
	_ = psql.Close(t.Context())
	return d
}

func connect(t testing.TB, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func exec(t testing.TB, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

var (
	emptyTemplate  = sync.OnceValues(func() (string, error) { return template("empty", func(context.Context, string) error { return nil }) })
	seededTemplate = sync.OnceValues(func() (string, error) { return template("seeded", seed) })
)

// template makes a database to clone, once a cluster; its name follows from what it is made of.
func template(kind string, fill func(ctx context.Context, service string) error) (string, error) {
	ctx := context.Background()
	admin, err := cluster()
	if err != nil {
		return "", err
	}
	name := "template_" + kind + "_" + fingerprint()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(4547)"); err != nil { // test binaries run side by side
		return "", err
	}
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil || there {
		return name, err
	}
	making := name + "_making" // renamed when it is whole
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+making+" WITH (FORCE)"); err != nil {
		return "", err
	}
	if err := store.Provision(ctx, func(database string) string { return as(admin, superuser, database) }, making); err != nil {
		return "", err
	}
	if _, err := store.Migrate(ctx, as(admin, store.OwnerRole, making), 0); err != nil {
		return "", err
	}
	if err := fill(ctx, as(admin, store.ServiceRole, making)); err != nil {
		return "", err
	}
	if err := people(ctx, as(admin, superuser, making)); err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+making+" RENAME TO "+name)
	return name, err
}

// accounts are the people of every test database, each with a token that is good for everything; posts stand only where there are command posts.
var accounts = []struct{ name, role, post string }{
	{"officer", "officer", ""},
	{"officer2", "officer", ""},
	{"planner", "planner", ""},
	{"granted", "planner", ""},
	{"viewer", "viewer", ""},
	{"sysadmin", "sysadmin", ""},
	{"secadmin", "secadmin", ""},
	{"auditor", "auditor", ""},
	{"post1", "command_post", "F-01"},
	{"post2", "command_post", "F-02"},
	{"post1b", "command_post", "F-01"},
}

// Token is the token of an account of a test database.
func Token(name string) string { return "zbt_of_" + name }

func people(ctx context.Context, admin string) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, a := range accounts {
		secret := sha256.Sum256([]byte(Token(a.name)))
		_, err := conn.Exec(ctx, `WITH born AS (
			INSERT INTO account (name, role, post_id, sees_names, created_by)
			SELECT $1, $2, p.post_id, $1 = 'granted', 'test' FROM (SELECT 1) one LEFT JOIN command_post p ON p.code = $3 WHERE $3 = '' OR p.post_id IS NOT NULL
			RETURNING account_id)
			INSERT INTO token (account_id, name, secret, scopes, ends_at, used_at) SELECT account_id, 'test', $4, '{read,edit,export}', 'infinity', 'infinity' FROM born`, a.name, a.role, a.post, secret[:])
		if err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, "SET session_replication_role = 'replica'; DELETE FROM audit_unsealed; DELETE FROM audit") // a test's trail holds what the test does
	return err
}

func seed(ctx context.Context, service string) error {
	db, err := store.Open(ctx, store.Settings{URL: service, Now: time.Now, Log: slog.New(slog.DiscardHandler), As: land.Operator})
	if err != nil {
		return err
	}
	defer db.Close()
	round, drafts, err := exchange.ReadSeed(geodata.Files)
	if err != nil {
		return err
	}
	return db.Write(ctx, land.Seeder, func(tx *store.Tx) error {
		if err := tx.CreateRound(ctx, round, "test"); err != nil {
			return err
		}
		_, err := cadastre.Import{Round: round.Code, ValidFrom: round.StartsOn, Reason: "test"}.Apply(ctx, tx, drafts)
		return err
	})
}

// fingerprint names what templates are made of.
func fingerprint() string {
	h := sha256.New()
	for _, files := range []fs.FS{migrations.Files, geodata.Files} {
		_ = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				raw, _ := fs.ReadFile(files, path)
				_, _ = h.Write(raw)
			}
			return err
		})
	}
	_, _ = h.Write([]byte("with an empty trail"))
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// Demo is a database with the demonstration: loading it takes seconds, cloning it does not.
func Demo(t testing.TB) Database { t.Helper(); return clone(t, demoTemplate) }

var demoTemplate = sync.OnceValues(func() (string, error) { return template("demo", demonstrate) })

func demonstrate(ctx context.Context, service string) error {
	db, err := store.Open(ctx, store.Settings{URL: service, Now: time.Now, Log: slog.New(slog.DiscardHandler), As: land.Operator})
	if err != nil {
		return err
	}
	defer db.Close()
	round, drafts, err := exchange.ReadSeed(geodata.Files)
	if err != nil {
		return err
	}
	d, err := demonstration.Read(geodata.Files, round)
	if err != nil {
		return err
	}
	return db.WriteAt(ctx, land.Seeder, d.Since, func(tx *store.Tx) error {
		_, err := cadastre.Whole{Round: d.Round, Drafts: append(drafts, d.Plots...), Ledger: d.Ledger, Reason: "演示"}.Apply(ctx, tx)
		return err
	})
}
