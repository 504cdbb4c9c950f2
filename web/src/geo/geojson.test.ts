import { expect, it } from "vitest";
import { readShape } from "./geojson";

const ring = [
  [114.02, 22.69],
  [114.03, 22.69],
  [114.03, 22.7],
  [114.02, 22.69],
];
const polygon = { type: "Polygon", coordinates: [ring] };
const feature = { type: "Feature", properties: { name: "x" }, geometry: polygon };

it.each([
  ["a geometry", polygon],
  ["a feature", feature],
  ["a collection of one", { type: "FeatureCollection", features: [feature] }],
  ["a collection of geometries", { type: "GeometryCollection", geometries: [polygon] }],
  ["one polygon beside a point", { features: [feature, { geometry: { type: "Point", coordinates: [1, 2] } }] }],
])("takes the polygon of %s as it stands", (_, value) => {
  expect(readShape(JSON.stringify(value))).toEqual({ kind: "shape", shape: polygon, points: 3 });
  expect(readShape(`\uFEFF${JSON.stringify(value)}`).kind).toBe("shape");
});

it("keeps every decimal, and holes and parts", () => {
  const fine = { type: "MultiPolygon", coordinates: [[ring, ring], [[[114.0212345678, 22.6], ...ring.slice(1)]]] };
  expect(readShape(JSON.stringify(fine))).toEqual({ kind: "shape", shape: fine, points: 9 });
});

it.each([
  ["", "not"],
  ["{", "not"],
  ["null", "none"],
  ["[]", "none"],
  ["5", "none"],
  ['{"type":"Point","coordinates":[1,2]}', "none"],
  ['{"type":"Polygon","coordinates":[]}', "none"],
  ['{"type":"Polygon","coordinates":[[[1,"2"]]]}', "none"],
  ['{"type":"Polygon","coordinates":[[1,2]]}', "none"],
  [JSON.stringify({ features: [feature, feature] }), "many"],
])("says why %s is no shape", (text, kind) => {
  expect(readShape(text).kind).toBe(kind);
});
