import type { Language } from "../i18n";

const key = "zhengbei.language";

/** A browser may refuse storage; then nothing is remembered and nothing fails. */
export function rememberedLanguage(): Language {
  try {
    return localStorage.getItem(key) === "en" ? "en" : "zh";
  } catch {
    return "zh";
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(key, language);
  } catch {
    // refused: see above
  }
}
