// Package geodata holds the outlines and the round that the service starts with.
package geodata

import "embed"

// Files are round.json and one GeoJSON file a collection, in the form that an import takes.
//
//go:embed round.json *.geojson
var Files embed.FS
