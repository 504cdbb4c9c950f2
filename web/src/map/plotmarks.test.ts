import type { Feature } from "protomaps-leaflet";
import { describe, expect, it } from "vitest";
import { numberOf } from "../ui/codes";
import { marksIn } from "./plotmarks";

const square = (code: string, x: number, y: number, side: number, stage: string): Feature =>
  ({
    props: { code, stage },
    geom: [
      [
        { x, y },
        { x: x + side, y },
        { x: x + side, y: y + side },
        { x, y: y + side },
        { x, y },
      ],
    ],
  }) as unknown as Feature;

describe("marks of plots", () => {
  it("mark each plot once, in the largest piece that tiles leave of it", () => {
    const left = new Map([["plots", [square("L-000041", 500, 100, 16, "planned")]]]);
    const right = new Map([
      ["plots", [square("L-000041", 0, 100, 60, "planned"), square("L-000042", 100, 100, 20, "stored")]],
    ]);
    const marks = marksIn([
      ["10:20:14", left],
      ["11:20:14", right],
    ]);
    expect(marks).toEqual([
      { code: "L-000041", group: "planned", zoom: 15, x: 11 * 512 + 30, y: 20 * 512 + 130, reach: 30 },
      { code: "L-000042", group: "stored", zoom: 15, x: 11 * 512 + 110, y: 20 * 512 + 110, reach: 10 },
    ]);
  });
  it("leave out plots that tiles do not name", () => {
    const nameless = { ...square("", 0, 0, 9, "planned"), props: {} };
    expect(marksIn([["0:0:12", new Map([["plots", [nameless]]])]])).toEqual([]);
  });
  it("number a plot by the end of its code", () => {
    expect(numberOf("L-000041")).toBe("041");
    expect(numberOf("L-001158")).toBe("1158");
  });
});
