import { describe, expect, it } from "vitest";
import { circleAround, distance } from "./circle";

describe("circle", () => {
  it("measures a degree of latitude", () => expect(distance([114, 22], [114, 23])).toBeCloseTo(111_195, -1));
  it("keeps every point at its distance", () => {
    for (const p of circleAround([114.02, 22.69], 500)) expect(distance([114.02, 22.69], p)).toBeCloseTo(500, 0);
  });
});
