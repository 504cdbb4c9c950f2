package land

import (
	"math"
	"time"
)

// Clocks say on which days a row holds, and at which instants it was known: [From, To) in days since 1970, [Begin, End) in microseconds UTC.
// A row without end has the largest number.
type Clocks struct {
	From, To   int32
	Begin, End int64
}

// Moment is a day and an instant as Clocks count them.
type Moment struct {
	Day   int32
	Known int64
}

// Moment is the clock's day and instant; one that says no instant asks for all that is committed.
func (c Clock) Moment() Moment {
	m := Moment{Day: c.Days.To.Number(), Known: math.MaxInt64 - 1}
	if !c.Known.IsZero() {
		m.Known = c.Known.UnixMicro()
	}
	return m
}

// Number counts days since 1970.
func (d Day) Number() int32 { return int32(d.Unix() / int64((24 * time.Hour).Seconds())) }

// DayNumbered is the day of a number.
func DayNumbered(n int32) Day {
	return Day{time.Unix(int64(n)*int64((24*time.Hour).Seconds()), 0).UTC()}
}

// Known reports whether the row was known then.
func (c Clocks) Known(m Moment) bool { return c.Begin <= m.Known && m.Known < c.End }

// On reports whether the row holds so many days before.
func (c Clocks) On(m Moment, before int32) bool { return c.From <= m.Day-before && m.Day-before < c.To }

// PlotState is a run of days on which a plot was in one state.
type PlotState struct {
	Plot, Parcel    int32
	Stage, UseClass uint8 // places in ShownStages and UseClasses
	Area            M2
	Clocks
}

// HoldingState is a run of days on which a holding was in one state.
type HoldingState struct {
	Holding, Parcel    int32
	Plot               int32 // where most of its land lies; 0: nowhere
	Buildings          int32
	Signed, Compulsory bool
	Floor, Land        M2
	Clocks
}

// ContractState is a run of days on which a contract was in one state.
type ContractState struct {
	Contract, Parcel int32
	Kind, Stage      uint8 // places in ContractKinds and ContractStages
	Clocks
}

// ZonePartRow is how much of a plot lies in a zone, and when.
type ZonePartRow struct {
	Plot, Zone int32
	Main       bool // more than half of the plot
	Area       M2
	Clocks
}

// Link joins two things for some days: plots that share an edge, a holding and the plot of its land, a contract and a holding that it covers.
type Link struct {
	A, B int32
	Clocks
}

// UseClasses are the classes by which yearly targets are set.
var UseClasses = []string{"industrial", "residential_potential", "livelihood", "other"}

// ContractKinds are the kinds of contracts.
var ContractKinds = []string{"framework", "relocation", "amendment"}

// ContractStages are the statuses of a contract.
var ContractStages = names(Stages[OfContract])
