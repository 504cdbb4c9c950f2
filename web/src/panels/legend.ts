import { html, nothing, type TemplateResult } from "lit";
import { type MessageKey, pick, t } from "../i18n";
import type { Layer } from "../state/address";
import type { Shown, State } from "../state/app";
import { amountOf, groups, hasPlots } from "../state/figures";
import { setHidden, toggleLayer } from "../state/navigate";
import { legendOf } from "../state/select";
import { PageElement } from "../ui/element";
import { number } from "../ui/format";
import { parcelSign, stageSign, swatch, zoneSign } from "../ui/icons";

interface Row {
  layer: Layer;
  name: string;
  sign: TemplateResult;
  ha: number;
  count: number;
  sep?: boolean;
}

/** The legend: what is on the map with hectares and counts; a row is also the switch of what it names. */
class Legend extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.items, s.hidden, s.figures, s.route];
  }

  protected override render() {
    const { figures } = this.state;
    return figures && hasPlots(figures.progress.round.figures) ? this.#stages(figures) : this.#outlines();
  }

  /** Plots by the group of their stage, of the parcel that is opened or of all; all rows add up to the scope. */
  #stages(shown: Shown) {
    const { hidden } = this.state;
    const { name, figures, printed } = this.#whose(shown);
    const rows = groups.map((g): Row => {
      const { plots } = amountOf(figures, g);
      return {
        layer: g,
        name: t(g === "stored" ? "legend.stored" : `stage.${g}`),
        sign: swatch(stageSign(g)),
        ha: printed.cells[g],
        count: plots,
        sep: g === "retained",
      };
    });
    const on = rows.filter((r) => !hidden.includes(r.layer));
    const all = on.length === rows.length;
    const residual = printed.scope - rows.reduce((sum, r) => sum + r.ha, 0);
    return this.#table(
      all ? name : t("legend.stages", { name }),
      t("unit.plots"),
      html`${rows.map((row) => this.#row(row))}${
        residual === 0
          ? nothing
          : html`<tr class="res"><td></td><td>${t("legend.residual")}</td><td class="num">${number(residual / 100, 2)}</td><td></td></tr>`
      }${this.#total(t(all ? "legend.scope" : "legend.chosen"), on, all ? printed.scope : null)}`,
      !all,
    );
  }

  #whose({ progress, printed }: Shown) {
    const { route } = this.state;
    const id = route.name === "feature" && route.collection === "parcels" ? route.id : null;
    const parcel = progress.parcels.find((p) => p.code === id);
    const row = id === null ? undefined : printed.rows.get(id);
    return parcel && row && hasPlots(parcel.figures)
      ? { name: pick(parcel.name, parcel.name_en), figures: parcel.figures, printed: row }
      : { name: t("legend.district"), figures: progress.round.figures, printed: printed.round };
  }

  #outlines() {
    const { parcels, ha, count, zones } = legendOf(this.state);
    if (parcels.length === 0 && !zones) return nothing;
    const filtered = this.state.hidden.length > 0;
    const row = (of: { layer: Layer; ha: number; count: number }, sep: boolean) =>
      this.#row({
        ...of,
        name: t(`legend.${of.layer}` as MessageKey),
        sign: swatch(of.layer === "zones" ? zoneSign : parcelSign),
        sep,
      });
    return this.#table(
      t(filtered ? "legend.some" : "legend.all"),
      t("unit.count"),
      html`${parcels.map((p) => row(p, false))}
        ${parcels.length > 0 ? html`<tr class="tot"><td></td><td>${t("legend.total")}</td><td class="num">${number(ha / 100, 2)}</td><td class="num">${count}</td></tr>` : nothing}
        ${zones ? row(zones, true) : nothing}`,
      filtered,
    );
  }

  #total(name: string, rows: readonly Row[], whole: number | null) {
    const ha = whole ?? rows.reduce((sum, r) => sum + r.ha, 0);
    return html`<tr class="tot"><td></td><td>${name}</td><td class="num">${number(ha / 100, 2)}</td><td class="num">${number(rows.reduce((sum, r) => sum + r.count, 0))}</td></tr>`;
  }

  #table(title: string, counted: string, body: TemplateResult, filtered: boolean) {
    return html`<section class="legend" aria-label=${t("legend.label")}>
      <table>
        <thead><tr><td></td><th>${title}</th><th class="num">${t("unit.ha")}</th><th class="num">${counted}</th></tr></thead>
        <tbody>${body}</tbody>
      </table>
      <p class="hint">${t("legend.hint")}<span class="grow"></span>${filtered ? html`<button class="lk" @click=${() => setHidden([])}>${t("legend.reset")}</button>` : nothing}</p>
    </section>`;
  }

  #row({ layer, name, sign, ha, count, sep }: Row) {
    const on = !this.state.hidden.includes(layer);
    const flip = () => toggleLayer(layer);
    return html`<tr data-layer=${layer} class=${[on ? "" : "off", sep ? "sep" : ""].join(" ").trim()} @click=${flip}>
      <td>${sign}</td>
      <td><button aria-pressed=${on} title=${t(on ? "legend.rowOn" : "legend.rowOff", { name })} @click=${(
        e: Event,
      ) => {
        e.stopPropagation();
        flip();
      }}>${name}</button></td>
      <td class="num">${number(ha / 100, 2)}</td>
      <td class="num">${number(count)}</td>
    </tr>`;
  }
}
customElements.define("zb-legend", Legend);
