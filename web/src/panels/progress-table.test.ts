import { describe, expect, it } from "vitest";
import type { ParcelProgress } from "../api/types";
import { delta, sortedParcels } from "./progress-table";

const parcel = (code: string, released_m2: number, rate: number | null, delta_week_ha: number): ParcelProgress =>
  ({
    code,
    figures: { released_m2, delta_week_ha, signing: { households: { rate } } },
  }) as unknown as ParcelProgress;

describe("the table of parcels", () => {
  const list = [parcel("P-01", 5, 0.5, 0), parcel("P-02", 9, null, 1), parcel("P-03", 5, 0.7, -1)];
  it.each([
    [{ by: "code", falling: false }, ["P-01", "P-02", "P-03"]],
    [{ by: "ha", falling: true }, ["P-02", "P-03", "P-01"]],
    [{ by: "ha", falling: false }, ["P-01", "P-03", "P-02"]],
    [{ by: "households", falling: true }, ["P-03", "P-01", "P-02"]],
    [{ by: "delta", falling: false }, ["P-03", "P-01", "P-02"]],
  ] as const)("sorts by %o, ties by code, nothing last", (sorting, codes) =>
    expect(sortedParcels(list, sorting).map((p) => p.code)).toEqual(codes),
  );
  it("writes a week without change as a dash", () => {
    expect([delta(0), delta(1.09), delta(-0.5)]).toEqual(["—", "+1.09", "−0.50"]);
  });
});
