package land

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
