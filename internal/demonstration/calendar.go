package demonstration

import (
	"time"

	"zhengbei/internal/land"
)

// day counts from the first day of the round.
type day int

// dayZero is the start of the round; the demonstration ends on the last day, a Friday.
var (
	dayZero = time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC)
	lastDay = on("2022-12-30")
)

// firstInstant is when outlines and register became known.
var firstInstant = time.Date(2021, 6, 1, 9, 0, 0, 0, land.Shanghai).UTC()

// on reads a day that stands in this package or was checked before.
func on(text string) day {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return day(t.Sub(dayZero) / (24 * time.Hour))
}

func (d day) date() time.Time { return dayZero.AddDate(0, 0, int(d)) }

func (d day) land() land.Day { return land.Day{Time: d.date()} }

func (d day) String() string { return d.land().String() }

// at is an instant of the day in Shanghai.
func (d day) at(hour, minute int) time.Time {
	y, m, n := d.date().Date()
	return time.Date(y, m, n, hour, minute, 0, 0, land.Shanghai).UTC()
}

// run is a stretch of days, both included.
type run struct{ from, to day }

func (r run) has(d day) bool { return r.from <= d && d <= r.to }

func runs(pairs ...string) []run {
	all := make([]run, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, run{on(pairs[i]), on(pairs[i+1])})
	}
	return all
}

// The public holidays of the State Council's notices for 2021 and 2022, and the weekend days worked for them.
var (
	holidays = runs("2021-06-12", "2021-06-14", "2021-09-19", "2021-09-21", "2021-10-01", "2021-10-07", "2022-01-01", "2022-01-03", "2022-01-31", "2022-02-06",
		"2022-04-03", "2022-04-05", "2022-04-30", "2022-05-04", "2022-06-03", "2022-06-05", "2022-09-10", "2022-09-12", "2022-10-01", "2022-10-07")
	madeUp = runs("2021-09-18", "2021-09-18", "2021-09-26", "2021-09-26", "2021-10-09", "2021-10-09", "2022-01-29", "2022-01-30", "2022-04-02", "2022-04-02",
		"2022-04-24", "2022-04-24", "2022-05-07", "2022-05-07", "2022-10-08", "2022-10-09")
	// Nobody goes to see a household then: the days around Spring Festival, and the week in which Shenzhen stood still.
	quiet = runs("2022-01-28", "2022-02-08", "2022-03-12", "2022-03-22")
	// The clerks stayed at home.
	standstill = run{on("2022-03-14"), on("2022-03-20")}
	// Few visits, no crowds: the epidemic before and after that week.
	epidemic = run{on("2022-02-25"), on("2022-04-01")}
)

func within(all []run, d day) bool {
	for _, r := range all {
		if r.has(d) {
			return true
		}
	}
	return false
}

// working says whether an office is open.
func (d day) working() bool {
	switch {
	case within(madeUp, d):
		return true
	case within(holidays, d) || standstill.has(d):
		return false
	}
	weekday := d.date().Weekday()
	return weekday != time.Saturday && weekday != time.Sunday
}

// field draws a day from lo to hi on which people would be in the field; where there is none, any day between.
func (c *chance) field(lo, hi day) day {
	return c.drawn(lo, hi, c.between)
}

// fieldLater draws as field does, the later days more often.
func (c *chance) fieldLater(lo, hi day) day {
	return c.drawn(lo, hi, c.later)
}

func (c *chance) drawn(lo, hi day, draw func(lo, hi int) int) day {
	d := lo
	for range 12 {
		d = day(draw(int(lo), int(hi)))
		if within(quiet, d) || within(holidays, d) || (epidemic.has(d) && !c.percent(35)) || (d.date().Weekday() == time.Sunday && !c.percent(25)) {
			continue
		}
		break
	}
	return d
}
