import { html, nothing } from "lit";
import type { Version } from "../api/types";
import { t } from "../i18n";
import { hectares, minuteOf, number, signed } from "../ui/format";

/** history lists the versions of a feature, the newest first, each with what it did to the area. */
export function history(versions: readonly Version[] | null, away: boolean) {
  if (!versions && !away) return nothing; // it follows in a moment; a word for it would only flicker
  return html`<section class="sec"><div class="sh"><h2>${t("feature.history")}</h2><span class="grow"></span><span>${versions ? t("feature.historyCount", { n: versions.length }) : ""}</span></div>
    ${versions ? html`<ol class="hist">${versions.map((v, i) => entry(v, versions[i + 1]))}</ol>` : html`<p class="mut">${t("feature.historyAway")}</p>`}</section>`;
}

function entry(v: Version, before: Version | undefined) {
  const span = spanOf(v.valid_from, v.valid_to);
  const change = before?.area_m2 != null && v.area_m2 != null ? signed(hectares(v.area_m2 - before.area_m2), 4) : null;
  const more = [v.reason, v.document_no && t("feature.document", { no: v.document_no })].filter(Boolean);
  return html`<li>
    <p class="h1"><b>${t(`change.${v.change}`)}</b><span>${t("feature.version", { n: v.version })}</span><span class="grow"></span><span class="num">${v.area_m2 == null ? "" : `${number(hectares(v.area_m2), 4)} ${t("unit.ha")}`}</span></p>
    <p><span class="nw">${span}</span><span class="grow"></span>${change === null ? nothing : html`<span class="num" title=${t("feature.areaChange")}>${change}</span>`}</p>
    ${more.length > 0 ? html`<p class="mut">${more.join(" · ")}</p>` : nothing}
    <p class="mut">${t("feature.recorded", { at: minuteOf(v.updated_at), by: v.updated_by })}</p>
  </li>`;
}

/** spanOf says for which days a version holds; either end may be open. */
function spanOf(from: string | null, to: string | null): string {
  if (from && to) return t("feature.span", { from, to });
  if (from) return t("feature.since", { from });
  return to ? t("feature.until", { to }) : t("feature.ever");
}
