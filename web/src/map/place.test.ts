import { describe, expect, it } from "vitest";
import { around, type Box, place } from "./place";

const view: Box = { x: 0, y: 0, width: 400, height: 300 };
const touch = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("place", () => {
  it("keeps labels of neighbours apart", () => {
    //  [A] [B]   both would like the right side; A's is where B is
    const a = { x: 100, y: 100, width: 20, height: 20 };
    const b = { x: 140, y: 100, width: 20, height: 20 };
    const placed = place(
      [a, b].map((box, own) => ({ label: own, places: around(box, 80, 16, 6), must: true, own })),
      [a, b],
      view,
    );
    expect(placed).toHaveLength(2);
    const [first, second] = placed.map((p) => p.box) as [Box, Box];
    expect(touch(first, second)).toBe(false);
    expect(touch(first, b)).toBe(false);
    expect(touch(second, a)).toBe(false);
  });
  it("leaves out what finds no free place, unless it must show", () => {
    const wall = { x: 0, y: 0, width: 400, height: 300 };
    const places = around({ x: 200, y: 150, width: 4, height: 4 }, 40, 12, 2);
    expect(place([{ label: "station", places, must: false }], [wall], view)).toEqual([]);
    expect(place([{ label: "parcel", places, must: true }], [wall], view)).toHaveLength(1);
  });
  it("takes a free place whatever its fractions", () => {
    for (let x = 20; x < 300; x += 7.123) {
      const places = [{ x, y: x / 3.7, width: 71.3, height: 17.9 }];
      expect(place([{ label: "zone", places, must: false }], [], view)).toHaveLength(1);
    }
  });
  it("keeps labels on the screen where it can", () => {
    const corner = { x: 380, y: 2, width: 16, height: 16 };
    const [placed] = place([{ label: "x", places: around(corner, 90, 16, 4), must: true, own: 0 }], [corner], view);
    expect(placed && placed.box.x + placed.box.width <= 400 && placed.box.y >= 0).toBe(true);
  });
});
