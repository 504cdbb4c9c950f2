package main

import (
	"context"
	"fmt"

	"zhengbei/internal/pgserver"
)

type seedCmd struct{}

// Run loads the outlines that ship with the service, or the demonstration, into an up-to-date database.
func (seedCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	d, err := s.database(ctx, t, pgserver.Join)
	if err != nil {
		return err
	}
	defer d.stop(ctx, t)
	db, err := d.open(ctx, t)
	if err != nil {
		return err
	}
	defer db.Close()
	begun, err := seed(ctx, t, db, s.Demo)
	if err == nil {
		_, err = fmt.Fprintf(t.out, "%d features loaded\n", begun)
	}
	return err
}
