import { afterEach, expect, it, vi } from "vitest";
import { ownLanguage, rememberedLanguage, rememberLanguage } from "./prefs";

afterEach(() => {
  localStorage.clear();
  vi.unstubAllGlobals();
});

it.each([
  [["zh-CN"], "zh"],
  [["en-US", "en", "zh-TW"], "zh"],
  [["en-GB"], "en"],
  [["fr", "en"], "en"],
  [["zha"], "en"],
  [[], "zh"],
])("a browser that reads %j begins in %s", (languages, language) => expect(ownLanguage(languages)).toBe(language));

it("what was chosen stands against what the browser reads", () => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  expect(rememberedLanguage()).toBe("en");
  rememberLanguage("zh");
  expect(rememberedLanguage()).toBe("zh");
});
