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

// Sealing is the connection of a sealer. One connection at a time may have the right to seal; who loses the connection has lost the right:
// all is done over the one that holds it.
type Sealing struct {
	conn *pgx.Conn
	has  bool
}

// sealingSession: a sealer that hangs, or whose machine is gone, gives way to another within seconds.
var sealingSession = map[string]string{
	"application_name":        "zhengbei seal",
	"idle_session_timeout":    "5000",
	"tcp_keepalives_idle":     "2",
	"tcp_keepalives_interval": "1",
	"tcp_keepalives_count":    "3",
}

// StartSealing opens the connection of a sealer, which has no right yet.
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
	s := &Sealing{conn: conn}
	if _, err := conn.Exec(ctx, auditConsole.text); err != nil {
		s.Close(ctx)
		return nil, translate(err)
	}
	return s, nil
}

// Take takes the right to seal, unless somebody else has it.
func (s *Sealing) Take(ctx context.Context) (bool, error) {
	rows, _ := s.conn.Query(ctx, auditTake.text)
	taken, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
	s.has = s.has || taken
	return taken, translate(err)
}

// Close gives the right back, where there is one.
func (s *Sealing) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), acquireWithin)
	defer cancel()
	if s.has && !s.conn.IsClosed() {
		_, _ = s.conn.Exec(ctx, auditRelease.text)
	}
	_ = s.conn.Close(ctx)
}

// Chain is the chain of this database.
func (s *Sealing) Chain(ctx context.Context) (land.Chain, error) {
	rows, _ := s.conn.Query(ctx, auditChain.text)
	chain, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[land.Chain])
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
