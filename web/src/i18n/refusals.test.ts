import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { setLanguage } from "./index";
import { refusalWords, worded } from "./refusals";

const codes = Object.keys(JSON.parse(readFileSync("../internal/fault/text/zh.json", "utf8")) as object);

describe("why something was refused", () => {
  afterEach(() => setLanguage("zh"));

  it("is told in words of both languages, whatever the code", () => {
    for (const code of [...codes, "never.heard"]) {
      expect(refusalWords(code)).toMatch(/^[\u4e00-\u9fff，]+$/);
      setLanguage("en");
      expect(refusalWords(code)).toMatch(/^[A-Z][A-Za-z' ]+$/);
      setLanguage("zh");
    }
  });

  it("has words of its own only for codes that there are", () =>
    expect(worded.filter((code) => !codes.includes(code))).toEqual([]));
});
