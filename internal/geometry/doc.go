// Package geometry reads GeoJSON geometry strictly, before orb or PostGIS see it.
//
// The rules, in the order in which they are judged; a fault carries the code, the pointer and, where there is one, the place:
//
//  1. geometry.type         Polygon or MultiPolygon for land; Point and LineString besides for context
//  2. geometry.members      only type and coordinates, each once; no crs member
//  3. geometry.position     a position is exactly two finite numbers, longitude and latitude
//  4. geometry.extent       every position lies inside the extent; swapped axes and the GCJ-02 shift are named where they fit
//  5. geometry.ring         a ring has at least four positions and ends where it begins
//  6. geometry.too_many     at most MaxVertices positions and MaxRings rings
//
// Dissolve joins the polygons of a coverage to their outline.
//
// orb reads null and short positions as (0, 0), and PostGIS calls 1e308 valid: both accept too much for land.
package geometry
