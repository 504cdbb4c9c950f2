package land

import "slices"

// Version is a new version of a feature that a change brings.
type Version struct {
	Draft
	Number int32
	Change string // created, changed, corrected or noded
	Valid  DaysFrom
}

// DaysFrom is a validity: from a day (nil: since ever) until further notice.
type DaysFrom struct{ From *Day }

// Change is what an edit does to the map. A decided change is old and new; Store applies it as a whole.
type Change struct {
	Begins     []Version
	Unchanged  int // drafts that say what is already so
	Reason     string
	DocumentNo *string
}

// Base is what a change is based on: the versions of a thing that its author may have had before them.
type Base struct {
	Versions []int32
	Exact    bool // named by a tag, not by number: it holds for one save only
}

// Is reports whether a version is the base, or one of those named.
func (b Base) Is(version int32) bool { return slices.Contains(b.Versions, version) }
