import { html, nothing } from "lit";
import { Problem, Unreachable } from "../api/client";
import { type Entry, exportPath, fetchOlder, fetchTrail } from "../api/trail";
import type { List } from "../api/types";
import { listJoin, t } from "../i18n";
import { accountWords, objectWords, type TrailKey, trail, viaWords, works, workWords } from "../i18n/audit";
import { refusalWords } from "../i18n/refusals";
import { roleName } from "../i18n/roles";
import type { State } from "../state/app";
import { away } from "../state/load";
import { may } from "../state/me";
import { openView } from "../state/navigate";
import { deedsOf, type Filters, filtersOf, noFilters, queryOf, secondOf } from "../state/trail";
import { isDay, number } from "../ui/format";
import { icon } from "../ui/icons";
import { entryDetail } from "./entry";
import { OfficeElement } from "./office";
import { Source } from "./source";
import { Verification } from "./verify";

const step = 50;

/** The audit trail, for the auditor: what is asked for, the records of it, the newest first, and each opened in place. */
class AuditPanel extends OfficeElement {
  readonly #list = new Source<List<Entry>>(this);
  readonly #verification = new Verification(this);
  #reads = 0;
  #asked = "";
  #query: string | null = null;
  #draft: Filters = noFilters;
  #order = "";
  /** What was read after the first page, and where it ended. */
  #older: Entry[] = [];
  #next: string | null | undefined;
  #reading = false;
  #failed = "";
  #opened: number | null = null;
  /** Whether a phone shows the filters, which would else push the records off the screen. */
  #filtering = false;

  protected pick(s: Readonly<State>) {
    return [s.route, s.me, s.phone];
  }

  protected heading(): string {
    return trail("title");
  }

  protected override willUpdate(): void {
    const { route, language } = this.state;
    if (route.name !== "audit" || !may("audit.read")) return;
    if (route.query !== this.#query) {
      this.#query = route.query;
      this.#draft = filtersOf(route.query);
      this.#order = "";
      this.#forget();
    }
    const filters = filtersOf(route.query);
    const [subject, moment] = [queryOf(filters), `${this.#reads}|${language}`];
    if (`${subject}|${moment}` === this.#asked) return; // what failed is asked again when something moves, not at each turn
    this.#asked = `${subject}|${moment}`;
    this.#list.ask(subject, moment, () => fetchTrail(filters, step));
  }

  #forget(): void {
    this.#older = [];
    this.#next = undefined;
    this.#failed = "";
    this.#opened = null;
  }

  protected override render() {
    if (!may("audit.read")) return html`<section class="sec calm"><p>${trail("refused")}</p></section>`;
    const first = this.#list.value;
    const filters = filtersOf(this.#query ?? "");
    return html`<div class="ft office">
      <div class="ft-head"><h2 class="name">${trail("title")}</h2><span class="grow"></span>${this.#verification.button()}
        <a class="btn" href=${exportPath(filters)} download title=${trail("exportHint")}>${icon("download")}${trail("export")}</a>${this.#verification.verdict()}</div>
      <div class="ft-body" tabindex="0" role="region" aria-label=${trail("title")}><p class="lead">${trail("lead")}</p>
        ${this.state.phone ? this.#unfold() : nothing}${!this.state.phone || this.#filtering ? this.#filters() : nothing}
        ${first ? this.#rows([...first.items, ...this.#older], first) : this.unread(this.#list.problem, trail("failed"), trail("loading"), trail("retry"), this.#again)}
      </div></div>`;
  }

  readonly #again = () => {
    this.#reads++;
    this.requestUpdate();
  };

  #unfold() {
    const flip = () => {
      this.#filtering = !this.#filtering;
      this.requestUpdate();
    };
    return html`<div class="lead unfolds"><button class="btn" aria-expanded=${this.#filtering} @click=${flip}>${trail("filters")}${icon(this.#filtering ? "up" : "down", true)}</button>${this.#query ? html`<button class="btn" @click=${this.#clear}>${trail("clear")}</button>` : nothing}</div>`;
  }

  #filters() {
    const d = this.#draft;
    const field = (name: "account" | "object" | "code", hint?: TrailKey) =>
      html`<div><label for="f-${name}">${trail(name)}</label><input class="inp data" id="f-${name}" autocomplete="off" spellcheck="false" .value=${d[name]} aria-describedby="f-${name}-s" @input=${(
        e: Event,
      ) => {
        d[name] = (e.target as HTMLInputElement).value;
      }} /><small id="f-${name}-s" class="data">${hint ? trail(hint) : ""}</small></div>`;
    const day = (name: "from" | "to") => {
      const bad =
        d[name] !== "" && !isDay(d[name]) ? trail("day") : name === "to" && this.#order !== "" ? this.#order : "";
      return html`<div><label for="f-${name}">${trail(name)}</label><input class="inp data" id="f-${name}" type=${this.state.phone ? "date" : "text"} autocomplete="off" .value=${d[name]} aria-invalid=${bad !== ""} aria-describedby="f-${name}-s" @input=${(
        e: Event,
      ) => {
        d[name] = (e.target as HTMLInputElement).value;
        this.#order = "";
        this.requestUpdate();
      }} /><small id="f-${name}-s" class="bad">${bad}</small></div>`;
    };
    const choice = (
      name: "via" | "outcome",
      all: TrailKey,
      choices: readonly (readonly [value: string, says: string])[],
    ) =>
      html`<div><label for="f-${name}">${trail(name)}</label><select class="inp" id="f-${name}" @change=${(
        e: Event,
      ) => {
        d[name] = (e.target as HTMLSelectElement).value;
      }}><option value="" ?selected=${d[name] === ""}>${trail(all)}</option>${choices.map(([value, says]) => html`<option value=${value} ?selected=${d[name] === value}>${says}</option>`)}</select></div>`;
    const parts = works.map(([part]) => part);
    const vias = [...parts, ...(d.via === "" || parts.includes(d.via) ? [] : [d.via])];
    return html`<form class="filters" novalidate role="search" aria-label=${trail("filters")} @submit=${this.#submit}>
      ${field("account")}${field("object", "objectHint")}${choice(
        "via",
        "viaAll",
        vias.map((via) => [via, workWords(via)]),
      )}${choice("outcome", "outcomeAll", [
        ["done", trail("done")],
        ["refused", trail("refused.short")],
      ])}${field("code", "codeHint")}${day("from")}${day("to")}
      <div class="go"><button class="btn pri">${trail("apply")}</button>${this.#query && !this.state.phone ? html`<button type="button" class="btn" @click=${this.#clear}>${trail("clear")}</button>` : nothing}</div></form>`;
  }

  readonly #submit = (e: Event) => {
    e.preventDefault();
    const { from, to } = this.#draft;
    if ((from !== "" && !isDay(from)) || (to !== "" && !isDay(to)))
      return void this.querySelector<HTMLElement>('.filters [aria-invalid="true"]')?.focus();
    if (from !== "" && to !== "" && from > to) {
      this.#order = trail("order");
      this.requestUpdate();
      return void this.querySelector<HTMLElement>("#f-to")?.focus();
    }
    this.#ask(queryOf(filtersOf(queryOf(this.#draft))));
  };

  readonly #clear = () => this.#ask("");

  #ask(query: string): void {
    this.#forget();
    this.#again();
    openView({ name: "audit", query });
  }

  #rows(entries: readonly Entry[], first: List<Entry>) {
    if (entries.length === 0)
      return html`<p class="lead" role="status">${trail(this.#query ? "noneFound" : "none")}</p>`;
    const next = this.#next === undefined ? first.next : this.#next;
    return html`${this.state.phone ? this.#cards(entries) : this.#table(entries)}
      <div class="more" role="status">${
        next === null
          ? html`<span class="mut">${trail("end", { n: number(entries.length) })}</span>`
          : html`<button class="btn" ?disabled=${this.#reading} @click=${() => void this.#more(next)}>${trail("more")}</button><span class="mut">${trail("shown", { n: number(entries.length) })}</span>`
      }${this.#failed ? html`<span class="bad">${this.#failed}</span>` : nothing}</div>`;
  }

  #table(entries: readonly Entry[]) {
    return html`<table class="rows"><thead><tr><th><span class="unseen">${trail("open", { id: "" })}</span></th><th>${trail("when")}</th><th>${trail("who")}</th><th>${trail("where")}</th><th>${trail("what")}</th><th>${trail("objects")}</th><th>${trail("outcome")}</th></tr></thead>
      ${entries.map((e) => {
        const on = e.id === this.#opened;
        const name = trail("open", { id: e.id });
        return html`<tbody data-record=${e.id} class=${on ? "on" : ""}><tr class="main" @click=${(click: Event) => this.#click(click, e, on)}><td><button class="ib" aria-expanded=${on} aria-label=${name} title=${name} @click=${() => this.#show(e, on)}>${icon(on ? "down" : "forward", true)}</button></td><td class="nw">${secondOf(e.at)}</td><td>${who(e)}</td><td class="data">${e.address}</td><td class="what data">${what(e)}</td><td class="objs data">${objects(e)}</td><td>${outcome(e)} ${why(e)}</td></tr>
        ${on ? html`<tr class="det"><td colspan="7">${entryDetail(e, this.#lookFor)}</td></tr>` : nothing}</tbody>`;
      })}</table>`;
  }

  #cards(entries: readonly Entry[]) {
    return html`<ul class="cards">${entries.map((e) => {
      const on = e.id === this.#opened;
      return html`<li data-record=${e.id} class=${on ? "on" : ""}><button class="head" aria-expanded=${on} @click=${() => this.#show(e, on)}><b class="data">${what(e)}</b>${outcome(e)}${why(e) ? html`<span class="wide">${why(e)}</span>` : nothing}<span class="wide data">${objects(e)}</span><span class="wide">${who(e)}</span><span class="mut data">${secondOf(e.at)} · ${e.address}</span>${icon(on ? "up" : "down", true)}</button>
        ${on ? html`<div>${entryDetail(e, this.#lookFor)}</div>` : nothing}</li>`;
    })}</ul>`;
  }

  #click(click: Event, e: Entry, on: boolean): void {
    if ((click.target as Element).closest("button, a") || getSelection()?.toString()) return;
    this.#show(e, on);
  }

  #show(e: Entry, on: boolean): void {
    this.#opened = on ? null : e.id;
    this.requestUpdate();
  }

  /** What is written in a record leads to the other records of it. */
  readonly #lookFor = (what: Partial<Filters>) => this.#ask(queryOf({ ...noFilters, ...what }));

  async #more(next: string): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    this.#failed = "";
    this.requestUpdate();
    const query = this.#query;
    try {
      const page = await fetchOlder(next);
      if (query !== this.#query) return;
      this.#older = [...this.#older, ...page.items];
      this.#next = page.next;
    } catch (cause) {
      if (cause instanceof Unreachable) away();
      else if (!(cause instanceof Problem)) throw cause;
      this.#failed = cause instanceof Problem ? cause.message : trail("moreFailed");
    } finally {
      this.#reading = false;
      this.requestUpdate();
    }
  }
}
customElements.define("zb-audit", AuditPanel);

function who(e: Entry) {
  const role = e.role ? roleName(e.role) : trail("nobody");
  return html`<span class="data">${e.account || t("none")}</span> <span class="mut">${role}</span>`;
}

function what(e: Entry): string {
  const [deed] = e.via === alters && e.outcome === "done" ? deedsOf(e.detail).deeds : [];
  return (deed && accountWords(deed.before, deed.after)) || viaWords(e.via) || trail("inside");
}

/** The one route that does several things to an account: which of them, its record tells. */
const alters = "PATCH /api/v1/users/:name";

const few = 3;

function objects({ objects: all }: Entry) {
  if (all.length === 0) return t("none");
  const more = all.length > few ? [trail("objectsMore", { n: number(all.length) })] : [];
  return listJoin([...all.slice(0, few).map(objectWords), ...more]);
}

const outcome = ({ outcome: o }: Entry) =>
  o === "done"
    ? html`<span class="tag good">${trail("done")}</span>`
    : html`<span class="tag no">${trail("refused.short")}</span>`;

/** why says in words for what something was refused; its code stands in the opened record. */
const why = ({ outcome: o, code }: Entry): string => (o !== "done" && code ? refusalWords(code) : "");
