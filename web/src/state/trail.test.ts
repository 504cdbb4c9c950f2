import { describe, expect, it } from "vitest";
import { changesOf, deedsOf, filtersOf, noFilters, queryOf, secondOf } from "./trail";

describe("what an address asks of the trail", () => {
  it.each([
    "",
    "account=zhang.san",
    "account=zhang.san&object=account%3Ali.si&via=POST+%2Fapi%2Fv1%2Ffacts&outcome=refused&code=fact.order&from=2026-01-01&to=2026-01-31",
  ])("is written as it was read: %s", (query) => expect(queryOf(filtersOf(query))).toBe(query));

  it.each([
    ["outcome=perhaps", "an outcome that there is not"],
    ["from=2026-02-30&to=soon", "what is no day"],
    ["colour=red", "what the trail has not"],
    ["account=++", "blanks"],
  ])("leaves out %s: %s", (query) => expect(filtersOf(query)).toEqual(noFilters));
});

describe("before and after side by side", () => {
  //  before   after    row
  //  a 1      a 1      stays
  //  b 2      b 3      moved
  //  c x      -        ended
  //  -        d y      began
  it("has each member once, in the order of before, with what moved", () => {
    expect(changesOf({ a: 1, b: 2, c: "x" }, { a: 1, d: "y", b: 3 })).toEqual([
      { name: "a", before: "1", after: "1", moved: false },
      { name: "b", before: "2", after: "3", moved: true },
      { name: "c", before: "x", after: null, moved: true },
      { name: "d", before: null, after: "y", moved: true },
    ]);
  });

  it("names what is nested by its way, and keeps lists in one piece", () => {
    expect(
      changesOf(null, { who: { role: "planner" }, scopes: ["read", "edit"], land: [{ plot: "L-1" }], none: [] }),
    ).toEqual([
      { name: "who.role", before: null, after: "planner", moved: true },
      { name: "scopes", before: null, after: "read, edit", moved: true },
      { name: "land", before: null, after: '[{"plot":"L-1"}]', moved: true },
      { name: "none", before: null, after: "[]", moved: true },
    ]);
  });

  it("tells a member that is null from one that is not there", () => {
    expect(changesOf({ a: null }, {})).toEqual([{ name: "a", before: "null", after: null, moved: true }]);
  });

  it("takes what is no object as one value", () => {
    expect(changesOf("x", null)).toEqual([{ name: "", before: "x", after: null, moved: true }]);
    expect(changesOf(null, null)).toEqual([]);
  });
});

describe("the details of a record", () => {
  it("are what was done to which thing, how many there were, and the rest", () => {
    const deed = { object: "P-01", before: null, after: { version: 1 } };
    expect(deedsOf({ deeds: [deed, { after: 1 }], count: 300, file: "a.geojson" })).toEqual({
      deeds: [deed],
      count: 300,
      rest: { file: "a.geojson" },
    });
    expect(deedsOf({ deeds: [{ object: "token:1", before: { name: "QGIS" } }] })).toEqual({
      deeds: [{ object: "token:1", before: { name: "QGIS" }, after: null }],
      count: 1,
      rest: null,
    });
    expect(deedsOf({})).toEqual({ deeds: [], count: 0, rest: null });
    expect(deedsOf("x")).toEqual({ deeds: [], count: 0, rest: "x" });
  });
});

it("tells an instant to the second, in Shanghai", () =>
  expect(secondOf("2026-11-24T16:05:09.123456Z")).toBe("2026-11-25 00:05:09"));
