import { describe, expect, it } from "vitest";
import { barOf, metresPerPixel, scaleOf } from "./scale";

describe("scale", () => {
  it("knows the size of a pixel", () => {
    expect(metresPerPixel(0, 0)).toBeCloseTo(156543.034, 3);
    expect(metresPerPixel(60, 1)).toBeCloseTo(156543.034 / 4, 3);
  });
  it("writes 1:N to three figures", () => {
    expect(scaleOf(26.3)).toBe(99400);
    expect(scaleOf(1.36)).toBe(5140);
  });
  it.each([
    [26.3, 2000],
    [1.36, 100],
    [0.3, 20],
  ])("takes the longest round bar that fits at %f m a pixel", (metres, length) => {
    const bar = barOf(metres, 90);
    expect(bar.metres).toBe(length);
    expect(bar.pixels).toBeLessThanOrEqual(90);
  });
});
