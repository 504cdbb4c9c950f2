package cadastre

import (
	"context"
	"encoding/json"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// written is land that was written and is looked at before it is committed, by a single edit or from a file.
type written struct {
	collection land.Collection
	fids       []int32
	before     map[string]json.Number        // plots that lay outside their parcel before, and by how much at most
	outside    bool                          // plots may lie outside
	called     func(code string) fault.Words // what a thing is called: a code that does not outlive a refusal is none
	at         func(member string) string    // where a member of the request stands
}

// conflicts are those that every write of land is held against: what rests on plots that are taken away, overlaps, plots outside their parcel.
func (w written) conflicts(ctx context.Context, tx *store.Tx) (faults []*fault.Error, clashes []land.Clash, err error) {
	if w.collection == land.Plots {
		removed, err := tx.Removed(ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range removed {
			faults = append(faults, w.removed(r)...)
		}
	}
	overlaps, err := tx.Overlaps(ctx, w.collection, w.fids)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range overlaps {
		faults = append(faults, fault.New(fault.Conflict, "feature.overlap", "id", w.called(c.With), "other", w.called(c.Code), "area_m2", *c.AreaM2).At(c.Lon, c.Lat).In(w.at("geometry")))
	}
	if w.collection == land.Zones {
		return faults, overlaps, nil
	}
	outside, err := tx.Outside(ctx, w.collection, w.fids)
	if err != nil {
		return nil, nil, err
	}
	clashes = overlaps
	for _, c := range outside {
		was, there := w.before[c.Code]
		switch {
		case c.AreaM2 == nil:
			faults = append(faults, fault.New(fault.Conflict, "plot.parcel_absent", "id", w.called(c.Code), "parcel", c.With).At(c.Lon, c.Lat).In(w.at("valid_from")))
		case w.outside, there && less(*c.AreaM2, was):
			continue
		default:
			faults = append(faults, fault.New(fault.Conflict, "plot.outside", "id", w.called(c.Code), "parcel", c.With, "area_m2", *c.AreaM2).At(c.Lon, c.Lat).In(w.at("geometry")))
		}
		clashes = append(clashes, c)
	}
	return faults, clashes, nil
}

// removed says what stands against a change of parcel or disposition.
func (w written) removed(r land.Removed) (faults []*fault.Error) {
	if r.Rest != nil {
		return append(faults, fault.New(fault.Conflict, "plot.held_here", "id", r.Code, "kind", useWords[r.Kind], "code", *r.Rest).In(w.at("parcel")))
	}
	if r.Elsewhere {
		faults = append(faults, fault.New(fault.Conflict, "plot.accepted_here", "id", r.Code).In(w.at("parcel")))
	}
	if r.Otherwise {
		faults = append(faults, fault.New(fault.Conflict, "plot.accepted_so", "id", r.Code).In(w.at("disposition")))
	}
	return faults
}

// outsideBefore are the plots, or the plots of parcels, that lie outside before a write, and by how much at most: what was so before refuses nothing.
func outsideBefore(ctx context.Context, tx *store.Tx, collection land.Collection, fids []int32) (map[string]json.Number, error) {
	if collection == land.Zones || len(fids) == 0 {
		return nil, nil
	}
	found, err := tx.Outside(ctx, collection, fids)
	before := make(map[string]json.Number, len(found))
	for _, c := range found { // the largest comes first
		if _, there := before[c.Code]; !there && c.AreaM2 != nil {
			before[c.Code] = *c.AreaM2
		}
	}
	return before, err
}

// less reports whether an area is no larger than it was, but for what rounding to the grid makes of it.
func less(area, was json.Number) bool {
	a, failed := area.Float64()
	w, bad := was.Float64()
	return failed == nil && bad == nil && a <= w+0.01
}

// mostConflicts bounds the conflicts that the answer to an edit names: enough to see what is wrong with a boundary.
const mostConflicts = 100

// conflict is a clash as clients draw it.
type conflict struct {
	ID       string          `json:"id"`
	AreaM2   *json.Number    `json:"area_m2"`
	Geometry json.RawMessage `json:"geometry"`
}

func drawn(clashes []land.Clash) []conflict {
	clashes = clashes[:min(len(clashes), mostConflicts)]
	shown := make([]conflict, len(clashes))
	for i, c := range clashes {
		shown[i] = conflict{c.Code, c.AreaM2, c.Geometry}
	}
	return shown
}
