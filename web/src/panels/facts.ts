import { html, nothing } from "lit";
import type { Fact } from "../api/types";
import { hasMessage, t } from "../i18n";
import { dayOf, minuteOf, plusDays } from "../ui/format";

export const factName = (kind: string): string => {
  const key = `fact.${kind}`;
  return hasMessage(key) ? t(key) : kind;
};

const lateBy = 7; // days after the day it happened on which a fact counts as entered late

/** factList shows facts with their day, what they rest on, and who entered them when. */
export function factList(facts: readonly Fact[]) {
  void import("./void");
  return html`<ol class="facts">${facts.map((f) => {
    const late = dayOf(f.recorded_at) > plusDays(f.occurred_on, lateBy);
    const documents = f.evidence.map((e) => e.document_no ?? e.name).filter(Boolean);
    const more = [f.note, f.reason, ...documents].filter(Boolean);
    return html`<li class=${f.voided_by === null ? "" : "voided"}>
      <span class="d data" title=${t("ledger.factBy", { at: minuteOf(f.recorded_at), by: f.recorded_by })}>${f.occurred_on}</span><span class="w">${factName(f.kind)}${
        f.voided_by === null ? nothing : html` <span class="tag">${t("ledger.voided")}</span>`
      }${late ? html` <span class="tag">${t("ledger.late")}</span>` : nothing}</span>${f.voids === null ? html`<zb-void .fact=${f}></zb-void>` : nothing}
      ${more.length > 0 ? html`<small class="data" lang="zh-CN">${more.join(" · ")}</small>` : nothing}</li>`;
  })}</ol>`;
}

/** recordForm is where a fact of a thing is recorded; it is loaded when the thing is opened. */
export function recordForm(kind: "holding" | "contract", code: string) {
  void import("./record");
  return html`<zb-record .kind=${kind} .code=${code}></zb-record>`;
}
