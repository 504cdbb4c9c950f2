import { html, nothing } from "lit";
import type { LandFeature } from "../api/types";
import { t } from "../i18n";

/** nameTag says where a name is not established. */
export function nameTag(f: LandFeature) {
  const status = f.properties.name_status;
  if (status === "placeholder")
    return html`<span class="tag ask" title=${t("name.placeholderTitle")}>${t("name.placeholder")}</span>`;
  if (status === "probable")
    return html`<span class="tag" title=${t("name.probableTitle")}>${t("name.probable")}</span>`;
  return nothing;
}
