package main

import (
	"context"
	"fmt"

	"zhengbei/internal/fault"
	"zhengbei/internal/pgserver"
	"zhengbei/internal/store"
)

type migrateCmd struct {
	To int64 `help:"Stop at this step." placeholder:"N"`
}

// Run migrates the private cluster, or the database of ZHENGBEI_MIGRATE_URL.
func (m migrateCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	if s.DatabaseURL != "" && s.MigrateURL == "" {
		return fault.New(fault.Invalid, "setting.no_migrate_url")
	}
	d, err := s.database(ctx, t, pgserver.Join)
	if err != nil {
		return err
	}
	defer d.stop(ctx, t)
	if err := d.migrate(ctx, t, m.To); err != nil {
		return err
	}
	step, err := store.Step(ctx, d.owner)
	if err == nil {
		_, err = fmt.Fprintf(t.out, "schema at step %d\n", step)
	}
	return err
}
