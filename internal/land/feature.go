package land

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb"
)

// Box is a bounding box in degrees: west, south, east, north.
type Box [4]float64

// Bound is the box as orb has it.
func (b Box) Bound() orb.Bound {
	return orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
}

// Feature is one version of a thing on the map as it is read. Areas are m2 with four decimals,
// kept as decimal text so that sums stay exact.
type Feature struct {
	Collection     Collection
	FID            int32 // the integer id in tiles
	Code           string
	Version        int32
	Change         string
	Kind           string
	Name           *string
	NameEn         *string
	NameStatus     *string
	Subdistrict    *string
	SubdistrictEn  *string
	Locality       *string
	LocalityEn     *string
	Parcel         *string
	Zone           *string
	Disposition    *string
	UseClass       *string
	Stage          *string // of a plot or parcel on the last of the days asked for; retained and kept plots say so
	StageSince     *Day
	Accuracy       string
	Source         string
	SourceEn       string
	AreaM2         *json.Number
	AreaPlaneM2    *json.Number
	AreaOfficialM2 *json.Number
	Published      json.RawMessage
	Geometry       json.RawMessage // GeoJSON in CRS84, ten decimals
	ValidFrom      *Day            // nil: since ever
	ValidTo        *Day            // the first day on which it no longer holds; nil: until further notice
	KnownFrom      time.Time
	KnownTo        *time.Time
	RecordedAt     time.Time
	RecordedBy     string
	Reason         *string // nil: not shown to whoever reads
	DocumentNo     *string
	Demo           bool
}

// Draft is a feature as somebody hands it in: parsed, not yet decided upon.
type Draft struct {
	Collection     Collection
	Code           string
	Kind           string
	Name           *string
	NameEn         *string
	NameStatus     *string
	Subdistrict    *string
	SubdistrictEn  *string
	Locality       *string
	LocalityEn     *string
	Parcel         *string
	Disposition    *string
	UseClass       *string
	Accuracy       string
	Source         string
	SourceEn       string
	AreaOfficialM2 *json.Number
	Published      json.RawMessage
	Geometry       orb.Geometry // degrees, CRS84
}

// Found is a hit of a search.
type Found struct {
	Collection Collection
	Code       string
	Kind       string
	Name       *string
	NameEn     *string
	Place      *string
	PlaceEn    *string
	Box        Box
}

// Touch is a committed change of a thing on the map, the box that its old or new shape covers; or of the ledger, without a box.
type Touch struct {
	Seq        int64
	Collection Collection
	Code       string
	FID        int32
	Ledger     bool       // facts or register moved; without a place of its own
	Box        Box        // degrees
	Box3857    [4]float64 // metres in EPSG:3857
}
