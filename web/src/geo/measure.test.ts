import { describe, expect, it } from "vitest";
import type { Position } from "../api/types";
import { measure, planeArea } from "./measure";

// Area and perimeter from PostGIS on the ellipsoid of CGCS2000 (ST_Area and ST_Perimeter of a geography, SRID 4490).
const ring: Position[] = [
  [114.01, 22.68],
  [114.03, 22.68],
  [114.03, 22.7],
  [114.01, 22.7],
];

describe("measure", () => {
  it("gives area and perimeter on the ellipsoid", async () => {
    const m = await measure(ring, true);
    expect(m.area).toBeCloseTo(4551630.101867, 1);
    expect(m.length).toBeCloseTo(8539.794209, 3);
  });
  it("gives the length of an open line and no area", async () => {
    const m = await measure(ring.slice(0, 2), false);
    expect(m.length).toBeCloseTo(2055.252227, 3);
    expect(m.area).toBe(0);
  });
  it("gives the area in the plane, whichever way the ring runs", () => {
    expect(planeArea(ring)).toBeCloseTo(4551630.570268, 1);
    expect(planeArea([...ring].reverse())).toBeCloseTo(4551630.570268, 1);
  });
});
