import { describe, expect, it } from "vitest";
import { lawful, rulesOf } from "./secret";

describe("what a password must be", () => {
  it.each([
    ["一座高山、两条河与三个村庄", true], // 13 characters, as people count
    ["一座山、两条河与三个村", false],
    ["x".repeat(128), true],
    ["x".repeat(129), false],
    ["😀".repeat(12), true], // of two units each
    ["the OFFICER is here", false], // the name of the account, whatever its case
  ])("%s: %s", (password, is) => expect(lawful(password, password, "officer")).toBe(is));

  it("is the same twice", () => expect(lawful("一座高山、两条河与三个村庄", "一座高山", "officer")).toBe(false));

  it("claims nothing of what only the server can tell, and nothing of what is not typed yet", () =>
    expect(rulesOf("", "", "officer").map(({ met }) => met)).toEqual([false, false, null, false]));
});
