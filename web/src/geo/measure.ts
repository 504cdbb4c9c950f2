import type { Position } from "../api/types";
import { toPlane } from "./gauss";

/** What a measured line or ring comes to. */
export interface Measured {
  length: number;
  area: number;
  planeArea: number;
}

type Geodesics = typeof import("geographiclib-geodesic");
let geodesics: Promise<Geodesics> | undefined;

/** prepare loads the geodesic formulas; they are not part of the first view. */
export function prepare(): Promise<Geodesics> {
  geodesics ??= import("geographiclib-geodesic").catch((cause: unknown) => {
    geodesics = undefined;
    throw cause;
  });
  return geodesics;
}

/** measure gives the length of a line, or the perimeter and area of a ring, on the CGCS2000 ellipsoid. */
export async function measure(points: readonly Position[], closed: boolean): Promise<Measured> {
  const module = await prepare();
  const { Geodesic } = (module as unknown as { default?: Geodesics }).default ?? module;
  const ellipsoid = new Geodesic.Geodesic(6378137, 1 / 298.257222101);
  const polygon = ellipsoid.Polygon(!closed);
  for (const [lon, lat] of points) polygon.AddPoint(lat, lon);
  const result = polygon.Compute(false, true);
  return {
    length: result.perimeter,
    area: closed ? Math.abs(result.area ?? 0) : 0,
    planeArea: closed ? planeArea(points) : 0,
  };
}

/** planeArea is the area in the CGCS2000 plane of central meridian 114°. */
export function planeArea(points: readonly Position[]): number {
  const plane = points.map(toPlane);
  let twice = 0;
  plane.forEach((p, i) => {
    const q = plane[(i + 1) % plane.length];
    if (q) twice += p.y * q.x - q.y * p.x;
  });
  return Math.abs(twice) / 2;
}
