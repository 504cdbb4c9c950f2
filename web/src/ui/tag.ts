import { html, nothing } from "lit";
import type { LandFeature, NameStatus } from "../api/types";
import { t } from "../i18n";

/** nameTag says where a name is not established. */
export const nameTag = (f: LandFeature) => nameTagOf(f.properties.name_status);

export function nameTagOf(status: NameStatus | null | undefined) {
  if (status === "placeholder")
    return html`<span class="tag ask" title=${t("name.placeholderTitle")}>${t("name.placeholder")}</span>`;
  if (status === "probable")
    return html`<span class="tag" title=${t("name.probableTitle")}>${t("name.probable")}</span>`;
  return nothing;
}
