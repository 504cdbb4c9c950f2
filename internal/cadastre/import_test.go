package cadastre

import (
	"testing"
	"time"

	"zhengbei/internal/land"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	start := land.Day{Time: time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC)}
	change := Import{ValidFrom: start, Reason: "why"}.plan([]land.Draft{
		{Collection: land.Parcels, Code: "P-01"},
		{Collection: land.Parcels, Code: "P-02"},
		{Collection: land.Context, Code: "river-guanlan"},
	}, map[string]bool{"P-01": true})
	if change.Unchanged != 1 || len(change.Begins) != 2 || change.Reason != "why" {
		t.Fatalf("got %+v", change)
	}
	if p := change.Begins[0]; p.Code != "P-02" || p.Number != 1 || *p.Valid.From != start {
		t.Errorf("a new parcel holds from the start of its round: %+v", p)
	}
	if c := change.Begins[1]; c.Valid.From != nil {
		t.Errorf("context holds on any day: %+v", c)
	}
}
