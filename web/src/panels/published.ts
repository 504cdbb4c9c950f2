import { html, nothing } from "lit";
import type { LandFeature } from "../api/types";
import { hasMessage, listJoin, t } from "../i18n";
import { number } from "../ui/format";

const shapes: Record<string, (v: number) => string> = {
  right_holder_households: (v) => t("published.households", { n: number(v) }),
  buildings: (v) => t("published.buildingCount", { n: number(v) }),
  retained_land_ha: (v) => t("published.hectares", { n: number(v, 4) }),
  retained_land_m2: (v) => t("published.hectares", { n: number(v / 10_000, 4) }),
  area_km2: (v) => t("published.squareKilometres", { n: number(v, 1) }),
};

/** Counts and areas come first, then dates from the earliest label on. */
const rank = (key: string): number => (key in shapes ? 2 : key.endsWith("_from") ? 1 : 0);

/** published lists figures that were published without a field of their own. */
export function published(f: LandFeature) {
  const figures = Object.entries(f.properties.published ?? {});
  if (figures.length === 0) return nothing;
  figures.sort(([a], [b]) => rank(b) - rank(a) || (a > b ? -1 : 1));
  return html`<section class="sec"><h2>${t("feature.published")}</h2>
    <dl class="kv">${figures.map(([key, value]) => html`<dt>${label(key)}</dt><dd>${show(key, value)}</dd>`)}</dl></section>`;
}

function label(key: string): string {
  const known = `published.${key}`;
  return hasMessage(known) ? t(known) : key;
}

function show(key: string, value: unknown): string {
  if (typeof value === "number") return shapes[key]?.(value) ?? number(value, Number.isInteger(value) ? 0 : 2);
  if (Array.isArray(value)) return listJoin(value.map(String));
  return String(value);
}
