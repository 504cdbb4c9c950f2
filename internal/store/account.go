package store

import (
	"context"
	"fmt"
	"time"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var (
	accountBySession  = query("account.by_session")
	accountByToken    = query("account.by_token")
	accountSawSession = query("account.saw_session")
	accountUsedToken  = query("account.used_token")
)

// SessionIdle is how long a session lasts that nobody uses (trust: 30 min).
const SessionIdle = 30 * time.Minute

// Credential is what a client shows: the SHA-256 of the secret of a session or of a token.
type Credential struct {
	Token  bool
	Secret [32]byte
}

// Bearer finds who shows a credential; found is false where it is unknown, ended, expired, or its account disabled or without a role.
// That it was used is kept, to the minute.
func (db *DB) Bearer(ctx context.Context, c Credential) (by land.Actor, found bool, err error) {
	look := []sql{accountBySession, accountSawSession}
	kind := "session"
	params := named{"secret": c.Secret[:], "idle": SessionIdle}
	if c.Token {
		look, kind = []sql{accountByToken, accountUsedToken}, "token"
		delete(params, "idle")
	}
	err = db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, land.Actor{}, func(tx *Tx) error {
		b, there, err := row[struct {
			ID      int32
			Account string
			Role    land.Role
			Post    string
			Parcels []string
			Granted bool
			Number  int32
			Scopes  []string
			Why     string
			Stale   bool
		}](ctx, tx, look[0], params)
		if err != nil || !there {
			return err
		}
		found = true
		by = land.Actor{
			ID: b.ID, Account: b.Account, Role: b.Role, Post: b.Post, Parcels: b.Parcels, Granted: b.Granted,
			Scopes: b.Scopes, Why: b.Why, SignedBy: fmt.Sprintf("%s:%d", kind, b.Number),
		}
		if !b.Stale {
			return nil
		}
		return tx.exec(ctx, look[1], named{"number": b.Number})
	})
	return by, found, err
}
