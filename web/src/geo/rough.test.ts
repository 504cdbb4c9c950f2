import { describe, expect, it } from "vitest";
import { roughen } from "./rough";

const square = [
  { x: 0, y: 0 },
  { x: 100, y: 0 },
  { x: 100, y: 100 },
  { x: 0, y: 100 },
];

describe("roughen", () => {
  it("is the same each time for the same seed, and another for another", () => {
    expect(roughen(square, 7)).toEqual(roughen(square, 7));
    expect(roughen(square, 7)).not.toEqual(roughen(square, 8));
  });
  it("sets a point every ten pixels, none further off than its reach", () => {
    const rough = roughen(square, 3, 10, 2);
    expect(rough).toHaveLength(40);
    for (const p of rough) {
      const off = Math.min(Math.abs(p.x), Math.abs(p.x - 100), Math.abs(p.y), Math.abs(p.y - 100));
      expect(off).toBeLessThanOrEqual(2);
    }
  });
  it("does not move when the map is panned", () => {
    const moved = roughen(
      square.map((p) => ({ x: p.x + 512, y: p.y - 256 })),
      7,
    );
    roughen(square, 7).forEach((p, i) => {
      expect(moved[i]?.x).toBeCloseTo(p.x + 512, 9);
      expect(moved[i]?.y).toBeCloseTo(p.y - 256, 9);
    });
  });
});
