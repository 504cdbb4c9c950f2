import type { Position } from "../api/types";
import type { Area } from "../state/address";

const radius = 6_371_008.8; // metres, the mean of the ellipsoid: a circle on the map needs no more
const rad = Math.PI / 180;

/** distance is the way between two points on the sphere, in metres. */
export function distance([lon1, lat1]: Position, [lon2, lat2]: Position): number {
  const half = (a: number) => Math.sin((a * rad) / 2) ** 2;
  const h = half(lat2 - lat1) + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * half(lon2 - lon1);
  return 2 * radius * Math.asin(Math.sqrt(h));
}

/** circleAround is a ring of points at one distance. */
export function circleAround([lon, lat]: Position, metres: number, points = 72): Position[] {
  const dLat = metres / radius / rad;
  const dLon = dLat / Math.cos(lat * rad);
  return Array.from({ length: points }, (_, i): Position => {
    const angle = (2 * Math.PI * i) / points;
    return [lon + dLon * Math.cos(angle), lat + dLat * Math.sin(angle)];
  });
}

/** outlineOf is the line around an area as it is drawn. */
export const outlineOf = (area: Area): readonly Position[] =>
  area.kind === "circle" ? circleAround(area.centre, area.radius_m) : area.corners;
