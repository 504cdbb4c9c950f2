package progress

import (
	"context"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"
)

// Step is how far apart the points of a curve lie.
type Step string

// The steps: every day, every Friday, every last day of a month.
const (
	Daily   Step = "day"
	Weekly  Step = "week"
	Monthly Step = "month"
)

// mostPoints bounds a curve.
const mostPoints = 4000

// Point is the curve on one day.
type Point struct {
	On               land.Day
	Released, Signed land.M2
	Planned          *land.M2 // the straight line; nil without a deadline
}

// Series is the burn-up curve.
type Series struct {
	Clock  land.Clock
	Points []Point
}

// Span is what a curve is asked for; the zero days stand for the start of the round and for the day of the clock.
type Span struct {
	From, To land.Day
	Step     Step
	Parcel   string
}

// Series answers the curve, as known at the clock's instant.
func (r *Reader) Series(ctx context.Context, clock land.Clock, span Span) (Series, error) {
	name := "series/" + span.From.String() + "/" + span.To.String() + "/" + string(span.Step) + "/" + span.Parcel
	return keep(ctx, r, name, clock, func(v view) (Series, error) {
		s, round := Series{Clock: clock}, v.round
		if span.From.IsZero() {
			span.From = round.StartsOn
		}
		if span.To.IsZero() {
			span.To = clock.Days.To
		}
		if span.From.Before(round.StartsOn.Time) {
			return s, fault.New(fault.Invalid, "day.before_round", "value", span.From, "starts_on", round.StartsOn).In("?from")
		}
		if span.To.Before(span.From.Time) {
			return s, fault.New(fault.Malformed, "datetime.upside_down", "from", span.From, "to", span.To).In("?to")
		}
		days := pointsOf(span.From, span.To, span.Step)
		if len(days) > mostPoints {
			return s, fault.New(fault.Invalid, "series.too_long", "points", len(days), "max", mostPoints).In("?step")
		}
		parcel, err := parcelOf(ctx, v.tx, span.Parcel)
		if err != nil {
			return s, err
		}
		turns := v.turns(parcel)
		s.Points = make([]Point, len(days))
		var released, signed land.M2
		for i, day := range days {
			for len(turns) > 0 && !turns[0].Day.After(day.Time) {
				released += turns[0].Released
				signed += turns[0].Signed
				turns = turns[1:]
			}
			s.Points[i] = Point{On: day, Released: released, Signed: signed}
			if target, ok := round.Target(); ok && span.Parcel == "" {
				if line, ok := land.Scheduled(day, round.StartsOn, round.Deadline, target); ok {
					s.Points[i].Planned = &line
				}
			}
		}
		return s, nil
	})
}

// pointsOf are the first day, then each Friday or last day of a month or day, and the last day.
func pointsOf(from, to land.Day, step Step) []land.Day {
	days := []land.Day{from}
	for day := from.Plus(1); day.Before(to.Time); day = day.Plus(1) {
		if step == Daily || step == Weekly && day.Weekday() == time.Friday || step == Monthly && day.Plus(1).Day() == 1 {
			days = append(days, day)
		}
	}
	if to.After(from.Time) {
		days = append(days, to)
	}
	return days
}

// parcelOf is the number of a parcel; nil where none is named.
func parcelOf(ctx context.Context, tx *store.Tx, code string) (*int32, error) {
	if code == "" {
		return nil, nil
	}
	things, err := tx.Things(ctx, []string{code})
	if err != nil {
		return nil, err
	}
	id, ok := things[code]
	if !ok || code[:2] != "P-" {
		return nil, fault.New(fault.NotFound, "feature.unknown", "collection", land.Parcels, "id", code).In("?parcel")
	}
	return &id, nil
}
