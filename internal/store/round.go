package store

import (
	"context"

	"zhengbei/internal/land"
)

var (
	roundCurrent = query("round.current")
	roundCreate  = query("round.create")
)

// Round is the newest round as it stood on the clock's day; found is false in an empty database.
func (tx *Tx) Round(ctx context.Context, clock land.Clock) (round land.Round, found bool, err error) {
	return row[land.Round](ctx, tx, roundCurrent, named{"at": clock.Days.To, "known": knownArg(clock.Known)})
}

// CreateRound writes a new round; one whose code is taken is left as it is.
func (tx *Tx) CreateRound(ctx context.Context, r land.Round, reason string) error {
	n, err := tx.written(ctx, roundCreate, named{
		"code": r.Code, "demo": r.Demo, "name": r.Name, "name_en": r.NameEn, "starts_on": r.StartsOn, "target_ha": r.TargetHa,
		"deadline": r.Deadline, "default_at": r.DefaultAt, "source": r.Source, "source_en": r.SourceEn, "now": tx.Now, "by": tx.Actor.Account, "reason": reason,
	})
	if err == nil && n > 0 {
		tx.Did(land.Deed{Object: r.Code, After: map[string]string{"name": r.Name, "reason": reason}})
	}
	return err
}
