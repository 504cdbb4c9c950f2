package cadastre

import (
	"context"

	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Import adds the drafts whose codes are new, as one change; things that are there already are left as they are.
type Import struct {
	Round     string // its code
	ValidFrom land.Day
	Reason    string
}

// Apply imports the drafts in one transaction and answers how many things it began.
func (i Import) Apply(ctx context.Context, tx *store.Tx, drafts []land.Draft) (int64, error) {
	codes := make([]string, len(drafts))
	for n, d := range drafts {
		codes[n] = d.Code
	}
	taken, err := tx.TakenCodes(ctx, codes)
	if err != nil {
		return 0, err
	}
	return tx.Apply(ctx, i.Round, i.plan(drafts, taken))
}

// plan decides what the drafts bring. Pure: every rule of an import is here.
func (i Import) plan(drafts []land.Draft, taken map[string]bool) land.Change {
	change := land.Change{Reason: i.Reason}
	for _, d := range drafts {
		if taken[d.Code] {
			change.Unchanged++
			continue
		}
		v := land.Version{Draft: d, Number: 1, Change: "created", Valid: land.DaysFrom{From: &i.ValidFrom}}
		if d.Collection == land.Context {
			v.Valid.From = nil // rivers and stations give orientation on any day
		}
		change.Begins = append(change.Begins, v)
	}
	return change
}
