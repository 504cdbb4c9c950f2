package store

import (
	"context"

	"zhengbei/internal/land"

	"github.com/jackc/pgx/v5"
)

var (
	elsewhereBegin = query("elsewhere.begin")
	elsewhereEnd   = query("elsewhere.end")
	elsewhereGate  = query("elsewhere.gate")
	elsewhereName  = query("elsewhere.name")
	elsewhereBring = query("elsewhere.bring")
)

// BeginElsewhere keeps that a browser was sent to an issuer, and where its person wants to go afterwards.
func (db *DB) BeginElsewhere(ctx context.Context, secret [32]byte, backTo string) error {
	return db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, land.Actor{}, func(tx *Tx) error {
		return tx.exec(ctx, elsewhereBegin, named{"secret": secret[:], "back_to": backTo})
	})
}

// EndElsewhere ends what BeginElsewhere began; found is false where nothing was, where it came back before, or too late.
func (db *DB) EndElsewhere(ctx context.Context, secret [32]byte) (backTo string, found bool, err error) {
	err = db.transact(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, land.Actor{}, func(tx *Tx) error {
		begun, there, err := row[struct {
			BackTo string
			Lasts  bool
		}](ctx, tx, elsewhereEnd, named{"secret": secret[:]})
		backTo, found = begun.BackTo, there && begun.Lasts
		return err
	})
	return backTo, found, err
}

// Elsewhere is the account of a person whom an issuer shows, held until the transaction ends; nobody else is brought meanwhile.
func (tx *Tx) Elsewhere(ctx context.Context, issuer, subject string) (a land.Account, found bool, err error) {
	if err := tx.exec(ctx, elsewhereGate, nil); err != nil {
		return a, false, err
	}
	r, found, err := row[struct{ Name string }](ctx, tx, elsewhereName, named{"issuer": issuer, "subject": subject})
	if err != nil || !found {
		return a, false, err
	}
	return tx.HoldAccount(ctx, r.Name)
}

// BringElsewhere gives an account to a person at an issuer.
func (tx *Tx) BringElsewhere(ctx context.Context, account int32, issuer, subject string) error {
	return tx.exec(ctx, elsewhereBring, named{"id": account, "issuer": issuer, "subject": subject})
}
