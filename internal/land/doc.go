// Package land holds the nouns of land consolidation (土地整备) and their pure rules, without any I/O.
//
// The words, as the field uses them:
//
//	批次 / 轮      Round         a programme round; its target belongs to it
//	重点片区       zone          a key zone, code Z-01 …
//	产业整备片区   parcel        a consolidation parcel (大地块), code P-01 …
//	地块           plot          the land unit inside a parcel, code L-000001 …
//	实施范围       scope         the boundary of implementation: the parcel's shape
//	椭球面积       area_m2       ellipsoidal area, the figure that is counted
//	平面面积       area_plane_m2 area in the plane of EPSG:4547
//	公告面积       area_official_m2  the published area, never overwritten by a calculated one
//	截至           at            the day that an answer holds for (Shanghai)
//	按…所知        known         the instant whose knowledge an answer uses
package land
