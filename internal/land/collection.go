package land

// Collection names a layer of the map.
type Collection string

// The layers, from the ground up.
const (
	Context Collection = "context"
	Zones   Collection = "zones"
	Parcels Collection = "parcels"
	Plots   Collection = "plots"
)

// Released is a layer that nobody draws: the contiguous released land of a day, derived from the stages of its plots.
const Released Collection = "released"

// Collections lists the layers in the order in which they are offered.
var Collections = []Collection{Zones, Parcels, Plots, Context}

// Layers lists the layers that can be read: those that are drawn, and the one that is derived.
var Layers = []Collection{Zones, Parcels, Plots, Released, Context}
