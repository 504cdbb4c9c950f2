package main

import (
	"context"
	"fmt"

	"zhengbei/internal/pgserver"
)

type seedCmd struct{}

// Run loads the outlines that ship with the service, or the demonstration, into an up-to-date database.
func (seedCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	db, leave, err := s.join(ctx, t, pgserver.Join)
	if err != nil {
		return err
	}
	defer leave()
	begun, err := seed(ctx, t, db, s.Demo)
	if err == nil {
		_, err = fmt.Fprintf(t.out, "%d features loaded\n", begun)
	}
	return err
}
