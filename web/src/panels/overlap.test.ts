import { expect, it } from "vitest";
import { Problem } from "../api/client";
import type { ProblemBody } from "../api/types";
import { overlapsOf } from "./overlap";

const square = (w: number, s: number) => ({
  type: "Polygon",
  coordinates: [
    [
      [w, s],
      [w + 1, s],
      [w + 1, s + 1],
      [w, s],
    ],
  ],
});
const refusal = (more: object): Problem =>
  new Problem({ type: "", title: "", status: 409, code: "plot.overlap", ...more } as ProblemBody);

it("lists the overlaps of a refusal with their places, the largest first", () => {
  const conflicts = [
    { id: "L-000002", area_m2: 0.5, geometry: square(10, 20) },
    { id: "L-000001", area_m2: 38.42, geometry: square(0, 0) },
    { id: "L-000003", area_m2: 0.5, geometry: null },
  ];
  const all = overlapsOf(refusal({ conflicts }));
  expect(all.map(({ id, box }) => [id, box])).toEqual([
    ["L-000001", [0, 0, 1, 1]],
    ["L-000002", [10, 20, 11, 21]],
    ["L-000003", null],
  ]);
  expect(all[1]?.mark).toMatchObject({ id: "L-000002", geometry: square(10, 20) });
});

it("finds none in another refusal", () => expect(overlapsOf(refusal({}))).toEqual([]));
