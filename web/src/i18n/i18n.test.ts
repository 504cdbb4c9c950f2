import { describe, expect, it } from "vitest";
import { en } from "./en";
import { zh } from "./zh";

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe("the dictionary", () => {
  it.each(Object.keys(zh) as (keyof typeof zh)[])("%s has the same holes in both languages", (key) => {
    expect(holes(en[key])).toEqual(holes(zh[key]));
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
