import type { MultiPolygon, Polygon } from "geojson";

export type Shape = Polygon | MultiPolygon;

/** What a text holds: one shape with its number of points, or why it is none. */
export type Read =
  | { kind: "shape"; shape: Shape; points: number }
  | { kind: "not" }
  | { kind: "none" }
  | { kind: "many"; n: number };

interface Node {
  type?: unknown;
  geometry?: unknown;
  features?: unknown;
  geometries?: unknown;
  coordinates?: unknown;
}

/** readShape takes the one polygon of a GeoJSON text, whatever it is wrapped in. Whether it is lawful the service judges. */
export function readShape(text: string): Read {
  let whole: unknown;
  try {
    whole = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return { kind: "not" };
  }
  const shapes = shapesOf(whole);
  const [shape] = shapes;
  if (!shape) return { kind: "none" };
  if (shapes.length > 1) return { kind: "many", n: shapes.length };
  const rings = shape.type === "Polygon" ? shape.coordinates : shape.coordinates.flat();
  return { kind: "shape", shape, points: rings.reduce((sum, ring) => sum + Math.max(0, ring.length - 1), 0) };
}

function shapesOf(value: unknown): Shape[] {
  if (value === null || typeof value !== "object") return [];
  const node = value as Node;
  if (Array.isArray(node.features)) return node.features.flatMap(shapesOf);
  if (Array.isArray(node.geometries)) return node.geometries.flatMap(shapesOf);
  if (node.geometry) return shapesOf(node.geometry);
  const { type, coordinates } = node;
  const depth = type === "Polygon" ? 2 : type === "MultiPolygon" ? 3 : 0;
  return depth > 0 && nested(coordinates, depth) ? [{ type, coordinates } as Shape] : [];
}

/** nested says whether lists lie within lists so deep, down to positions of numbers: the map could draw nothing else. */
function nested(value: unknown, depth: number): boolean {
  if (!Array.isArray(value)) return false;
  if (depth > 0) return value.length > 0 && value.every((v) => nested(v, depth - 1));
  return value.length >= 2 && value.every((v) => typeof v === "number");
}
