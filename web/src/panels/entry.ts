import { html, nothing } from "lit";
import type { Entry } from "../api/trail";
import { t } from "../i18n";
import { memberWords, objectWords, trail } from "../i18n/audit";
import { refusalWords } from "../i18n/refusals";
import { roleName } from "../i18n/roles";
import { changesOf, type Deed, deedsOf, type Filters, type Json, secondOf } from "../state/trail";
import { number } from "../ui/format";

/** entryDetail is all of one record: who and whence, and each thing before and after side by side. */
export function entryDetail(e: Entry, lookFor: (what: Partial<Filters>) => void) {
  const { deeds, count, rest } = deedsOf(e.detail);
  const link = (says: string, what: Partial<Filters>) =>
    html`<button type="button" class="lk data" title=${trail("toMap")} @click=${() => lookFor(what)}>${says}</button>`;
  return html`<dl class="facts-of"><dt>${trail("record")}</dt><dd>${number(e.id)}</dd><dt>${trail("when")}</dt><dd>${secondOf(e.at)}</dd>
      <dt>${trail("who")}</dt><dd>${e.account ? link(e.account, { account: e.account }) : t("none")} <span class="mut">${e.role ? roleName(e.role) : trail("nobody")}</span></dd>
      <dt>${trail("where")}</dt><dd class="data">${e.address}</dd><dt>${trail("request")}</dt><dd class="mono data">${e.request || t("none")}</dd><dt>${trail("raw")}</dt><dd class="mono data">${e.via}</dd>
      ${e.code ? html`<dt>${trail("code")}</dt><dd>${refusalWords(e.code)} <a class="mono data" href="/docs/problems/${e.code}" target="_blank" rel="noopener">${e.code}</a></dd>` : nothing}
      <dt>${trail("sealed")}</dt><dd>${e.seal === null ? trail("unsealed") : trail("sealedAs", { seq: number(e.seal) })}</dd>
      ${e.objects.length > 0 ? html`<dt>${trail("objects")}</dt><dd>${e.objects.map((o, i) => html`${i > 0 ? ", " : nothing}${link(objectWords(o), { object: o })}`)}</dd>` : nothing}</dl>
    ${deeds.map(deed)}${count > deeds.length ? html`<p class="mut">${trail("deedsMore", { n: number(count), m: number(deeds.length) })}</p>` : nothing}
    ${rest === null ? nothing : html`<div class="deed"><h4>${trail("details")}</h4>${one(rest)}</div>`}`;
}

function deed({ object, before, after }: Deed) {
  const changes = changesOf(before, after);
  const moved = changes.filter((c) => c.moved);
  const said =
    before === null ? trail("begins") : after === null ? trail("ends") : moved.length === 0 ? trail("same") : "";
  const still = changes.length - moved.length;
  return html`<div class="deed"><h4 class="data">${objectWords(object)}</h4>${said ? html`<p class="mut">${said}</p>` : nothing}${
    moved.length === 0
      ? nothing
      : html`<table class="sides"><thead><tr><th>${trail("member")}</th>${before === null ? nothing : html`<th>${trail("before")}</th>`}${after === null ? nothing : html`<th>${trail("after")}</th>`}</tr></thead><tbody>${moved.map(
          (c) =>
            html`<tr class=${before !== null && after !== null ? "moved" : ""}><td class="data">${memberWords(c.name)}</td>${before === null ? nothing : html`<td class="was data">${c.before || t("none")}</td>`}${after === null ? nothing : html`<td class="is data">${c.after || t("none")}</td>`}</tr>`,
        )}</tbody></table>`
  }${still > 0 ? html`<p class="mut">${trail("unchanged", { n: still })}</p>` : nothing}</div>`;
}

/** one is what a record says that is no change of a thing. */
const one = (value: Json) =>
  html`<dl class="facts-of">${changesOf(null, value).map((c) => html`<dt class="data">${memberWords(c.name) || trail("details")}</dt><dd class="data">${c.after || t("none")}</dd>`)}</dl>`;
