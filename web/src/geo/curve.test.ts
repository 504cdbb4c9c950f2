import { describe, expect, it } from "vitest";
import { type CurveInput, curveShape, stepOf } from "./curve";

const frame = { left: 30, right: 360, top: 10, bottom: 150 };
const input: CurveInput = {
  from: "2021-06-01",
  at: "2022-12-30",
  items: [
    { on: "2021-06-04", released_ha: 0, planned_ha: null },
    { on: "2022-06-03", released_ha: 60, planned_ha: null },
    { on: "2022-12-30", released_ha: 128.4, planned_ha: null },
  ],
  target: 500,
  expected: 394.43,
  forecast: [
    { on: "2024-05-31", ha: 394.43 },
    { on: "2024-12-22", ha: 500 },
  ],
  deadline: null,
};
const numbers = (path: string | null) => (path?.match(/-?[\d.]+/g) ?? []).map(Number);

describe("the burn-up curve", () => {
  it("runs from the start of the round to the forecast of the target, and stays in its frame", () => {
    const c = curveShape(input, frame);
    expect(c.forecastEnd?.x).toBeCloseTo(frame.right, 0);
    expect(c.forecastEnd?.y).toBeCloseTo(c.target ?? 0, 5);
    for (const path of [c.released, c.area, c.forecast])
      numbers(path).forEach((v, i) => {
        expect(v).toBeGreaterThanOrEqual(i % 2 ? frame.top - 0.1 : frame.left - 0.1);
        expect(v).toBeLessThanOrEqual(i % 2 ? frame.bottom + 0.1 : frame.right + 0.1);
      });
    expect(c.dot.y).toBeCloseTo(frame.bottom - (140 * 128.4) / 520, 5);
    expect(c.ticks.map((t) => t.value)).toEqual([0, 100, 200, 300, 400, 500]);
    expect(c.years.map((y) => y.year)).toEqual(["2021", "2022", "2023", "2024"]);
    expect(c.parts).toHaveLength(3);
  });
  it("has no schedule without a deadline, and a straight one with it", () => {
    expect(curveShape(input, frame).schedule).toBeNull();
    const dated = {
      ...input,
      deadline: "2024-12-31",
      items: input.items.map((i) => ({ ...i, planned_ha: 1 })),
    };
    const [x0, y0, x1, y1] = numbers(curveShape(dated, frame).schedule);
    expect([x0, y0, x1]).toEqual([30, 150, 360]);
    expect(y1).toBeCloseTo(curveShape(dated, frame).target ?? 0, 0);
  });
  it("draws no forecast where nothing moves, nor beyond the years that it can answer for", () => {
    expect(curveShape({ ...input, forecast: [] }, frame).forecast).toBeNull();
    const slow = curveShape({ ...input, forecast: [{ on: "2080-01-01", ha: 500 }] }, frame);
    expect(slow.forecastEnd?.x).toBeCloseTo(frame.right, 5);
    expect(slow.forecastEnd?.y).toBeGreaterThan(slow.target ?? 0);
  });
  it("stands on the first day as well", () => {
    const c = curveShape({ ...input, at: "2021-06-01", items: [], forecast: [] }, frame);
    expect(c.dot).toEqual({ x: 30, y: 150 });
    expect(c.area).toBe("");
  });
  it.each([
    [500, 100],
    [394, 100],
    [10, 2],
    [0.4, 0.1],
  ])("ticks up to %d by %d", (most, step) => expect(stepOf(most)).toBeCloseTo(step, 9));
});
