import type { Geometry } from "geojson";
import type { BBox, Position } from "../api/types";

/** polygonsOf lists the polygons of a geometry, each a list of rings, the outer one first. */
export function polygonsOf(geometry: Geometry): Position[][][] {
  if (geometry.type === "Polygon") return [geometry.coordinates as Position[][]];
  if (geometry.type === "MultiPolygon") return geometry.coordinates as Position[][][];
  return [];
}

/** linesOf lists the lines of a geometry. */
export function linesOf(geometry: Geometry): Position[][] {
  if (geometry.type === "LineString") return [geometry.coordinates as Position[]];
  if (geometry.type === "MultiLineString") return geometry.coordinates as Position[][];
  return [];
}

/** contains says whether a point lies inside the polygons and outside their holes. */
export function contains(geometry: Geometry, point: Position): boolean {
  return polygonsOf(geometry).some((rings) =>
    rings.reduce((inside, ring) => inside !== crossesOdd(ring, point), false),
  );
}

function crossesOdd(ring: Position[], [x, y]: Position): boolean {
  let odd = false;
  let last = ring[ring.length - 1];
  for (const point of ring) {
    if (
      last &&
      point[1] > y !== last[1] > y &&
      x < ((last[0] - point[0]) * (y - point[1])) / (last[1] - point[1]) + point[0]
    )
      odd = !odd;
    last = point;
  }
  return odd;
}

/** boxOf is the bounding box of geometries; null when they hold no point. */
export function boxOf(geometries: Iterable<Geometry>): BBox | null {
  const box: BBox = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  const visit = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] !== "number") {
      c.forEach(visit);
      return;
    }
    const [x, y] = c as Position;
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  };
  for (const g of geometries) if (g.type !== "GeometryCollection") visit(g.coordinates);
  return box[0] <= box[2] ? box : null;
}

/** meet says whether two boxes touch. */
export const meet = (a: BBox, b: BBox): boolean => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];

/** crossesItself says whether two sides of a closed outline cross: such an outline has no area. */
export function crossesItself(points: readonly Position[]): boolean {
  const side = (a: Position, b: Position, c: Position) =>
    Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  const at = (i: number) => points[i % points.length] as Position;
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 2; j < points.length; j++) {
      if (i === 0 && j === points.length - 1) continue; // neighbours share a corner
      const [a, b, c, d] = [at(i), at(i + 1), at(j), at(j + 1)];
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
    }
  }
  return false;
}
