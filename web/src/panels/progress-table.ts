import { html, nothing, svg } from "lit";
import type { Figures, ParcelProgress } from "../api/types";
import { pick, t } from "../i18n";
import { app, type Ref, type Sorting, type State } from "../state/app";
import { weeksOf } from "../state/figures";
import { open } from "../state/navigate";
import { number, signed } from "../ui/format";
import { nameTagOf } from "../ui/tag";
import { featureLink, viewLink } from "./link";

const ha = (hundredths: number | null | undefined): string =>
  hundredths == null ? t("none") : number(hundredths / 100, 2);

export const rateNames = ["households", "floor_area", "land", "clearable_land"] as const;
type RateName = (typeof rateNames)[number];
const rateOf = (f: Figures, name: RateName): number | null => f.signing[name].rate;

/** rate is a percentage over its bar; nothing is a dash. */
export function rate(f: Figures, name: RateName, digits = 0) {
  const value = rateOf(f, name);
  if (value === null) return html`<span class="rt">${t("none")}</span>`;
  return html`<span class="rt">${number(value * 100, digits)}</span><svg class="rb" viewBox="0 0 27 4" preserveAspectRatio="none" width="27" height="4" aria-hidden="true">${svg`<rect class="trk" width="27" height="4"></rect><rect class=${name === "clearable_land" ? "in g" : "in"} width=${27 * value} height="4"></rect>`}</svg>`;
}

export const delta = (value: number): string => (Math.abs(value) < 0.005 ? t("none") : signed(value, 2));

export function flag({ flag: what }: Figures) {
  if (!what) return nothing;
  const said = t(`flag.${what}`);
  return html`<svg class=${`flag ${what}`} viewBox="0 0 12 12" width="12" height="12" role="img" aria-label=${said}><title>${said}</title>${svg`<path d="M2 11V1h8.500L8.500 4l2 3H2.800"></path>`}</svg>`;
}

/** sortedParcels orders the parcels as the heads of the table say, ties by code. */
export function sortedParcels(parcels: readonly ParcelProgress[], { by, falling }: Sorting): ParcelProgress[] {
  const key = ({ figures: f }: ParcelProgress): number => {
    if (by === "code") return 0;
    if (by === "ha") return f.released_m2;
    return by === "delta" ? f.delta_week_ha : (rateOf(f, by) ?? -1);
  };
  const order = (a: ParcelProgress, b: ParcelProgress) => key(a) - key(b) || (a.code < b.code ? -1 : 1);
  return [...parcels].sort((a, b) => (falling ? order(b, a) : order(a, b)));
}

/** progressTable is 打表推进 in the width of the panel: a row a parcel, the round as total. */
export function progressTable(state: Readonly<State>, formula: unknown, askRates: unknown) {
  const { figures, sorting, hover } = state;
  if (!figures) return nothing;
  const { progress, printed } = figures;
  const head = (by: Sorting["by"], text: string, unit: string, name: string, cls: string) => {
    const mine = sorting.by === by;
    const sort = () => app.set({ sorting: { by, falling: mine ? !sorting.falling : by !== "code" } });
    return html`<th class=${cls} aria-sort=${mine ? (sorting.falling ? "descending" : "ascending") : "none"}>
      <button class="sort" title=${t("overview.sortBy", { column: name })} @click=${sort}>${unit ? html`${unit}<br />` : nothing}${text}<span aria-hidden="true">${mine && by === "code" ? (sorting.falling ? "↓" : "↑") : ""}</span></button></th>`;
  };
  const weeks = weeksOf(progress.parcels, progress.round.figures);
  const row = (p: ParcelProgress) => {
    const ref: Ref = { collection: "parcels", id: p.code };
    const light = (r: Ref | null) => () => app.set({ hover: r });
    const levelled = printed.rows.get(p.code);
    return html`<tr data-code=${p.code} class=${hover?.id === p.code ? "row hov" : "row"} @click=${() => open(ref, true)} @pointerenter=${light(ref)} @pointerleave=${light(null)} @focusin=${light(ref)} @focusout=${light(null)}>
      <td class="nm">${featureLink(ref, pick(p.name, p.name_en))}<small>${p.command_post ? pick(p.command_post.name, p.command_post.name_en) : t("none")} ${nameTagOf(p.name_status)}</small></td>
      <td class="num two">${ha(levelled?.cells.stored)}<small>${ha(levelled?.expected)}</small></td>
      ${rateNames.map((name) => html`<td class="num">${rate(p.figures, name)}</td>`)}
      <td class="num">${delta((weeks.parts.get(p.code) ?? 0) / 100)}</td><td class="fl">${flag(p.figures)}</td></tr>`;
  };
  const all = progress.round.figures;
  const whole = viewLink({ name: "table", by: "parcels" });
  return html`<section class="sec"><div class="sh"><h2>${t("overview.parcels")}</h2>${askRates}<span class="grow"></span><a class="lk" href=${whole.href} @click=${whole.click}>${t("table.open")}</a></div>${formula}
    <table class="pt ovt prog"><thead><tr>${head("code", t("progress.parcel"), "", t("progress.parcel"), "")}${head("ha", t("progress.releasedOf"), t("unit.ha"), t("progress.released"), "num w-ha")}
      ${rateNames.map((name) => head(name, "%", t(`rate.${name}`), t(`rate.${name}Long`), "num w-rt"))}
      ${head("delta", t("unit.ha"), t("progress.week"), t("progress.weekLong"), "num w-dw")}<th class="w-fl"><span class="unseen">${t("progress.flag")}</span></th></tr></thead>
      <tbody>${sortedParcels(progress.parcels, sorting).map(row)}</tbody>
      <tfoot><tr class="tot"><td>${t("overview.total")}</td><td class="num two">${ha(printed.round.cells.stored)}<small>${ha(printed.round.expected)}</small></td>
        ${rateNames.map((name) => html`<td class="num">${rate(all, name)}</td>`)}<td class="num">${delta(weeks.total / 100)}</td><td class="fl">${flag(all)}</td></tr></tfoot></table></section>`;
}
