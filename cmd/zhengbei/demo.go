package main

import (
	"context"
	"fmt"

	"zhengbei/internal/audit"
	"zhengbei/internal/fault"
	"zhengbei/internal/pgserver"
	"zhengbei/internal/store"
)

type demoCmd struct {
	Drop demoDropCmd `cmd:"" help:"Drop the demonstration's database; the real one is not touched. / 删除演示数据库，不动真实数据库。"`
}

type demoDropCmd struct{}

// Run drops the demonstration, unless a server uses it.
func (demoDropCmd) Run(ctx context.Context, t *terminal, s *settings) error {
	if s.DatabaseURL != "" || s.MigrateURL != "" {
		return fault.New(fault.Invalid, "demo.given")
	}
	server, err := pgserver.Join(ctx, pgserver.Settings{Data: s.Data, Log: t.log})
	if err != nil {
		return err
	}
	defer (&database{server: server}).stop(ctx, t)
	dropped, err := store.Drop(ctx, server.DSN(admin, "postgres"), demoDatabase)
	if err != nil {
		return err
	}
	if _, err := audit.Retire(s.anchors(), demoDatabase, now()); err != nil { // the next demonstration begins a chain of its own
		return err
	}
	says := t.say("没有演示数据库", "there is no demonstration")
	if dropped {
		says = t.say("演示数据库已删除", "the demonstration is dropped")
	}
	_, err = fmt.Fprintln(t.out, says)
	return err
}
