// Package geometry reads GeoJSON geometry strictly, before orb or PostGIS see it.
//
// The rules, in the order in which they are judged; every fault is listed, up to 100, each with its code, its pointer and, where there is one, the place:
//
//  1. geometry.members          a JSON object of type and coordinates, each once, and nothing else
//  2. geometry.crs              no crs member but the one that says what GeoJSON has anyway, urn:ogc:def:crs:OGC:1.3:CRS84
//  3. geometry.type             Polygon or MultiPolygon for land; Point and LineString besides for context
//  4. geometry.not_a_list       lists where GeoJSON has lists,
//     geometry.empty            none of them empty
//  5. geometry.too_many         at most MaxVertices positions and MaxRings rings in all
//  6. geometry.position         a position is two finite numbers, longitude and latitude,
//     geometry.third_ordinate   and no third
//  7. geometry.extent           every position lies inside the extent; one that does not gets the likely cause where there is one, and is never mended:
//     geometry.swapped          the axes are swapped
//     geometry.metres           the numbers are metres of a plane grid
//     geometry.gcj02, .bd09     it lies inside once the shift of Amap and Tencent, or of Baidu, is undone
//  8. geometry.ring             a ring has at least four positions, a line two that differ
//     geometry.ring_open        a ring ends where it begins
//
// Where all of this holds, rings are judged exactly, on the numbers as they were given, so that the answer is that of ST_IsValid:
//
//  9. geometry.flat             a ring encloses an area; positions repeated in sequence count once, and are kept
//  10. geometry.spike           no edge runs back over the one before
//  11. geometry.crosses_itself, .touches_itself, .runs_on_itself   a ring passes each place once
//  12. geometry.rings_cross, .rings_share_line                     rings of a polygon meet in points only
//  13. geometry.parts_cross, .parts_share_line                     parts do too
//
// and where no edges are at fault:
//
//  14. geometry.hole_outside    holes lie in their polygon,
//     geometry.holes_nested     and not in each other
//  15. geometry.parts_nested    parts do not lie in each other, but may in a hole
//  16. geometry.interior_split  rings do not meet so that the inside falls apart
//
// Node makes features that touch share their vertices; Dissolve joins the polygons of a coverage to their outline.
//
// orb reads null and short positions as (0, 0), and PostGIS calls 1e308 valid: both accept too much for land.
package geometry
