import { describe, expect, it } from "vitest";
import * as accounts from "./accounts";
import * as audit from "./audit";
import * as me from "./me";
import * as record from "./record";
import * as signing from "./signing";
import * as write from "./write";

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
const names = /GeoJSON|QGIS|MB|account:|session\.refused/g;

describe.each([
  ["recording", record.zh, record.en],
  ["writing", write.zh, write.en],
  ["the keystones", signing.zh, signing.en],
  ["signing in", me.zh, me.en],
  ["the accounts", accounts.zh, accounts.en],
  ["the audit trail", audit.zh, audit.en],
] as [string, Record<string, string>, Record<string, string>][])("the words of %s", (_, zh, en) => {
  it.each(Object.keys(zh))("%s is in each language, with the same holes", (key) => {
    const [chinese = "", english = ""] = [zh[key], en[key]];
    expect(holes(english)).toEqual(holes(chinese));
    expect(english).not.toMatch(/[\u4e00-\u9fff]/);
    expect(chinese.replace(/\{\w+\}/g, "").replace(names, "")).not.toMatch(/[a-z]{2}/i);
  });
});
