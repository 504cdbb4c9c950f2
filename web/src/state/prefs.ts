import type { Language } from "../i18n";

const key = "zhengbei.language";

/** A browser may refuse storage; then nothing is remembered and nothing fails. */
export function rememberedLanguage(): Language {
  try {
    const chosen = localStorage.getItem(key);
    if (chosen === "zh" || chosen === "en") return chosen;
  } catch {
    // refused: as if nothing had been chosen yet
  }
  return ownLanguage(navigator.languages);
}

/** ownLanguage is the one to begin with: Chinese for whoever reads it at all, since the land's names and documents are Chinese. */
export const ownLanguage = (languages: readonly string[]): Language =>
  languages.length === 0 || languages.some((tag) => /^zh(-|$)/i.test(tag)) ? "zh" : "en";

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(key, language);
  } catch {
    // refused: see above
  }
}
