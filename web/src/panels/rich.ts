import { html, type TemplateResult } from "lit";
import { type MessageKey, t } from "../i18n";

/** rich is a sentence whose figures stand out. */
export function rich(key: MessageKey, params: Record<string, string | number>): TemplateResult {
  const parts = t(key).split(/\{(\w+)\}/g);
  return html`${parts.map((part, i) => (i % 2 === 1 ? html`<b class="nw">${params[part] ?? ""}</b>` : part))}`;
}
