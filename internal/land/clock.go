package land

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"zhengbei/internal/fault"
)

// Shanghai is the time of days: China has had no summer time since 1991.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Day is a date in Shanghai, kept as midnight UTC of that date.
type Day struct{ time.Time }

// DayOf is the day of an instant in Shanghai.
func DayOf(instant time.Time) Day {
	y, m, d := instant.In(Shanghai).Date()
	return Day{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// Scan reads a date of the database.
func (d *Day) Scan(src any) error {
	t, ok := src.(time.Time)
	if !ok {
		return fmt.Errorf("no date: %T", src)
	}
	d.Time = t
	return nil
}

// Value is the date as the database takes it.
func (d Day) Value() (driver.Value, error) { return d.Time, nil }

// MarshalJSON is the date as "2006-01-02".
func (d Day) MarshalJSON() ([]byte, error) { return []byte(`"` + d.String() + `"`), nil }

// UnmarshalJSON reads "2006-01-02".
func (d *Day) UnmarshalJSON(raw []byte) (err error) {
	d.Time, err = time.Parse(`"`+time.DateOnly+`"`, string(raw))
	return err
}

// String is the date as 2006-01-02.
func (d Day) String() string { return d.Format(time.DateOnly) }

// End is the first instant that no longer belongs to the day.
func (d Day) End() time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day+1, 0, 0, 0, 0, Shanghai)
}

// Span is a range of days, both included.
type Span struct{ From, To Day }

// Clock says which day is asked about, and whose knowledge answers.
type Clock struct {
	Days  Span
	Known time.Time // zero: all that is committed, which is not settled
}

// On is the clock of one day with today's knowledge.
func On(day Day) Clock { return Clock{Days: Span{day, day}} }

// LastDay is the last of the days that a date may name; with firstDay the first: PostgreSQL and the calendar agree within them.
var (
	firstDay = Day{time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)}
	LastDay  = Day{time.Date(2200, 12, 31, 0, 0, 0, 0, time.UTC)}
)

// ParseDay reads a date, or an instant as its day in Shanghai.
func ParseDay(field, text string) (Day, error) {
	var day Day
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		day = Day{t}
	} else if t, err := time.Parse(time.RFC3339, text); err == nil {
		day = DayOf(t)
	} else {
		return Day{}, fault.New(fault.Malformed, "date.malformed", "value", text).In(field)
	}
	if day.Before(firstDay.Time) || day.After(LastDay.Time) {
		return Day{}, fault.New(fault.Malformed, "date.out_of_range", "value", text, "first", firstDay, "last", LastDay).In(field)
	}
	return day, nil
}

// ParseSpan reads an OGC datetime: a date, an instant, or an interval with .. or nothing for an open end.
func ParseSpan(field, text string) (Span, error) {
	from, to, interval := strings.Cut(text, "/")
	if !interval {
		day, err := ParseDay(field, text)
		return Span{day, day}, err
	}
	span := Span{firstDay, LastDay}
	var err error
	if from != "" && from != ".." {
		if span.From, err = ParseDay(field, from); err != nil {
			return Span{}, err
		}
	}
	if to != "" && to != ".." {
		if span.To, err = ParseDay(field, to); err != nil {
			return Span{}, err
		}
	}
	if span.From.After(span.To.Time) {
		return Span{}, fault.New(fault.Malformed, "datetime.upside_down", "from", span.From, "to", span.To).In(field)
	}
	return span, nil
}

// ParseKnown reads an instant; a date means the end of that day in Shanghai. It may not lie after now.
func ParseKnown(field, text string, now time.Time) (time.Time, error) {
	var known time.Time
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		if known = (Day{t}).End(); DayOf(now) == (Day{t}) {
			known = now // today has not ended: what is known of it so far
		}
	} else if t, err := time.Parse(time.RFC3339, text); err == nil {
		known = t
	} else {
		return time.Time{}, fault.New(fault.Malformed, "known.malformed", "value", text).In(field)
	}
	if known.After(now) {
		return time.Time{}, fault.New(fault.Malformed, "known.in_future", "value", text, "now", now.UTC().Format(time.RFC3339)).In(field)
	}
	if known.Before(firstDay.Time) {
		return time.Time{}, fault.New(fault.Malformed, "date.out_of_range", "value", text, "first", firstDay, "last", LastDay).In(field)
	}
	return known.UTC(), nil
}

// Plus is the day n days later.
func (d Day) Plus(n int) Day { return Day{d.AddDate(0, 0, n)} }

// Minus is how many days later than o it is.
func (d Day) Minus(o Day) int { return int(d.Sub(o.Time) / (24 * time.Hour)) }
