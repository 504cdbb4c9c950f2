import { html, nothing } from "lit";
import { t } from "../i18n";
import type { State } from "../state/app";
import { hasPlots, printedRound, tiles } from "../state/figures";
import { begin } from "../state/measure";
import { dropPicked } from "../state/picked";
import { PageElement } from "../ui/element";
import { mu, number } from "../ui/format";
import { icon } from "../ui/icons";
import { scope } from "./ledger";
import { rate, rateNames } from "./progress-table";

/** The sum of what lies inside the polygon or circle that was drawn. */
class SelectionPanel extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.picked];
  }

  protected override render() {
    const { picked } = this.state;
    if (!picked) return nothing;
    const { answer, problem } = picked;
    const again = () => {
      dropPicked();
      begin("polygon");
      document.getElementById("map")?.focus({ preventScroll: true });
    };
    return html`<section class="sec hd"><div class="ttl"><h2 class="name">${t("selection.title")}</h2><span class="acts"><button class="ib" aria-label=${t("selection.close")} title=${t("selection.close")} @click=${dropPicked}>${icon("close")}</button></span></div>
        <div role="status">${
          problem
            ? html`<p class="ask data">${problem}</p>`
            : answer
              ? html`<p>${hasPlots(answer.figures) ? t("selection.inside", { plots: number(answer.plots.length), holdings: number(answer.holdings) }) : t("selection.none")}</p>`
              : html`<p class="mut">${t("selection.summing")}</p>`
        }</div>
        <p class="mut sm">${t("selection.rule")}</p></section>
      ${answer && hasPlots(answer.figures) ? this.#figures() : nothing}
      <section class="sec"><button class="btn" @click=${again}>${t("selection.again")}</button></section>`;
  }

  #figures() {
    const f = this.state.picked?.answer?.figures;
    if (!f) return nothing;
    const { row, tiles: of } = printedRound(f);
    const m2 = f.closure.storage_m2 + f.closure.retained_m2 + f.closure.kept_m2;
    return html`<section class="sec figs"><dl class="tiles four">${tiles.map(
      (tile) =>
        html`<div class="tile"><dt class="k"><i class=${`sq ${tile}`}></i>${t(`tile.${tile}`)}</dt><dd class="v">${number(of[tile] / 100, 2)}</dd></div>`,
    )}</dl>
      <p class="beyond"><span class="nw">${t("table.expected")} <b>${number(tiles.reduce((sum, tile) => sum + of[tile], 0) / 100, 2)}</b></span></p></section>
      <section class="sec"><table class="lst ar"><thead><tr><th>${t("selection.area")}</th><th class="num">m²</th><th class="num">${t("unit.ha")}</th><th class="num">${t("unit.mu")}</th></tr></thead>
        <tbody><tr><td>${t("feature.ellipsoid")}</td><td class="num"><b>${number(m2, 2)}</b></td><td class="num">${number(m2 / 10_000, 4)}</td><td class="num">${number(mu(m2), 2)}</td></tr></tbody></table></section>
      ${scope(f, row, t("selection.byStage"))}
      <section class="sec"><h2>${t("table.rates")}</h2><dl class="cons four">${rateNames.map((name) => html`<div><dt>${t(`rate.${name}`)}</dt><dd>${rate(f, name, 1)}</dd></div>`)}</dl></section>`;
  }
}
customElements.define("zb-selection", SelectionPanel);
