import { expect, it } from "vitest";
import { en, type RecordKey, zh } from "./record";

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

it.each(Object.keys(zh) as RecordKey[])("%s is in each language, with the same holes", (key) => {
  expect(holes(en[key])).toEqual(holes(zh[key]));
  expect(en[key]).not.toMatch(/[\u4e00-\u9fff]/);
  expect(zh[key].replace(/\{\w+\}/g, "")).not.toMatch(/[a-z]{2}/i);
});
