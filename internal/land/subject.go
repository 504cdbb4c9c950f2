package land

import "fmt"

// SubjectKind says what a fact speaks of.
type SubjectKind string

// The subjects of facts, in the order in which their states rest on each other.
const (
	OfContract  SubjectKind = "contract"
	OfBuilding  SubjectKind = "building"
	OfHolding   SubjectKind = "holding"
	OfPlot      SubjectKind = "plot"
	OfParcel    SubjectKind = "parcel"
	OfMilestone SubjectKind = "milestone"
)

// SubjectKinds lists them.
var SubjectKinds = []SubjectKind{OfContract, OfBuilding, OfHolding, OfPlot, OfParcel, OfMilestone}

// Subject is one thing that facts speak of.
type Subject struct {
	Kind SubjectKind
	Code string
}

// String is the subject as lists and filters write it: holding:H-0001.
func (s Subject) String() string { return fmt.Sprintf("%s:%s", s.Kind, s.Code) }
