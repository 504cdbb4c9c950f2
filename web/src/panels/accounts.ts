import { html, nothing } from "lit";
import { fetchUsers, type User } from "../api/people";
import { t } from "../i18n";
import { people } from "../i18n/accounts";
import { roleName } from "../i18n/roles";
import { app, type State } from "../state/app";
import { may } from "../state/me";
import { openView } from "../state/navigate";
import { minuteOf, number } from "../ui/format";
import { icon } from "../ui/icons";
import "./account";
import "./new-account";
import { OfficeElement } from "./office";
import { Source } from "./source";

/** All accounts, as the two administrations see them who keep them: one adds and disables, the other gives roles. */
class AccountsPanel extends OfficeElement {
  readonly #list = new Source<readonly User[]>(this);
  #filter = "";
  #adding = false;
  #retries = 0;
  #asked = "";

  protected pick(s: Readonly<State>) {
    return [s.route, s.me, s.revision, s.phone];
  }

  get #allowed(): boolean {
    return may("accounts.manage") || may("roles.assign");
  }

  /** The account that the address names. */
  get #opened(): string | null {
    const { route } = this.state;
    return route.name === "accounts" ? new URLSearchParams(route.query).get("account") : null;
  }

  protected heading(): string {
    return people("title");
  }

  protected override willUpdate(): void {
    const { revision, language } = this.state;
    const moment = [revision, language, this.#retries].join("|");
    if (!this.#allowed || moment === this.#asked) return; // what failed is asked again when something moves, not at each turn
    this.#asked = moment;
    this.#list.ask("", moment, fetchUsers);
  }

  protected override render() {
    if (!this.#allowed) return html`<section class="sec calm"><p>${people("refused")}</p></section>`;
    const all = this.#list.value;
    const waiting = all?.filter((u) => u.state === "waits_for_role").length ?? 0;
    const keeps = may("accounts.manage");
    return html`<div class="ft office">
      <div class="ft-head"><h2 class="name">${people("title")}</h2>${
        all
          ? html`<span class="mut sm">${people("count", { n: number(all.length) })}${waiting > 0 ? html`${t("list.comma")}<b class="ask">${people("waiting", { n: number(waiting) })}</b>` : nothing}</span>`
          : nothing
      }<span class="grow"></span><label class="find"><span class="unseen">${people("find")}</span>${icon("search")}<input class="inp" type="search" autocomplete="off" placeholder=${people("find")} .value=${this.#filter} @input=${(
        e: Event,
      ) => {
        this.#filter = (e.target as HTMLInputElement).value;
        this.requestUpdate();
      }} /></label>
        ${keeps ? html`<button class="btn ${this.#adding ? "" : "pri"} add-account" aria-expanded=${this.#adding} @click=${() => this.#add(!this.#adding)}>${icon("plus")}${people("add")}</button>` : nothing}</div>
      <div class="ft-body" tabindex="0" role="region" aria-label=${people("title")}>
        <p class="lead">${people(keeps ? "leadSys" : "leadSec")} <a href="/docs/access" target="_blank" rel="noopener">${people("access")}</a></p>
        ${this.#adding ? html`<zb-new-account @done=${() => this.#add(false)}></zb-new-account>` : nothing}
        ${all ? this.#rows(all) : this.unread(this.#list.problem, people("failed"), people("loading"), people("retry"), this.#again)}
      </div></div>`;
  }

  readonly #again = () => {
    this.#retries++;
    this.requestUpdate();
  };

  #add(on: boolean): void {
    this.#adding = on;
    this.requestUpdate();
    if (!on) void this.updateComplete.then(() => this.querySelector<HTMLElement>(".add-account")?.focus());
  }

  #rows(all: readonly User[]) {
    const text = this.#filter.trim().toLowerCase();
    const opened = this.#opened;
    const shown = all.filter(
      (u) => u.name === opened || [u.name, u.person].some((name) => name.toLowerCase().includes(text)),
    );
    const missing =
      opened && !all.some((u) => u.name === opened)
        ? html`<p class="lead ask" role="status">${people("missing", { name: opened })}</p>`
        : nothing;
    if (shown.length === 0) return html`${missing}<p class="lead">${people("noneFound", { text: this.#filter })}</p>`;
    return html`${missing}${this.state.phone ? this.#cards(shown, opened) : this.#table(shown, opened)}${
      all.length === 1 && may("accounts.manage") ? html`<p class="lead">${people("noneYet")}</p>` : nothing
    }`;
  }

  #table(shown: readonly User[], opened: string | null) {
    return html`<table class="rows"><thead><tr><th class="w-open"><span class="unseen">${people("open", { name: "" })}</span></th><th>${people("account")}</th><th>${people("person")}</th><th>${people("role")}</th><th>${people("post")}</th><th>${people("state")}</th><th>${people("lastSeen")}</th></tr></thead>
      ${shown.map((u) => {
        const on = u.name === opened;
        return html`<tbody data-account=${u.name} class=${on ? "on" : ""}><tr class="main" @click=${(e: Event) => this.#row(e, u, on)}><td>${this.#button(u, on)}</td><td class="data"><b>${u.name}</b>${this.#you(u)}</td><td class="data">${u.person || t("none")}</td><td>${role(u)}</td><td class="data">${u.command_post ?? t("none")}</td><td>${state(u)}</td><td class="nw">${u.signed_in_at ? minuteOf(u.signed_in_at) : people("never")}</td></tr>
        ${on ? html`<tr class="det"><td colspan="7"><zb-account .user=${u}></zb-account></td></tr>` : nothing}</tbody>`;
      })}</table>`;
  }

  #cards(shown: readonly User[], opened: string | null) {
    return html`<ul class="cards">${shown.map((u) => {
      const on = u.name === opened;
      const more = [u.command_post, u.signed_in_at ? minuteOf(u.signed_in_at) : people("never")].filter(Boolean);
      return html`<li data-account=${u.name} class=${on ? "on" : ""}><button class="head" aria-expanded=${on} @click=${() => this.#show(u, on)}><span class="data"><b>${u.name}</b>${this.#you(u)}</span>${state(u)}<span class="wide">${u.person ? html`<span class="data">${u.person}</span> ` : nothing}${role(u)}</span><span class="mut data">${more.join(" · ")}</span>${icon(on ? "up" : "down", true)}</button>
        ${on ? html`<zb-account .user=${u}></zb-account>` : nothing}</li>`;
    })}</ul>`;
  }

  #you(u: User) {
    return u.name === this.state.me?.account ? html` <span class="tag">${people("you")}</span>` : nothing;
  }

  #button(u: User, on: boolean) {
    const name = people("open", { name: u.name });
    return html`<button class="ib data" aria-expanded=${on} aria-label=${name} title=${name} @click=${() => this.#show(u, on)}>${icon(on ? "down" : "forward", true)}</button>`;
  }

  /** A click anywhere in a row opens it, save one that chooses text or is the button's own. */
  #row(e: Event, u: User, on: boolean): void {
    if ((e.target as Element).closest("button, a") || getSelection()?.toString()) return;
    this.#show(u, on);
  }

  #show(u: User, on: boolean): void {
    openView({ name: "accounts", query: on ? "" : String(new URLSearchParams({ account: u.name })) });
  }
}
customElements.define("zb-accounts", AccountsPanel);

const role = (u: User) => (u.role ? roleName(u.role) : html`<span class="mut">${people("noRole")}</span>`);

/** state says where an account stands; what waits for somebody stands out. In a demonstration nobody needs a password. */
function state({ state }: User) {
  if (state === "waits_for_password" && app.state.me?.demo)
    return html`<span class="tag">${people("state.by_link")}</span>`;
  const tag = { active: "tag good", disabled: "tag", waits_for_role: "tag ask", waits_for_password: "tag ask" }[state];
  return html`<span class=${tag}>${people(`state.${state}`)}</span>`;
}
