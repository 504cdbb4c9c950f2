package main

import (
	"context"

	"zhengbei/geodata"
	"zhengbei/internal/cadastre"
	"zhengbei/internal/demonstration"
	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/pgserver"
	"zhengbei/internal/store"
)

// The databases in the private cluster: real and invented land never share one.
const (
	realDatabase = "zhengbei"
	demoDatabase = "zhengbei_demo"
)

// databaseName is the database in the private cluster that the settings ask for.
func (s *settings) databaseName() string {
	if s.Demo {
		return demoDatabase
	}
	return realDatabase
}

// admin is the superuser of the private cluster.
const admin = "zhengbei_admin"

func defaultData() string { return pgserver.DefaultData() }

// database is where the service's data are: in a private cluster, or where the settings say.
type database struct {
	server *pgserver.Server // nil where DATABASE_URL is given
	url    string           // as the service role
	owner  string           // as the owner; empty where the settings do not give it
	demo   bool             // it is to be the demonstration
}

// database starts or joins the private cluster, or takes the database that the settings name.
func (s *settings) database(ctx context.Context, t *terminal, start func(context.Context, pgserver.Settings) (*pgserver.Server, error)) (*database, error) {
	if s.DatabaseURL != "" || s.MigrateURL != "" {
		return &database{url: s.DatabaseURL, owner: s.MigrateURL, demo: s.Demo}, nil
	}
	server, err := start(ctx, pgserver.Settings{Data: s.Data, Log: t.log})
	if err != nil {
		return nil, err
	}
	name := s.databaseName()
	if err := store.Provision(ctx, func(database string) string { return server.DSN(admin, database) }, name); err != nil {
		_ = server.Stop(context.WithoutCancel(ctx))
		return nil, err
	}
	return &database{server: server, url: server.DSN(store.ServiceRole, name), owner: server.DSN(store.OwnerRole, name), demo: s.Demo}, nil
}

// migrate brings the schema to step to (0: the newest) and lends the service its rights.
func (d *database) migrate(ctx context.Context, t *terminal, to int64) error {
	applied, err := store.Migrate(ctx, d.owner, to)
	if err != nil {
		return err
	}
	if applied > 0 {
		t.log.Info("schema migrated", "steps", applied)
	}
	if d.server == nil && d.url != "" {
		return store.Lend(ctx, d.owner, d.url)
	}
	return nil
}

// open brings the schema up to date where the owner is known, and opens the way in: as the console for a command, as nobody for a server,
// whose requests say who acts.
func (d *database) open(ctx context.Context, t *terminal, as land.Actor) (*store.DB, error) {
	if d.url == "" {
		return nil, fault.New(fault.Invalid, "db.url")
	}
	if d.owner != "" {
		if err := d.migrate(ctx, t, 0); err != nil {
			return nil, err
		}
	}
	db, err := store.Open(ctx, store.Settings{URL: d.url, Now: now, Log: t.log, As: as})
	if err != nil {
		return nil, err
	}
	if err := db.Ready(ctx); err != nil {
		db.Close()
		return nil, err
	}
	if _, err := inspect(ctx, db, d.demo); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// inspect reads the round, if there is one, and refuses to take a demonstration for real, or the other way round.
func inspect(ctx context.Context, db *store.DB, demo bool) (round *land.Round, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		r, found, err := tx.Round(ctx, land.On(land.DayOf(now())))
		if err != nil {
			return err
		}
		if found {
			round = &r
		}
		began, err := tx.Begins(ctx)
		switch {
		case err != nil:
			return err
		case found && r.Demo && !demo:
			return fault.New(fault.Conflict, "db.is_demo")
		case demo && !began.IsZero() && (!found || !r.Demo):
			return fault.New(fault.Conflict, "db.not_demo")
		}
		return nil
	})
	return round, err
}

// join opens the database for a command that ends by itself: in the cluster that runs, or in one that is started for it.
func (s *settings) join(ctx context.Context, t *terminal, start func(context.Context, pgserver.Settings) (*pgserver.Server, error)) (db *store.DB, leave func(), err error) {
	d, err := s.database(ctx, t, start)
	if err != nil {
		return nil, nil, err
	}
	if db, err = d.open(ctx, t, land.Operator); err != nil {
		d.stop(ctx, t)
		return nil, nil, err
	}
	return db, func() { s.seal(ctx, t, db); db.Close(); d.stop(ctx, t) }, nil
}

// existing joins the private cluster for a command that only reads: it makes neither cluster nor database.
func (s *settings) existing(ctx context.Context, set pgserver.Settings) (*pgserver.Server, error) {
	if pgserver.Inspect(set).Major == 0 {
		return nil, s.nothing()
	}
	server, err := pgserver.Join(ctx, set)
	if err != nil {
		return nil, err
	}
	there, err := store.HasDatabase(ctx, server.DSN(admin, "postgres"), s.databaseName())
	if err == nil && !there {
		err = s.nothing()
	}
	if err != nil {
		_ = server.Stop(context.WithoutCancel(ctx))
		return nil, err
	}
	return server, nil
}

// nothing says that there is nothing to read yet, and what makes it.
func (s *settings) nothing() error {
	command := "zhengbei serve"
	if s.Demo {
		command += " --demo"
	}
	return fault.New(fault.NotFound, "db.nothing", "command", command)
}

// stop ends a PostgreSQL that was started here.
func (d *database) stop(ctx context.Context, t *terminal) {
	if d.server == nil {
		return
	}
	if err := d.server.Stop(context.WithoutCancel(ctx)); err != nil {
		t.log.Error("PostgreSQL did not stop as it should", "error", err)
	}
}

// seed imports what ships with the service; what is there already is left as it is.
func seed(ctx context.Context, t *terminal, db *store.DB, demo bool) (begun int64, err error) {
	round, drafts, err := exchange.ReadSeed(geodata.Files)
	if err != nil {
		return 0, err
	}
	if demo {
		return demonstrate(ctx, t, db, round, drafts)
	}
	const reason = "随系统提供的示意轮廓"
	err = db.Write(ctx, land.Seeder, func(tx *store.Tx) error {
		if err := tx.CreateRound(ctx, round, reason); err != nil {
			return err
		}
		begun, err = cadastre.Import{Round: round.Code, ValidFrom: round.StartsOn, Reason: reason}.Apply(ctx, tx, drafts)
		return err
	})
	return begun, err
}

// demonstrate loads the demonstration into an empty database, all of it or nothing: whoever kills it finds the database empty.
func demonstrate(ctx context.Context, t *terminal, db *store.DB, round land.Round, drafts []land.Draft) (begun int64, err error) {
	if there, err := inspect(ctx, db, true); err != nil || there != nil {
		return 0, err
	}
	t.log.Info("making the demonstration; this takes some seconds, once")
	d, err := demonstration.Read(geodata.Files, round)
	if err != nil {
		return 0, err
	}
	err = db.WriteAt(ctx, land.Seeder, d.Since, func(tx *store.Tx) error {
		begun, err = cadastre.Whole{Round: d.Round, Drafts: append(drafts, d.Plots...), Ledger: d.Ledger, Reason: "演示数据，全部虚构"}.Apply(ctx, tx)
		return err
	})
	return begun, err
}
