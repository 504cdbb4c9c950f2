import { html, nothing } from "lit";
import type { Fact } from "../api/types";
import { hasMessage, t } from "../i18n";
import { app } from "../state/app";
import type { ThingName } from "../state/fields";
import { may } from "../state/me";
import { dayOf, minuteOf, plusDays } from "../ui/format";
import type { Picked } from "./pick";

export const factName = (kind: string): string => {
  const key = `fact.${kind}`;
  return hasMessage(key) ? t(key) : kind;
};

const lateBy = 7; // days after the day it happened on which a fact counts as entered late

/** byAnother says of a fact of one's own that it takes a second person to void it. */
const byAnother = ({ voided_by }: Fact) =>
  voided_by === null && app.state.known === null
    ? html`<span class="mut sm" title=${t("ledger.voidOtherTitle")}>${t("ledger.voidOther")}</span>`
    : nothing;

/** factList shows facts with their day, what they rest on, and who entered them when. */
export function factList(facts: readonly Fact[]) {
  const record = may("fact.record");
  if (record) void import("./void");
  return html`<ol class="facts">${facts.map((f) => {
    const late = dayOf(f.recorded_at) > plusDays(f.occurred_on, lateBy);
    const documents = f.evidence.map((e) => e.document_no ?? e.name).filter(Boolean);
    const more = [f.note, f.reason, ...documents].filter(Boolean);
    return html`<li class=${f.voided_by === null ? "" : "voided"}>
      <span class="d data" title=${t("ledger.factBy", { at: minuteOf(f.recorded_at), by: f.recorded_by })}>${f.occurred_on}</span><span class="w">${factName(f.kind)}${
        f.voided_by === null ? nothing : html` <span class="tag">${t("ledger.voided")}</span>`
      }${late ? html` <span class="tag">${t("ledger.late")}</span>` : nothing}</span>${record && f.voids === null ? (f.recorded_by === app.state.me?.account ? byAnother(f) : html`<zb-void .fact=${f}></zb-void>`) : nothing}
      ${more.length > 0 ? html`<small class="data" lang="zh-CN">${more.join(" · ")}</small>` : nothing}</li>`;
  })}</ol>`;
}

/** What is kept by those who draw boundaries; the rest of the register is kept by command posts too. */
const whole: readonly ThingName[] = ["round", "command-post", "parcels", "zones", "plots"];

/** rowForm is where a row is corrected, or with nothing to correct a contract is drawn up; it is loaded with what it corrects. */
export function rowForm(
  thing: ThingName,
  code: string | null,
  parcel: string | null,
  fresh?: { first: Picked; plot: string | null },
) {
  if (!may(whole.includes(thing) ? "boundary.edit" : "register.write")) return nothing;
  void import("./row");
  return html`<zb-row .thing=${thing} .code=${code} .parcel=${parcel} .first=${fresh?.first ?? null} .plot=${fresh?.plot ?? null}></zb-row>`;
}

/** recordForm is where a fact of a thing is recorded; it is loaded when the thing is opened. */
export function recordForm(kind: "holding" | "contract", code: string) {
  if (!may("fact.record")) return nothing;
  void import("./record");
  return html`<zb-record .kind=${kind} .code=${code}></zb-record>`;
}
