package audit

import (
	"context"
	"slices"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// settled are the faults of an anchor that only a person can settle, who knows why they came.
var settled = []string{"audit.anchor_missing", "audit.anchor_chain", "audit.anchor_line", "audit.anchor_ahead", "audit.anchor_differs"}

// Reanchor begins the anchor of a database anew at the last link, where it was lost or disagrees, and keeps the old file under another name, which it answers;
// empty where there was none. Who did it and why is recorded first. Faults of the chain itself stay what they are.
func Reanchor(ctx context.Context, db *store.DB, folder string, by land.Actor, reason string, at time.Time) (kept string, err error) {
	report, err := Verify(ctx, db, folder)
	if err != nil {
		return "", err
	}
	if report.Anchor == nil {
		return "", fault.New(fault.Conflict, "audit.anchor_fine", "file", report.File)
	}
	if !slices.Contains(settled, report.Anchor.Code) {
		return "", report.Anchor
	}
	if err := db.Record(ctx, by, land.Deed{Object: "audit:anchor", After: map[string]string{"reason": reason, "fault": report.Anchor.Says(fault.English)}}); err != nil {
		return "", err
	}
	if kept, err = Retire(folder, report.Chain.Database, at); err != nil {
		return "", err
	}
	if report.Last == nil {
		return kept, beginAnchor(folder, report.Chain, 1)
	}
	return kept, beginAnchor(folder, report.Chain, report.Last.Seq, *report.Last)
}
