import { describe, expect, it } from "vitest";
import type { Position } from "../api/types";
import { fromPlane, toPlane } from "./gauss";

// From PROJ 9 through PostGIS: ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4490), 4547).
const points: [lon: number, lat: number, x: number, y: number][] = [
  [114.0, 22.0, 2433800.4777111, 500000.0],
  [114.0172969996, 22.6953679997, 2510802.1593043, 501777.2867032],
  [114.12, 22.77, 2519071.8198672, 512323.4559119],
  [113.95, 22.6, 2500241.9499861, 494858.8929796],
  [115.5, 30.0, 3321060.8409265, 644737.7490912],
  [112.5, 45.0, 4986039.2140417, 381729.7260015],
  [114.03512, 22.68913, 2510111.6880168, 503608.7840687],
];

const tenth = 0.0001; // of a millimetre, in metres

describe("EPSG:4547", () => {
  it.each(points)("projects %f, %f to a tenth of a millimetre", (lon, lat, x, y) => {
    const plane = toPlane([lon, lat]);
    expect(Math.abs(plane.x - x)).toBeLessThan(tenth);
    expect(Math.abs(plane.y - y)).toBeLessThan(tenth);
  });

  it.each(points)("comes back from %f, %f", (lon, lat, x, y) => {
    const back: Position = fromPlane({ x, y });
    expect(back[0]).toBeCloseTo(lon, 9);
    expect(back[1]).toBeCloseTo(lat, 9);
  });
});
