import { expect, it } from "vitest";
import { type Found, folded, numbered, worst } from "./look";

const found = (severity: string, reason: string, point: Found["point"]): Found => ({
  severity,
  reason,
  point,
  feature: 1,
  id: null,
  mend: "",
});
const problems = [
  found("warning", "a", [114, 22]),
  found("error", "b", null),
  found("error", "c", [115, 23]),
  found("warning", "d", null),
];

it("shows what refuses a file first, in the order of the file", () => {
  expect(worst(problems).map((p) => p.reason)).toEqual(["b", "c", "a", "d"]);
});

it("numbers those that have a place, as the map does", () => {
  expect(numbered(worst(problems))).toEqual({
    numbers: [null, 1, 2, null],
    places: [
      [115, 23],
      [114, 22],
    ],
  });
});

it("lists of many problems of one kind in a feature the first three, and how many more there are", () => {
  const swapped = ["e", "f", "g", "h", "i"].map((reason) => ({ ...found("error", reason, null), code: "swapped" }));
  const list = folded([...problems, ...swapped]);
  expect(list.map((p) => p.reason)).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  expect(list.map((p) => p.more)).toEqual([...Array(6).fill(undefined), 2]);
});
