package main

import (
	"context"

	"zhengbei/geodata"
	"zhengbei/internal/cadastre"
	"zhengbei/internal/exchange"
	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/pgserver"
	"zhengbei/internal/store"
)

// databaseName is the database in the private cluster.
const databaseName = "zhengbei"

func defaultData() string { return pgserver.DefaultData() }

// database is where the service's data are: in a private cluster, or where the settings say.
type database struct {
	server *pgserver.Server // nil where DATABASE_URL is given
	url    string           // as the service role
	owner  string           // as the owner; empty where the settings do not give it
}

// database starts or joins the private cluster, or takes the database that the settings name.
func (s *settings) database(ctx context.Context, t *terminal, start func(context.Context, pgserver.Settings) (*pgserver.Server, error)) (*database, error) {
	if s.DatabaseURL != "" || s.MigrateURL != "" {
		return &database{url: s.DatabaseURL, owner: s.MigrateURL}, nil
	}
	server, err := start(ctx, pgserver.Settings{Data: s.Data, Log: t.log})
	if err != nil {
		return nil, err
	}
	admin := func(name string) string { return server.DSN("zhengbei_admin", name) }
	if err := store.Provision(ctx, admin, databaseName); err != nil {
		_ = server.Stop(context.WithoutCancel(ctx))
		return nil, err
	}
	return &database{server: server, url: server.DSN(store.ServiceRole, databaseName), owner: server.DSN(store.OwnerRole, databaseName)}, nil
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

// open brings the schema up to date where the owner is known, and opens the service's way in.
func (d *database) open(ctx context.Context, t *terminal) (*store.DB, error) {
	if d.url == "" {
		return nil, fault.New(fault.Invalid, "db.url")
	}
	if d.owner != "" {
		if err := d.migrate(ctx, t, 0); err != nil {
			return nil, err
		}
	}
	db, err := store.Open(ctx, store.Settings{URL: d.url, Now: now, Log: t.log})
	if err != nil {
		return nil, err
	}
	if err := db.Ready(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
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
func seed(ctx context.Context, db *store.DB) (begun int64, err error) {
	round, drafts, err := exchange.ReadSeed(geodata.Files)
	if err != nil {
		return 0, err
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
