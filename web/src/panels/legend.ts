import { html, nothing } from "lit";
import { t } from "../i18n";
import type { State } from "../state/app";
import { setHidden, toggleLayer } from "../state/navigate";
import { type LegendRow, legendOf } from "../state/select";
import { PageElement } from "../ui/element";
import { number } from "../ui/format";
import { parcelSign, swatch, zoneSign } from "../ui/icons";

/** The legend: what is on the map with hectares and counts; a row is also the switch of what it names. */
class Legend extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.items, s.hidden];
  }

  protected override render() {
    const { parcels, ha, count, zones } = legendOf(this.state);
    if (parcels.length === 0 && !zones) return nothing;
    const filtered = this.state.hidden.length > 0;
    return html`<section class="legend" aria-label=${t("legend.label")}>
      <table>
        <thead><tr><td></td><th>${filtered ? t("legend.some") : t("legend.all")}</th><th class="num">${t("unit.ha")}</th><th class="num">${t("unit.count")}</th></tr></thead>
        <tbody>
          ${parcels.map((row) => this.#row(row))}
          ${parcels.length > 0 ? html`<tr class="tot"><td></td><td>${t("legend.total")}</td><td class="num">${number(ha / 100, 2)}</td><td class="num">${count}</td></tr>` : nothing}
          ${zones ? this.#row(zones) : nothing}
        </tbody>
      </table>
      <p class="hint">${t("legend.hint")}<span class="grow"></span>${filtered ? html`<button class="lk" @click=${() => setHidden([])}>${t("legend.reset")}</button>` : nothing}</p>
    </section>`;
  }

  #row({ layer, ha, count, on }: LegendRow) {
    const name = t(`legend.${layer}`);
    const flip = () => toggleLayer(layer);
    return html`<tr class=${[on ? "" : "off", layer === "zones" ? "sep" : ""].join(" ").trim()} @click=${flip}>
      <td>${swatch(layer === "zones" ? zoneSign : parcelSign)}</td>
      <td><button aria-pressed=${on} title=${t(on ? "legend.rowOn" : "legend.rowOff", { name })} @click=${(
        e: Event,
      ) => {
        e.stopPropagation();
        flip();
      }}>${name}</button></td>
      <td class="num">${number(ha / 100, 2)}</td>
      <td class="num">${count}</td>
    </tr>`;
  }
}
customElements.define("zb-legend", Legend);
