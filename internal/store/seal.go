package store

import (
	"context"
	"maps"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var (
	auditWaits   = query("audit.waits")
	auditTake    = query("audit.take")
	auditRelease = query("audit.release")
	auditConsole = query("audit.console")
	auditSeal    = query("audit.seal")
	auditAfter   = query("audit.after")
	auditLast    = query("audit.last")
)

// Waits reports whether a record waits to be sealed.
func (db *DB) Waits(ctx context.Context) (waits bool, err error) {
	err = db.Read(ctx, func(tx *Tx) error {
		waits, err = one[bool](ctx, tx, auditWaits, nil)
		return err
	})
	return waits, err
}

// Sealing is the right to seal the audit trail, which one connection has at a time. Who loses the connection has lost the right:
// all is done over the one that holds it.
type Sealing struct{ conn *pgx.Conn }

// sealingSession: a sealer that hangs, or whose machine is gone, gives way to another within seconds.
var sealingSession = map[string]string{
	"application_name":        "zhengbei seal",
	"idle_session_timeout":    "5000",
	"tcp_keepalives_idle":     "2",
	"tcp_keepalives_interval": "1",
	"tcp_keepalives_count":    "3",
}

// StartSealing takes the right to seal; nil where somebody else has it.
func (db *DB) StartSealing(ctx context.Context) (*Sealing, error) {
	config, err := pgx.ParseConfig(db.url)
	if err != nil {
		return nil, err
	}
	maps.Copy(config.RuntimeParams, session)
	maps.Copy(config.RuntimeParams, sealingSession)
	config.ConnectTimeout = acquireWithin
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, translate(err)
	}
	s := &Sealing{conn}
	taken, err := s.take(ctx)
	if err != nil || !taken {
		_ = conn.Close(context.WithoutCancel(ctx))
		return nil, translate(err)
	}
	return s, nil
}

func (s *Sealing) take(ctx context.Context) (taken bool, err error) {
	if _, err := s.conn.Exec(ctx, auditConsole.text); err != nil {
		return false, err
	}
	rows, _ := s.conn.Query(ctx, auditTake.text)
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
}

// Close gives the right back.
func (s *Sealing) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), acquireWithin)
	defer cancel()
	if !s.conn.IsClosed() {
		_, _ = s.conn.Exec(ctx, auditRelease.text)
	}
	_ = s.conn.Close(ctx)
}

// Chain is the number of the chain.
func (s *Sealing) Chain(ctx context.Context) (string, error) {
	rows, _ := s.conn.Query(ctx, auditChain.text)
	chain, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	return chain, translate(err)
}

// Seal seals what waits, at most so many records, and answers the new links.
func (s *Sealing) Seal(ctx context.Context, most int) ([]land.Seal, error) {
	return s.links(ctx, auditSeal, named{"most": most})
}

// After are the links behind a place in the chain, at most so many.
func (s *Sealing) After(ctx context.Context, seq int64, limit int) ([]land.Seal, error) {
	return s.links(ctx, auditAfter, named{"seq": seq, "limit": limit})
}

// Last is the last link; zero where there is none.
func (s *Sealing) Last(ctx context.Context) (last land.Seal, err error) {
	links, err := s.links(ctx, auditLast, nil)
	if err == nil && len(links) > 0 {
		last = links[0]
	}
	return last, err
}

func (s *Sealing) links(ctx context.Context, q sql, a named) ([]land.Seal, error) {
	rows, _ := s.conn.Query(ctx, q.text, args(a)...)
	links, err := pgx.CollectRows(rows, pgx.RowToStructByName[land.Seal])
	return links, translate(err)
}
