package main

import (
	"context"
	"fmt"

	"zhengbei/internal/pgserver"
	"zhengbei/internal/store"
)

type seedCmd struct{}

// Run loads the outlines that ship with the service into an up-to-date database.
func (seedCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	d, err := s.database(ctx, t, pgserver.Join)
	if err != nil {
		return err
	}
	defer d.stop(ctx, t)
	if d.owner != "" {
		if err := d.migrate(ctx, t, 0); err != nil {
			return err
		}
	}
	db, err := store.Open(ctx, store.Settings{URL: d.url, Now: now, Log: t.log})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Ready(ctx); err != nil {
		return err
	}
	begun, err := seed(ctx, db)
	if err == nil {
		_, err = fmt.Fprintf(t.out, "%d features loaded\n", begun)
	}
	return err
}
