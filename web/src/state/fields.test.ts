import { describe, expect, it } from "vitest";
import { clashesOf, mergedOf, sideOf } from "./clash";
import { patchOf, secretsIn, storable, things, typedOf, wholeOf } from "./fields";

const holding = {
  code: "H-0001",
  name: "廖某文",
  class: "residential",
  parties: [
    { code: "R-0001", name: "廖某文", kind: "person", share: "1/2" },
    { code: "R-0002", name: "廖某武", kind: "person", share: "1/2" },
  ],
  land: [{ plot: "L-000001", area_m2: 1234.5 }],
  version: 3,
};
const { fields } = things.holding;
const read = typedOf(fields, holding);

describe("a merge patch", () => {
  it("is empty where nothing changed, however it is written", () => {
    expect(patchOf(fields, read, structuredClone(read))).toEqual({});
    const other = structuredClone(read);
    other.name = " 廖某文 ";
    other.parties = [
      { code: "R-0001", name: "", figure: "５０％" },
      { code: "R-0002", name: "", figure: "2/4" },
    ];
    other.land = [{ code: "L-000001", name: "", figure: "1,234.50" }];
    expect(patchOf(fields, read, other)).toEqual({});
  });
  it("has only what differs; a list is sent whole, with no more than what the service takes", () => {
    const typed = structuredClone(read);
    typed.class = "factory";
    typed.parties = [{ code: "R-0001", name: "廖某文", figure: "1" }];
    expect(patchOf(fields, read, typed)).toEqual({ class: "factory", parties: [{ code: "R-0001", share: "1/1" }] });
  });
  it("empties with null, and leaves what is no number to the service", () => {
    const round = things.round.fields;
    const before = typedOf(round, { target_ha: 500, deadline: "2022-12-31" });
    expect(patchOf(round, before, { target_ha: "", deadline: " " })).toEqual({ target_ha: null, deadline: null });
    expect(patchOf(round, before, { ...before, target_ha: "多" })).toEqual({ target_ha: "多" });
    expect(patchOf(round, typedOf(round, {}), { target_ha: "0", deadline: "" })).toEqual({ target_ha: 0 });
  });
});

it("what is new is sent without what was left empty", () => {
  const typed = { holdings: [{ code: "H-0001", name: "x", figure: "" }], amount: "" };
  expect(wholeOf(things.contract.fields, typed)).toEqual({ holdings: ["H-0001"] });
});

describe("two who save", () => {
  const mine = { ...read, name: "廖文", class: "factory" };
  const theirs = { ...read, name: "廖某雯", land: [{ code: "L-000001", name: "", figure: "1300" }] };
  const clashes = clashesOf(fields, read, mine, theirs);

  it("are told apart by field", () => {
    expect(clashes.map(({ field, by }) => [field.name, by])).toEqual([
      ["name", "both"],
      ["class", "mine"],
      ["land", "theirs"],
    ]);
    expect(clashes.map(sideOf)).toEqual([null, "mine", "theirs"]);
  });
  it("do not clash where both typed the same", () => {
    expect(clashesOf(fields, read, mine, { ...read, name: " 廖文" }).map(({ field }) => field.name)).toEqual(["class"]);
  });
  it("keep what is chosen of each, and the present of all else", () => {
    const merged = mergedOf(clashes, { name: "mine" }, read, mine, theirs);
    expect(patchOf(fields, theirs, merged)).toEqual({ name: "廖文", class: "factory" });
    expect(merged.land).toEqual(theirs.land);
    expect(patchOf(fields, theirs, mergedOf(clashes, { name: "read", class: "theirs" }, read, mine, theirs))).toEqual({
      name: "廖某文",
    });
  });
});

describe("a telephone", () => {
  const { fields } = things.party;
  const read = typedOf(fields, { name: "廖某文", kind: "person", phone: "138****0000", id_number: null });
  const typed = { ...read, name: "廖文", phone: "13900000000" };

  it("is stored as it was read, and what else was typed as it is typed", () => {
    expect(storable(fields, read, typed)).toEqual({ ...read, name: "廖文" });
    expect(patchOf(fields, read, storable(fields, read, typed))).toEqual({ name: "廖文" });
  });
  it("makes a change that is kept on no disk, and emptied, one that takes it away", () => {
    expect(secretsIn(fields, patchOf(fields, read, typed))).toEqual(["phone"]);
    expect(secretsIn(fields, patchOf(fields, read, { ...read, name: "廖文" }))).toEqual([]);
    expect(patchOf(fields, read, { ...read, phone: "" })).toEqual({ phone: null });
  });
});
