import { html, nothing, svg } from "lit";
import { speak } from "../api/client";
import type { Round } from "../api/types";
import { pick, setLanguage, t, tagOf } from "../i18n";
import { app, type State } from "../state/app";
import { hasPlots } from "../state/figures";
import { rememberLanguage } from "../state/prefs";
import { outlineSum } from "../state/select";
import { PageElement } from "../ui/element";
import { number } from "../ui/format";
import { viewLink } from "./link";

/** useLanguage turns the whole page to a language. */
export function useLanguage(language: State["language"]): void {
  setLanguage(language);
  speak(tagOf(language));
  document.documentElement.lang = tagOf(language);
  const { note } = app.state;
  app.set({ language, ...(note?.kind === "refused" && { note: null }) }); // the server said it in the other one
}

/** The bar at the top: the round, its target, the day, search, language. */
class Top extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.round, s.items, s.figures, s.phone, s.awaySince, s.note, s.at, s.known];
  }

  protected override render() {
    const { round, phone, language } = this.state;
    const home = viewLink({ name: "overview" });
    const other = language === "zh" ? "en" : "zh";
    return html`<header class="top">
      <a class="brand" href=${home.href} @click=${home.click}>
        <svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
          <path d="M2 4.500 8 2.500v8.200L2 12.500z"></path><path class="l2" d="M9.500 2.500 18 5v6.200l-8.500-1z"></path
          ><path class="l3" d="M2 14l6.200-1.800L18 12.700v4.800H2z"></path>
        </svg>
        <h1>${round ? pick(round.name, round.name_en) : t("app.name")}</h1>
      </a>
      ${round ? html`<p class="one">${this.#one(round)}</p>` : nothing}
      ${phone ? nothing : html`<zb-word></zb-word>`}
      <span class="grow"></span>
      <zb-date></zb-date>
      <zb-search></zb-search>
      <button class="tb lang" lang=${tagOf(other)} title=${t("top.languageTitle")} @click=${() => {
        rememberLanguage(other);
        useLanguage(other);
      }}>
        ${t("top.language")}
      </button>
    </header>`;
  }

  /** The one figure that everybody asks for: released of the target; without plots, the target and the outlines. */
  #one(round: Round) {
    const { figures, items, phone, awaySince, note } = this.state;
    if (figures && hasPlots(figures.progress.round.figures)) {
      const { tiles, target } = figures.printed;
      const released = number(tiles.released / 100, 2);
      const part = target ? tiles.released / target : null;
      return html`${phone ? nothing : html`<span>${t("top.released")}</span>`}<b>${released}</b><span class="of">${target === null ? t("unit.ha") : t("top.of", { target: number(target / 100, target % 100 ? 2 : 0) })}</span>${
        part === null || phone
          ? nothing
          : html`<svg class="one-b" viewBox="0 0 112 6" preserveAspectRatio="none" width="112" height="6" role="img" aria-label=${t("top.ofTitle", { released, target: number((target ?? 0) / 100, 2) })}>${svg`<rect class="trk" width="112" height="6"></rect><rect class="seg released" width=${112 * Math.min(1, part)} height="6"></rect>`}</svg><span class="pc">${number(100 * part, 1)}%</span>`
      }`;
    }
    const sum = outlineSum(this.state);
    return html`${
      round.target_ha === null
        ? nothing
        : html`<span>${t("top.target")}</span><b>${number(round.target_ha)}</b><span>${t("unit.ha")}</span>`
    }${
      sum !== null && items.parcels?.length && !phone && !awaySince && !note
        ? html`<span class="pc">${t("top.outlines", { n: items.parcels.length, ha: number(sum / 100, 2) })}</span>`
        : nothing
    }`;
  }
}
customElements.define("zb-top", Top);
