package ogc

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"zhengbei/internal/fault"
	"zhengbei/internal/land"
	"zhengbei/internal/store"

	"github.com/paulmach/orb"
)

// The size of a page of items.
const (
	DefaultLimit = 100
	MaxLimit     = 10_000
)

// ItemsParams are the query parameters of items; ClockParams those of anything that has a day and an instant;
// DocumentParams those of the documents that lead to items and hand the clocks on.
var (
	ClockParams    = []string{"at", "known"}
	DocumentParams = []string{"at", "datetime", "known", "f"}
	ItemsParams    = []string{"bbox", "datetime", "at", "known", "limit", "next", "fid", "f"}
	ExportParams   = []string{"bbox", "datetime", "at", "known", "fid"}
)

// Today is what a reading uses where the caller names no day, and no instant later than now.
type Today struct {
	Day land.Day
	Now time.Time
}

// ParseClock reads at or datetime, and known.
func ParseClock(q url.Values, today Today) (land.Clock, error) {
	clock := land.On(today.Day)
	var err error
	switch {
	case q.Has("at") && q.Has("datetime"):
		return clock, fault.New(fault.Malformed, "datetime.with_at").In("?datetime")
	case q.Has("at"):
		day, err := land.ParseDay("?at", q.Get("at"))
		if err != nil {
			return clock, err
		}
		clock = land.On(day)
	case q.Has("datetime"):
		if clock.Days, err = land.ParseSpan("?datetime", q.Get("datetime")); err != nil {
			return clock, err
		}
	}
	if q.Has("known") {
		clock.Known, err = land.ParseKnown("?known", q.Get("known"), today.Now)
	}
	return clock, err
}

// ParsePage reads the parameters of items; every fault in them is listed.
func ParsePage(collection land.Collection, q url.Values, today Today) (store.Page, error) {
	page := store.Page{Collection: collection, Limit: DefaultLimit}
	var faults []*fault.Error
	note := func(err error) {
		if e, ok := fault.As(err); ok {
			faults = append(faults, e)
		}
	}
	var err error
	page.Clock, err = ParseClock(q, today)
	note(err)
	if q.Has("bbox") {
		page.Box, err = parseBox(q.Get("bbox"))
		note(err)
	}
	page.Limit, err = ParseLimit(q, DefaultLimit, MaxLimit)
	note(err)
	if q.Has("fid") {
		fid, err := strconv.ParseInt(q.Get("fid"), 10, 32)
		if err != nil || fid < 1 {
			note(fault.New(fault.Malformed, "fid.malformed", "value", q.Get("fid")).In("?fid"))
		}
		id := int32(fid)
		page.FID = &id
	}
	if f := q.Get("f"); q.Has("f") && f != "json" {
		note(fault.New(fault.Malformed, "format.unknown", "value", f).In("?f"))
	}
	if q.Has("next") && len(faults) == 0 {
		page.After, err = readToken(q.Get("next"), page)
		note(err)
	}
	return page, fault.All(faults)
}

// ParseLimit reads limit: from 1 to most, usual where it is not given.
func ParseLimit(q url.Values, usual, most int) (int, error) {
	if !q.Has("limit") {
		return usual, nil
	}
	n, err := strconv.Atoi(q.Get("limit"))
	if err != nil || n < 1 || n > most {
		return 0, fault.New(fault.Malformed, "limit.malformed", "value", q.Get("limit"), "max", most).In("?limit")
	}
	return n, nil
}

// parseBox reads four numbers west, south, east, north in degrees, or six with heights, which are not looked at.
func parseBox(text string) (*orb.Bound, error) {
	parts := strings.Split(text, ",")
	if len(parts) == 6 {
		parts = []string{parts[0], parts[1], parts[3], parts[4]}
	}
	if len(parts) != 4 {
		return nil, fault.New(fault.Malformed, "bbox.malformed", "value", text).In("?bbox")
	}
	var n [4]float64
	for i, part := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fault.New(fault.Malformed, "bbox.malformed", "value", text).In("?bbox")
		}
		n[i] = v
	}
	west, south, east, north := n[0], n[1], n[2], n[3]
	switch {
	case west < -180 || east > 180 || south < -90 || north > 90 || west > 180 || east < -180 || south > 90 || north < -90:
		return nil, fault.New(fault.Malformed, "bbox.out_of_range", "value", text).In("?bbox")
	case south > north || west > east:
		return nil, fault.New(fault.Malformed, "bbox.turned_round", "value", text).In("?bbox")
	}
	return &orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}, nil
}
