package cadastre

import (
	"context"
	"fmt"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Whole is a round with all that belongs to it, written at once: outlines, plots, register and facts.
type Whole struct {
	Round  land.Round
	Drafts []land.Draft
	Ledger land.Ledger
	Reason string
}

// Apply writes it, in one transaction, so that nothing is ever there by half; nothing where somebody else was first.
func (w Whole) Apply(ctx context.Context, tx *store.Tx) (begun int64, err error) {
	if err := tx.CreateRound(ctx, w.Round, w.Reason); err != nil {
		return 0, err
	}
	begun, err = Import{Round: w.Round.Code, ValidFrom: w.Round.StartsOn, Reason: w.Reason}.Apply(ctx, tx, w.Drafts)
	if err != nil || begun == 0 {
		return 0, err
	}
	if begun != int64(len(w.Drafts)) {
		return 0, fmt.Errorf("%d of %d features are there already", int64(len(w.Drafts))-begun, len(w.Drafts))
	}
	return begun, tx.LoadLedger(ctx, w.Ledger, w.Reason)
}
