import L from "leaflet";
import type { Position } from "../api/types";
import type { XY } from "../geo/rough";

/** unproject turns pixels of the world at a zoom into longitude and latitude. */
export function unproject(point: XY, zoom: number): Position {
  const { lat, lng } = L.CRS.EPSG3857.pointToLatLng(L.point(point.x, point.y), zoom);
  return [lng, lat];
}
