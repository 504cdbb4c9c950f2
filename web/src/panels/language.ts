import { html } from "lit";
import { speak } from "../api/client";
import { type Language, setLanguage, t, tagOf } from "../i18n";
import { app } from "../state/app";
import { rememberLanguage } from "../state/prefs";

/** useLanguage turns the whole page to a language. */
export function useLanguage(language: Language): void {
  setLanguage(language);
  speak(tagOf(language));
  document.documentElement.lang = tagOf(language);
  const { note } = app.state;
  app.set({ language, ...(note?.kind === "refused" && { note: null }) }); // the server said it in the other one
}

/** languageButton turns the page to the other language, and keeps to it. */
export function languageButton() {
  const other = app.state.language === "zh" ? "en" : "zh";
  return html`<button class="tb lang" lang=${tagOf(other)} title=${t("top.languageTitle")} @click=${() => {
    rememberLanguage(other);
    useLanguage(other);
  }}>${t("top.language")}</button>`;
}
