import { html, nothing, svg } from "lit";
import type { Me, Round } from "../api/types";
import { pick, t } from "../i18n";
import type { State } from "../state/app";
import { hasPlots } from "../state/figures";
import { administers } from "../state/me";
import { outlineSum } from "../state/select";
import { PageElement } from "../ui/element";
import { number } from "../ui/format";
import { icon } from "../ui/icons";
import { logo } from "../ui/logo";
import { languageButton } from "./language";
import { viewLink } from "./link";

/** The bar at the top: the round, its target, the day, search, language, account. */
class Top extends PageElement {
  #menu = false;

  protected pick(s: Readonly<State>) {
    return [s.me, s.round, s.items, s.figures, s.phone, s.awaySince, s.note, s.at, s.known];
  }

  protected override render() {
    const { me, round, phone } = this.state;
    const home = viewLink({ name: "overview" });
    return html`<header class="top">
      <a class="brand" href=${home.href} @click=${home.click}>
        ${logo}
        <h1>${round ? pick(round.name, round.name_en) : t("app.name")}</h1>
      </a>
      ${round ? html`<p class="one">${this.#one(round)}</p>` : nothing}
      ${phone ? nothing : html`<zb-word></zb-word>`}
      <span class="grow"></span>
      ${me && administers(me) ? nothing : html`<zb-date></zb-date><zb-search></zb-search>`}
      ${phone ? nothing : languageButton()}${me ? this.#account(me) : nothing}
    </header>`;
  }

  /** Who is signed in; what can be done about it comes when it is opened. */
  #account({ account, person }: Me) {
    const name = t("top.account", { name: person || account });
    const close = (focus: boolean) => {
      this.#menu = false;
      this.requestUpdate();
      if (focus) this.querySelector<HTMLElement>(".acct")?.focus();
    };
    if (this.#menu) void import("./me");
    return html`<button class=${this.state.phone ? "ib acct data" : "tb acct data"} aria-expanded=${this.#menu} aria-haspopup="dialog" aria-label=${name} title=${name} @click=${() => {
      this.#menu = !this.#menu;
      this.requestUpdate();
    }}>${icon("person")}${this.state.phone ? nothing : html`<span>${person || account}</span>`}</button>${this.#menu ? html`<zb-me .close=${close}></zb-me>` : nothing}`;
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
