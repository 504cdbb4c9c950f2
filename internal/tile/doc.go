// Package tile serves the map's vector tiles from a bounded cache that a change empties exactly where it must.
package tile
