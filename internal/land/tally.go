package land

import "github.com/paulmach/orb"

// PlotRow is a plot as figures count it.
type PlotRow struct {
	Plot, Parcel int32
	Stage        string // one of ShownStages
	UseClass     string
	Area         M2
	Now, Week    bool // on the day, and seven days before
}

// ShownStages are what a plot may show: its stage, or retained or kept.
var ShownStages = append(names(Stages[OfPlot]), names(Apart)...)

func names(stages []Stage) []string {
	all := make([]string, len(stages))
	for i, s := range stages {
		all[i] = s.Name
	}
	return all
}

// ReleasedRow is a plot that was released seven or 28 days before.
type ReleasedRow struct {
	Plot, Parcel int32
	UseClass     string
	Area         M2
	Week, Month  bool
}

// HoldingRow is a holding as figures count it.
type HoldingRow struct {
	Holding, Parcel int32
	Plot            int32 // where most of its land lies; 0: nowhere
	Signed          bool
	Now, Week       bool // on the day, and seven days before
	Floor, Land     M2
	Buildings       int32
}

// ZonePart is how much of a plot lies in a zone; main: more than half of it.
type ZonePart struct {
	Plot, Zone       int32
	Area             M2
	Main             bool
	Now, Week, Month bool // on the day, seven and 28 days before
}

// ParcelRow is a parcel as the table names it.
type ParcelRow struct {
	FID        int32
	Code       string
	Name       string
	NameEn     *string
	NameStatus *string
	Accuracy   string
	Area       M2
	Stage      string
	Zone       *string
	Post       *string
	Box        Box
}

// ZoneRow is a zone as the table names it.
type ZoneRow struct {
	FID    int32
	Code   string
	Name   string
	NameEn *string
}

// PostRow is a command post as the table names it.
type PostRow struct{ Code, Name, NameEn string }

// Turn says by how much released and signed land grew on a day.
type Turn struct {
	Day              Day
	Released, Signed M2
}

// PlotArea is a plot of a set, with its area.
type PlotArea struct {
	Plot   int32
	Parcel int32
	Area   M2
}

// Edge joins two plots that touch along more than 1 m.
type Edge struct{ A, B int32 }

// PlotShape is a plot's shape in the plane.
type PlotShape struct {
	Plot     int32
	Code     string
	Polygons orb.MultiPolygon
}

// Outline is a shape as it is shown.
type Outline struct {
	Valid    bool       // an area; the rest says nothing where it is none
	Geometry []byte     // GeoJSON in CRS84
	Centre   [2]float64 // a point inside
}

// Interest is the land of an unbound holding on a storage plot.
type Interest struct {
	Holding int32
	Plot    int32
	Area    M2    // of the whole plot
	Unbound int32 // how many unbound holdings the plot has in all
}

// Holder is what is said of a holding in a list of keystones.
type Holder struct {
	Holding   int32
	Code      string
	Name      string
	Class     string
	Stage     string
	Parcel    string
	Plots     []string
	PlotIDs   []int32 // the same in the same order
	Box       Box
	LastVisit *Day
	NextStep  *string // as the last visit left it
	Objection bool    // one is open against it or its parcel
}

// PlotCode is a plot by both its names.
type PlotCode struct {
	Plot int32
	Code string
	Now  bool // on the day; else only seven or 28 days before
}

// IfSigned is a plot as it would be if some holdings signed.
type IfSigned struct {
	Plot        int32
	Disposition string
	Stage       string // as it is
	Area        M2
	Unbound     int64 // interests that would still not be bound
	Standing    int64 // buildings
	Facts       []string
}

// Mark is a place in the stream of changes, and how many changes from it on were seen.
type Mark struct {
	Horizon string
	Seen    int64
}
