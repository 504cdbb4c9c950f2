package land

import "slices"

// Collection names a layer of the map.
type Collection string

// The layers, from the ground up.
const (
	Context Collection = "context"
	Zones   Collection = "zones"
	Parcels Collection = "parcels"
	Plots   Collection = "plots"
)

// Collections lists the layers in the order in which they are offered.
var Collections = []Collection{Zones, Parcels, Plots, Context}

// Known reports whether a collection of this name exists.
func (c Collection) Known() bool { return slices.Contains(Collections, c) }
