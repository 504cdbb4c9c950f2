import type { Polygon } from "geojson";
import { describe, expect, it } from "vitest";
import { boxOf, contains, crossesItself, meet } from "./shape";

//  4 +-------+
//    | +--+  |   a square with a hole
//  1 | +--+  |
//  0 +-------+
const holed: Polygon = {
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [4, 0],
      [4, 4],
      [0, 4],
      [0, 0],
    ],
    [
      [1, 1],
      [1, 3],
      [3, 3],
      [3, 1],
      [1, 1],
    ],
  ],
};

describe("contains", () => {
  it("is true inside, false in a hole and outside", () => {
    expect(contains(holed, [0.5, 0.5])).toBe(true);
    expect(contains(holed, [2, 2])).toBe(false);
    expect(contains(holed, [5, 2])).toBe(false);
  });
  it("takes each part of a multipolygon", () => {
    const two = {
      type: "MultiPolygon" as const,
      coordinates: [
        holed.coordinates,
        [
          [
            [10, 0],
            [11, 0],
            [11, 1],
            [10, 0],
          ],
        ],
      ],
    };
    expect(contains(two, [10.9, 0.5])).toBe(true);
    expect(contains(two, [7, 0.5])).toBe(false);
  });
});

describe("boxes", () => {
  it("bound all geometries, or are null", () => {
    expect(boxOf([holed, { type: "Point", coordinates: [9, -1] }])).toEqual([0, -1, 9, 4]);
    expect(boxOf([])).toBeNull();
  });
  it("meet at an edge", () => {
    expect(meet([0, 0, 1, 1], [1, 1, 2, 2])).toBe(true);
    expect(meet([0, 0, 1, 1], [1.1, 0, 2, 2])).toBe(false);
  });
});

describe("crossesItself", () => {
  it("tells a bow tie from a square, a triangle and a dent", () => {
    const bow: [number, number][] = [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
    ];
    const square: [number, number][] = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    const dent: [number, number][] = [
      [0, 0],
      [4, 0],
      [4, 4],
      [2, 1],
      [0, 4],
    ];
    expect(crossesItself(bow)).toBe(true);
    expect(crossesItself(square)).toBe(false);
    expect(crossesItself(square.slice(0, 3))).toBe(false);
    expect(crossesItself(dent)).toBe(false);
  });
});
