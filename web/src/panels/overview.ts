import { html, nothing } from "lit";
import type { LandFeature } from "../api/types";
import { pick, sentenceGap, t } from "../i18n";
import { app, type Ref, type Sorting, type State } from "../state/app";
import { hasPlots } from "../state/figures";
import { open, setHidden } from "../state/navigate";
import {
  nameStatus,
  outlineSum,
  type Row,
  tableOf,
  visibleParcels,
  visibleZones,
  type ZoneRow,
  zoneTable,
} from "../state/select";
import { PageElement } from "../ui/element";
import { number, signed } from "../ui/format";
import { icon } from "../ui/icons";
import { nameTag } from "../ui/tag";
import { noPlots, notYet } from "./empty";
import { featureLink } from "./link";
import { progressTable } from "./progress-table";
import { type Formula, tilesOf } from "./tiles";

/**
 * The overview: the figures of the day, the curve, the parcels, the zones, and how far all of it can be trusted. A
 * database without plots has no figures yet: there it shows target and outlines, and says what comes first.
 */
class Overview extends PageElement {
  #formula: Formula | null = null;
  #curve = false;

  protected pick(s: Readonly<State>) {
    return [s.round, s.items, s.figures, s.hidden, s.sorting, s.hover, s.at, s.known, s.phone, s.awaySince];
  }

  protected override render() {
    const { items, awaySince, phone } = this.state;
    if (!items.parcels)
      return html`<section class="sec"><p class="mut">${awaySince ? t("empty.away") : t("overview.loading")}</p></section>`;
    if (items.parcels.length === 0) return html`${notYet(this.state)}${this.#honest()}`;
    const legend = phone ? html`<section class="sec in-panel"><zb-legend></zb-legend></section>` : nothing;
    const { figures } = this.state;
    if (figures && hasPlots(figures.progress.round.figures))
      return html`${tilesOf(figures, this.#formula, this.#flip)}${this.#burnUp()}${progressTable(
        this.state,
        this.#formula === "rates" ? html`<p class="formula" id="rates">${t("formula.rates")}</p>` : nothing,
        html`<button class="ask-i" aria-expanded=${this.#formula === "rates"} aria-label=${t("formula.of", { name: t("formula.ratesName") })} title=${t("formula.of", { name: t("formula.ratesName") })} @click=${() => this.#flip("rates")}>${icon("info", true)}</button>`,
      )}${legend}${this.#zones()}${this.#honest()}`;
    return html`${this.#target()}${figures ? noPlots() : nothing}${this.#parcels()}${legend}${this.#zones()}${this.#honest()}`;
  }

  readonly #flip = (f: Formula) => {
    this.#formula = this.#formula === f ? null : f;
    this.requestUpdate();
  };

  /** The curve is loaded after the first view; its place is kept, so that nothing jumps. */
  #burnUp() {
    if (!this.#curve) {
      this.#curve = true;
      void import("./curve").catch(() => {
        this.#curve = false;
      });
    }
    return html`<section class="sec"><div class="sh"><h2>${t("curve.title")}</h2><span class="grow"></span><span>${t("curve.unit")}</span></div><zb-curve></zb-curve></section>`;
  }

  #target() {
    const { round, items } = this.state;
    const sum = outlineSum(this.state);
    if (!round || round.target_ha === null || sum === null) return nothing;
    const target = Math.round(round.target_ha * 100);
    const beyond = sum - target;
    const most = Math.max(sum, target);
    const ha = (v: number) => number(v / 100, 2);
    const bar = t("overview.bar", { sum: ha(sum), target: ha(target) });
    return html`<section class="sec">
      <div class="sh"><h2>${t("overview.title")}</h2><span class="grow"></span><span>${t("unit.ha")}</span></div>
      <dl class="tiles three">
        <div class="tile"><dt class="k">${t("overview.target")}</dt><dd class="v">${ha(target)}</dd></div>
        <div class="tile"><dt class="k">${t("overview.sum", { n: items.parcels?.length ?? 0 })}</dt><dd class="v">${ha(sum)}</dd></div>
        <div class="tile"><dt class="k">${t(beyond < 0 ? "overview.less" : "overview.more")}</dt><dd class="v">${ha(Math.abs(beyond))}</dd></div>
      </dl>
      <svg class="tb5" viewBox="0 0 368 8" preserveAspectRatio="none" width="100%" height="8" role="img" aria-label=${bar}>
        <rect class="trk" width="368" height="8"></rect><rect class="sum" width=${(368 * sum) / most} height="8"></rect>
        <path class="mark" d=${`M${(368 * target) / most} 0V8`}></path>
      </svg>
      <p class="fc">${t("overview.note")}${sentenceGap()}${round.deadline ? t("overview.deadline", { date: round.deadline }) : t("overview.noDeadline")}</p>
    </section>`;
  }

  #parcels() {
    const { items, sorting, hidden } = this.state;
    const shown = visibleParcels(this.state);
    const table = tableOf(shown, sorting);
    const all = items.parcels?.length ?? 0;
    return html`<section class="sec">
      <div class="sh"><h2>${t("overview.parcels")}</h2><span class="grow"></span>
        ${shown.length < all ? html`<span>${t("overview.shown", { n: shown.length, all })} <button class="lk" @click=${() => setHidden(hidden.filter((l) => l === "zones"))}>${t("overview.showAll")}</button></span>` : nothing}</div>
      ${
        shown.length === 0
          ? html`<p class="mut">${t("overview.filteredOut")}</p>`
          : html`<table class="pt ovt"><thead><tr>${this.#head("code", t("overview.parcel"))}${this.#head("ha", t("unit.ha"))}<th class="num c3">${t("unit.mu")}</th></tr></thead>
            <tbody>${table.rows.map((row) => this.#parcel(row))}</tbody>
            <tfoot><tr class="tot"><td>${t("overview.total")}</td><td class="num">${number(table.ha / 100, 2)}</td><td class="num">${number(table.mu / 100, 2)}</td></tr></tfoot></table>`
      }
    </section>`;
  }

  #head(by: Sorting["by"], text: string) {
    const { sorting } = this.state;
    const mine = sorting.by === by;
    const sort = () => app.set({ sorting: { by, falling: mine ? !sorting.falling : by === "ha" } });
    return html`<th class=${by === "code" ? "" : "num c2"} aria-sort=${mine ? (sorting.falling ? "descending" : "ascending") : "none"}>
      <button class="sort" title=${t("overview.sortBy", { column: text })} @click=${sort}>${text}<span aria-hidden="true">${mine ? (sorting.falling ? "↓" : "↑") : ""}</span></button></th>`;
  }

  #parcel({ feature: f, ha, mu }: Row) {
    const ref: Ref = { collection: "parcels", id: f.id };
    return html`<tr class=${this.#class(ref)} @click=${() => open(ref, true)} @pointerenter=${hover(ref)} @pointerleave=${hover(null)} @focusin=${hover(ref)} @focusout=${hover(null)}>
      <td class="nm">${featureLink(ref, pick(f.properties.name, f.properties.name_en))}<small>${place(f)} ${nameTag(f)}</small></td>
      <td class="num">${number(ha / 100, 2)}</td><td class="num">${number(mu / 100, 2)}</td></tr>`;
  }

  #class(ref: Ref): string {
    return this.state.hover?.id === ref.id ? "row hov" : "row";
  }

  #zones() {
    const zones = visibleZones(this.state);
    if (zones.length === 0) return nothing;
    const { rows, ha, official } = zoneTable(zones);
    return html`<section class="sec">
      <div class="sh"><h2>${t("overview.zones")}</h2><span class="grow"></span><span>${t("unit.ha")}</span></div>
      <table class="pt ovt"><thead><tr><th>${t("overview.zone")}</th><th class="num c2">${t("overview.measured")}</th><th class="num c2">${t("overview.published")}</th><th class="num c4">${t("overview.difference")}</th></tr></thead>
        <tbody>${rows.map((row) => this.#zone(row))}</tbody>
        <tfoot><tr class="tot"><td>${t("overview.total")}</td><td class="num">${number(ha / 100, 2)}</td><td class="num">${official === null ? t("none") : number(official / 100, 2)}</td><td class="num">${difference(ha, official)}</td></tr></tfoot></table>
    </section>`;
  }

  #zone({ feature: f, ha, official }: ZoneRow) {
    const ref: Ref = { collection: "zones", id: f.id };
    return html`<tr class=${this.#class(ref)} @click=${() => open(ref, true)} @pointerenter=${hover(ref)} @pointerleave=${hover(null)} @focusin=${hover(ref)} @focusout=${hover(null)}>
      <td class="nm">${featureLink(ref, pick(f.properties.name, f.properties.name_en))}<small>${place(f)}</small></td>
      <td class="num">${number(ha / 100, 2)}</td><td class="num">${official === null ? t("none") : number(official / 100, 2)}</td><td class="num">${difference(ha, official)}</td></tr>`;
  }

  #honest() {
    const { round, items } = this.state;
    const outlines = [...(items.parcels ?? []), ...(items.zones ?? [])];
    const rough = outlines.filter((f) => f.properties.accuracy !== "surveyed").length;
    const named = (status: string) => (items.parcels ?? []).filter((f) => nameStatus(f) === status).length;
    const counts = [
      ["overview.approximate", rough],
      ["overview.surveyed", outlines.length - rough],
      ["overview.placeholder", named("placeholder")],
      ["overview.probable", named("probable")],
    ] as const;
    return html`<section class="sec honest"><h2 id="sources" tabindex="-1">${t("overview.honest")}</h2>
      <ul>${counts.filter(([, n]) => n > 0).map(([key, n]) => html`<li>${t(key, { n })}</li>`)}</ul>
      ${round ? html`<p>${pick(round.source, round.source_en)}</p>` : nothing}</section><zb-desk></zb-desk>`;
  }
}
customElements.define("zb-overview", Overview);

const hover = (ref: Ref | null) => () => app.set({ hover: ref });
const place = (f: LandFeature): string => pick(f.properties.subdistrict, f.properties.subdistrict_en);
const difference = (ours: number, official: number | null): string =>
  official ? signed((100 * (ours - official)) / official, 2) : t("none");
