package land

import "encoding/json"

// Sketch is what anybody may see of a zone or parcel where the operator allows it: where it is, not where it ends.
type Sketch struct {
	Code     string
	Kind     string
	Name     *string
	NameEn   *string
	Source   string
	SourceEn string
	Demo     bool
	AreaM2   *json.Number    // to 0.1 ha
	Geometry json.RawMessage // GeoJSON in CRS84, four decimals
}

// Public are the layers that anybody may see so.
var Public = []Collection{Zones, Parcels}
