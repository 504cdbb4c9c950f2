package land

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb"
)

// Scope says what an edit of boundaries touches, so that it can be locked before anything is decided.
type Scope struct {
	Collection Collection
	Codes      []string     // the things that are edited; none for a new one
	Parcels    []string     // that drawn plots name as theirs
	Drawn      orb.Geometry // degrees; nil: no boundary moves
	From       Day          // on which the edit begins to hold
	// Bends answers the edges of neighbours, whole, that noding would bend: what lies along them is locked as well.
	Bends func(EditSet) []orb.LineString
}

// EditSet is what an edit decides upon: all of it is locked until the edit ends.
type EditSet struct {
	Drawn   *Drawing
	Target  []Standing      // the thing that is edited, by day; none for a new one
	Around  []Standing      // what touches it, or lies along an edge that bends, from the edit's day on
	History []Edition       // the versions of the thing, the newest first
	Last    map[int32]int32 // the highest version number of each thing
}

// Numbers are the things of an edit, each once.
func (set EditSet) Numbers() []int32 {
	fids := []int32{}
	seen := map[int32]bool{}
	for _, rows := range [][]Standing{set.Target, set.Around} {
		for _, s := range rows {
			if !seen[s.FID] {
				seen[s.FID] = true
				fids = append(fids, s.FID)
			}
		}
	}
	return fids
}

// Drawing is a shape as it will be kept: on the 0.1 mm grid of EPSG:4547, metres.
type Drawing struct {
	Shape orb.MultiPolygon
	One   bool   // it was drawn as one polygon
	Hash  string // SHA-256 of its WKB, before it is noded: a correction recorded for it names it
}

// Standing is a row of the map as known now: a version over some days. Its shape is on the grid, in metres.
type Standing struct {
	FID     int32
	Code    string
	Version int32
	AreaM2  *json.Number // ellipsoidal, as it was measured when it was written
	Since   *Day         // nil: since ever
	Until   *Day         // the first day on which it no longer holds
	Shape   orb.MultiPolygon
	One     bool // it is kept as one polygon
}

// Edition is a version in the history of a thing.
type Edition struct {
	Version int32
	Change  string
	By      string
	At      time.Time
}

// Redrawn is a row that begins again with the vertices of what is drawn beside it.
type Redrawn struct {
	Standing
	Number int32 // of its new version
}

// Piece is a boundary over some days: one that is not drawn anew stays, day by day, what it was.
type Piece struct {
	Shape orb.MultiPolygon
	One   bool // it is kept as one polygon
	From  Day
	Until *Day
}

// Redraw is a decided edit of a thing on the map, old and new; the store applies it as a whole.
type Redraw struct {
	Draft              // as it shall be; without a geometry of its own
	FID        int32   // 0: a new thing, whose code may be left to the store
	Number     int32   // of its new version
	Change     string  // created, changed or corrected
	Pieces     []Piece // its boundary by day; one, where it is drawn
	From       Day
	Closes     []Standing // rows that end as known now; what they held before From is kept
	Nodes      []Redrawn  // those among them that begin again, noded
	Reason     string
	DocumentNo *string
}

// Retirement is a decided end of a thing on the map.
type Retirement struct {
	Collection Collection
	FID        int32
	Code       string
	Number     int32 // of the version that says so
	From       Day
	Reason     string
	DocumentNo *string
}

// Clash is a place where an edit meets what stands: another thing that it overlaps, or its parcel that it leaves.
type Clash struct {
	Code     string
	With     string // of the thing that was edited or noded
	AreaM2   *json.Number
	Geometry json.RawMessage // GeoJSON, degrees
	Lon, Lat float64
}

// Use is something that still rests on a thing.
type Use struct{ Kind, Code string }

// Moved is a thing whose boundary moves.
type Moved struct {
	Code     string
	Noded    bool        // it only takes vertices of what is drawn beside it
	MovedM2  json.Number // by this edit
	SinceM2  json.Number // since it was last drawn
	Accepted bool        // its boundary has a live acceptance
	Hashes   []string    // of the corrections that were recorded for it
	Others   []string    // those of them that somebody else recorded than whoever draws
}

// Removed is what stands against taking a plot out of its parcel, or disposing of it in another way: an acceptance, or what rests on it there.
type Removed struct {
	Code                 string
	Elsewhere, Otherwise bool
	Kind                 string  // acceptance, holding, building
	Rest                 *string // the holding or building
}

// Overheld is a plot on which holdings have more land than there is, in m2.
type Overheld struct {
	Code       string
	Held, Area json.Number
}

// MostCells is how many cells of 500 m a boundary may take: locks are shared by all who write.
const MostCells = 2000

// NodingAllowed is how far noding may move a boundary, in m2: rounding to the grid moves one by less (measured: 0.044 at most).
const NodingAllowed = 0.05

// Far reports whether the boundary moves by more than noding may move it: one that was accepted, since it was last drawn.
func (m Moved) Far() bool {
	moved := m.MovedM2
	if m.Noded && m.Accepted {
		moved = m.SinceM2
	}
	area, err := moved.Float64()
	return err != nil || area >= NodingAllowed
}
