package store

import (
	"context"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
)

var sketchPage = query("sketch.page")

// EachSketch hands on the generalised things of a page, which lie on one day, in the order of their codes.
func (tx *Tx) EachSketch(ctx context.Context, p Page, fn func(land.Sketch) error) error {
	a := named{"collection": p.Collection, "on": p.Clock.Days.To, "after": p.After, "code": (*string)(nil), "limit": (*int)(nil)}
	if p.Limit > 0 {
		a["limit"] = &p.Limit
	}
	return each(ctx, tx, sketchPage, a, fn)
}

// Sketch is one generalised thing; one that is not there today is not told from one that never was.
func (tx *Tx) Sketch(ctx context.Context, collection land.Collection, code string, on land.Day) (land.Sketch, error) {
	one := 1
	o, found, err := row[land.Sketch](ctx, tx, sketchPage, named{"collection": collection, "on": on, "after": "", "code": &code, "limit": &one})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "feature.unknown", "collection", collection, "id", code)
	}
	return o, err
}
