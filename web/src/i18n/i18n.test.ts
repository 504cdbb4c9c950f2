import { afterEach, describe, expect, it } from "vitest";
import { en } from "./en";
import { setLanguage, t } from "./index";
import { zh } from "./zh";

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe("the dictionary", () => {
  it.each(Object.keys(zh) as (keyof typeof zh)[])("%s has the same holes in both languages", (key) => {
    expect(holes(en[key])).toEqual(holes(zh[key]));
  });
  it("has no English count that cannot be of one", () => {
    const counted = /\{\w+\} (\w+ )?(outlines|parcels|plots|holdings|households|buildings|facts|results|agreements)\b/;
    expect(Object.entries(en).filter(([, text]) => counted.test(text))).toEqual([]);
  });
  it("has no Chinese in English, save the switch back", () => {
    const stray = Object.entries(en).filter(([key, text]) => key !== "top.language" && /[\u4e00-\u9fff]/.test(text));
    expect(stray).toEqual([]);
  });
  it("has no English word in Chinese, save the switch, the name of a format and a key", () => {
    const known = new Set([
      "top.language",
      "feature.download",
      "status.plane",
      "status.degrees",
      "feature.planeUse",
      "measure.onEllipsoid",
      "measure.hintMore",
      "measure.hintPolygonMore",
      "measure.hintCircle",
    ]);
    const stray = Object.entries(zh).filter(
      ([key, text]) => !known.has(key) && /[a-z]{2}/i.test(text.replace(/\{\w+\}/g, "")),
    );
    expect(stray).toEqual([]);
  });
});

describe("a text", () => {
  afterEach(() => setLanguage("zh"));
  it("counts one as one in English", () => {
    setLanguage("en");
    const says = (framework: string) => t("ledger.contractsSentence", { live: "2", covered: "1", framework });
    expect(says("1")).toBe("2 in force, covering 1 holding; 1 framework agreement, which is no signature.");
    expect(says("1,001")).toBe("2 in force, covering 1 holding; 1,001 framework agreements, which are no signatures.");
    expect(t("overview.probable", { n: 1 })).toBe(
      "That 1 of the parcels belongs to this round is an inference, marked Inferred.",
    );
    expect(t("overview.placeholder", { n: 3 })).toBe(
      "The names of 3 parcels are not published; they are numbered and marked Unverified.",
    );
  });
});
