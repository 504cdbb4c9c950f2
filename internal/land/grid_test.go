package land

import (
	"strings"
	"testing"
)

// A Chinese sentence has no English in it, whatever GEOS says.
func TestGridReason(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, reason := range []string{
		"Self-intersection", "Ring Self-intersection", "Hole lies outside shell", "Holes are nested", "Nested shells", "Interior is disconnected",
		"Duplicate Rings", "Too few points in geometry component", "Invalid Coordinate", "something of a later version",
	} {
		words := GridReason(reason)
		if words.Zh == "" || words.En == "" || strings.ContainsAny(words.Zh, "abcdefghijklmnopqrstuvwxyz") {
			t.Errorf("%s: %+v", reason, words)
		}
		if other, twice := seen[words.Zh]; twice {
			t.Errorf("%s and %s are told alike", reason, other)
		}
		seen[words.Zh] = reason
	}
	if words := GridReason("something of a later version"); words.En != "something of a later version" {
		t.Errorf("got %+v", words)
	}
}
