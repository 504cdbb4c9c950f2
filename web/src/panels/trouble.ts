import { html, nothing } from "lit";
import { type MessageKey, t } from "../i18n";
import type { Detail } from "../state/app";
import { openOverview } from "../state/navigate";

const kinds: Record<Detail["collection"], MessageKey> = {
  parcels: "kind.parcel",
  zones: "kind.zone",
  plots: "kind.plot",
  context: "kind.district",
};

/** trouble says calmly why a feature cannot be shown, and the way out. */
export function trouble({ id, collection, problem }: Detail, at: string) {
  let what: string;
  let next: string | undefined;
  let more: unknown = nothing;
  if (problem === "away" || problem === null) {
    what = t("feature.failed", { id });
    next = t("feature.failedNext");
  } else if (problem.code === "feature.not_on_day") {
    what = t("feature.notOnDay", { id, at });
    next = problem.detail;
  } else if (problem.status === 410) {
    what = t("feature.gone", { id });
    void import("./retired");
    more = html`<zb-retired .collection=${collection} .code=${id}></zb-retired>`;
  } else if (problem.status === 404) {
    what = t("feature.unknown", { id, kind: t(kinds[collection]) });
    next = t("feature.unknownNext");
  } else {
    what = t("feature.failed", { id });
    next = problem.detail;
  }
  return html`<section class="sec calm" role="status"><p><b>${what}</b></p>${next ? html`<p>${next}</p>` : nothing}<button class="btn" @click=${openOverview}>${t("feature.toOverview")}</button></section>${more}`;
}
