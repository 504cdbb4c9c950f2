package land

import "encoding/json"

// Round is a programme round: the target belongs to it, and the outlines hold from its start.
type Round struct {
	Code      string
	Name      string
	NameEn    string
	StartsOn  Day
	TargetHa  *json.Number
	Deadline  *Day // nil until an officer sets one
	DefaultAt *Day // the last day of a demonstration, which is "today" in it; nil: the real today
	Source    string
	SourceEn  string
	Version   int32
	Demo      bool
}

// Target is the round's target as an area; ok is false without one.
func (r Round) Target() (area M2, ok bool) {
	if r.TargetHa == nil {
		return 0, false
	}
	return ParseHa(*r.TargetHa)
}
