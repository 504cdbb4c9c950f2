import { expect, it } from "vitest";
import { asShare, readShare, sumOf } from "./share";

it.each([
  ["1/2", "1/2"],
  ["２／４", "1/2"],
  [" 3 / 9 ", "1/3"],
  ["50%", "1/2"],
  ["33.33％", "3333/10000"],
  ["0.25", "1/4"],
  ["1", "1/1"],
  ["100%", "1/1"],
])("reads %s as a share", (text, share) => {
  expect(asShare(text)).toBe(share);
});

it.each(["", "0", "0/3", "1/0", "3/2", "120%", "-1/2", "half", "1/2/3", "1,5"])("reads no share in %j", (text) => {
  expect(readShare(text)).toBeNull();
  expect(asShare(` ${text}`)).toBe(text);
});

it("adds shares exactly, and says nothing of what it cannot read", () => {
  expect(sumOf(["1/3", "1/3", "1/3"])).toBe("1/1");
  expect(sumOf(["1/2", "33%"])).toBe("83/100");
  expect(sumOf(Array.from({ length: 40 }, (_, i) => `1/${99_999_989 + i}`))).toMatch(/^\d+\/\d+$/);
  expect(sumOf(["1/2", "?"])).toBeNull();
  expect(sumOf([])).toBe("0/1");
});
