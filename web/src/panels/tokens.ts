import { html, nothing } from "lit";
import { createToken, fetchTokens, revokeToken } from "../api/account";
import { Problem } from "../api/client";
import type { Token } from "../api/types";
import { listJoin, t } from "../i18n";
import { type MeKey, mine } from "../i18n/me";
import type { State } from "../state/app";
import { may } from "../state/me";
import { copyText } from "../ui/copy";
import { PageElement } from "../ui/element";
import { minuteOf } from "../ui/format";
import { icon } from "../ui/icons";
import { secretField } from "./secret";
import { Source } from "./source";
import { faultsOf, told } from "./told";

type Scope = "read" | "edit" | "export";
type Name = "name" | "scopes" | "days" | "reason" | "password";

interface Draft {
  name: string;
  scopes: Scope[];
  days: string;
  reason: string;
  password: string;
}
const blank = (): Draft => ({ name: "", scopes: ["read"], days: "90", reason: "", password: "" });

/** The tokens of one's own that scripts and QGIS show; a new one is shown this once. */
class OwnTokens extends PageElement {
  readonly #list = new Source<Token[]>(this);
  #turn = 0;
  #draft: Draft | null = null;
  #fresh: { name: string; token: string } | null = null;
  #copied: "no" | "yes" | "failed" = "no";
  #asked: Token["id"] | null = null;
  #problems = new Map<Name | "", string>();
  #said = "";
  #busy = false;

  protected pick(s: Readonly<State>) {
    return [s.me];
  }

  protected override willUpdate(): void {
    this.#list.ask("", String(this.#turn), async () => (await fetchTokens()).items);
  }

  protected override render() {
    const list = this.#list.value;
    return html`<p class="mut sm">${mine("tokensLead")}</p>${this.#fresh ? this.#once(this.#fresh) : nothing}<p role="status" class="sm">${this.#said}</p>${
      list
        ? list.length === 0
          ? this.#fresh || this.#draft
            ? nothing
            : html`<p class="mut">${mine("noTokens")}</p>`
          : html`<ul class="items">${list.map((x) => this.#row(x))}</ul>`
        : this.#list.problem
          ? html`<p class="mut">${this.#list.problem === "away" ? t("ledger.failed") : this.#list.problem}</p>`
          : nothing
    }${
      this.#draft
        ? this.#form(this.#draft)
        : html`<button class="btn add" @click=${() => {
            this.#draft = blank();
            this.#said = "";
            this.#focus("#token-name");
          }}>${icon("plus", true)}${mine("newToken")}</button>`
    }`;
  }

  /** A token is readable this once; where the browser does not copy, it can be selected whole. */
  #once({ name, token }: { name: string; token: string }) {
    const copy = async () => {
      this.#copied = (await copyText(token)) ? "yes" : "failed";
      this.requestUpdate();
    };
    return html`<div class="once"><b class="data">${name}</b><p>${mine("once")}</p><code class="mono data" tabindex="0" aria-label=${mine("tokens")}>${token}</code>
      <div class="end"><button class="btn" @click=${() => {
        this.#fresh = null;
        this.#copied = "no";
        this.#focus(".add");
      }}>${mine("done")}</button><span class="grow"></span><button class="btn pri" @click=${copy}>${mine(this.#copied === "yes" ? "copied" : "copy")}</button></div>
      <p role="status" class="sm">${this.#copied === "failed" ? mine("copyFailed") : ""}</p></div>`;
  }

  #row(x: Token) {
    const over = Date.parse(x.expires_at) <= Date.now();
    const scopes = listJoin(x.scopes.map((s) => mine(`scope.${s}` as MeKey)));
    const ask = (id: Token["id"] | null) => () => {
      this.#asked = id;
      this.#focus(id === null ? `[data-token="${x.id}"] button` : ".ask-end .btn");
    };
    return html`<li data-token=${x.id}><span><b class="data">${x.name}</b> <span class="mut">${scopes}</span><br /><small>${over ? mine("expired") : mine("until", { time: minuteOf(x.expires_at) })}${t("list.comma")}${x.used_at ? mine("used", { time: minuteOf(x.used_at) }) : mine("unused")}</small></span>${
      this.#asked === x.id
        ? html`<span class="ask-end"><span class="data">${mine("sure", { what: mine("revokeOf", { name: x.name }) })}</span><span class="grow"></span><button class="btn" @click=${ask(null)}>${mine("cancel")}</button><button class="btn" @click=${() => void this.#revoke(x)}>${mine("revoke")}</button></span>`
        : html`<button class="btn data" aria-label=${mine("revokeOf", { name: x.name })} @click=${ask(x.id)}>${mine("revoke")}</button>`
    }</li>`;
  }

  #form(draft: Draft) {
    const field = (name: "name" | "days" | "reason", label: MeKey, hint: MeKey, number = false) => {
      const bad = this.#problems.get(name);
      const id = `token-${name}`;
      return html`<div class="fld"><label for=${id}>${mine(label)}</label><input class="inp" id=${id} autocomplete="off" inputmode=${number ? "numeric" : nothing} maxlength="300" .value=${draft[name]} aria-invalid=${bad !== undefined} aria-describedby=${`${id}-s`} @input=${(
        e: Event,
      ) => {
        draft[name] = (e.target as HTMLInputElement).value;
        this.#problems.delete(name);
        this.requestUpdate();
      }} /><small id=${`${id}-s`} class=${bad ? "bad data" : ""}>${bad ?? mine(hint)}</small></div>`;
    };
    const scopesBad = this.#problems.get("scopes");
    const other = this.#problems.get("");
    return html`<form class="rec" novalidate aria-labelledby="token-h" @submit=${this.#save}><h3 id="token-h">${mine("newToken")}</h3>
      ${field("name", "tokenName", "tokenNameHint")}
      <fieldset class="fld" aria-describedby="token-scopes-s"><legend>${mine("scopes")}</legend><div class="checks">${scopesOf().map(
        (s) =>
          html`<label><input type="checkbox" .checked=${draft.scopes.includes(s)} @change=${(e: Event) => {
            const on = (e.target as HTMLInputElement).checked;
            draft.scopes = on ? [...draft.scopes, s] : draft.scopes.filter((x) => x !== s);
            this.#problems.delete("scopes");
            this.requestUpdate();
          }} />${mine(`scope.${s}`)}</label>`,
      )}</div><small id="token-scopes-s" class=${scopesBad ? "bad" : ""}>${scopesBad ?? ""}</small></fieldset>
      ${field("days", "days", "daysHint", true)}
      ${draft.scopes.includes("edit") ? field("reason", "reason", "reasonHint") : nothing}
      ${secretField({
        id: "token-password",
        label: mine("tokenPassword"),
        value: draft.password,
        kind: "current-password",
        shown: false,
        optional: true,
        bad: this.#problems.get("password"),
        describedBy: "token-password-h",
        input: (v) => {
          draft.password = v;
          this.#problems.delete("password");
          this.requestUpdate();
        },
      })}<p id="token-password-h" class="mut sm">${mine("tokenPasswordHint")}</p>
      <div role="alert">${other ? html`<p class="bad data">${other}</p>` : nothing}</div>
      <div class="end"><button type="button" class="btn" @click=${() => {
        this.#draft = null;
        this.#problems.clear();
        this.#focus(".add");
      }}>${mine("cancel")}</button><span class="grow"></span><button class="btn pri" ?disabled=${this.#busy}>${mine(this.#busy ? "saving" : "create")}</button></div></form>`;
  }

  readonly #save = async (e: Event) => {
    e.preventDefault();
    const draft = this.#draft;
    if (!draft || this.#busy) return;
    const days = Number(draft.days);
    const name = draft.name.trim();
    this.#problems = new Map();
    if (name === "") this.#problems.set("name", mine("tokenNameMissing"));
    if (draft.scopes.length === 0) this.#problems.set("scopes", mine("scopesMissing"));
    if (!Number.isInteger(days) || days < 1 || days > 365) this.#problems.set("days", mine("daysHint"));
    if (this.#problems.size > 0) return this.#focus('[aria-invalid="true"], fieldset input');
    this.#busy = true;
    this.requestUpdate();
    try {
      const made = await createToken({
        name,
        scopes: draft.scopes,
        days,
        reason: draft.reason.trim(),
        ...(draft.password !== "" && { password: draft.password }),
      });
      this.#fresh = { name, token: made.token };
      this.#draft = null;
      this.#turn++;
      this.#focus(".once .pri");
    } catch (cause) {
      for (const fault of cause instanceof Problem ? faultsOf(cause) : []) {
        const at = fault.pointer?.split("/")[1] as Name | undefined;
        const shown = at && ["name", "scopes", "days", "reason", "password"].includes(at) ? at : "";
        this.#problems.set(shown, [fault.detail, fault.mend].filter(Boolean).join(" "));
      }
      if (!(cause instanceof Problem)) this.#problems.set("", mine("failed"));
      this.#focus('[aria-invalid="true"]');
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  };

  async #revoke(x: Token): Promise<void> {
    try {
      await revokeToken(x.id);
      this.#said = mine("revoked", { name: x.name });
    } catch (cause) {
      this.#said = cause instanceof Problem ? told(cause) : mine("failed");
    }
    this.#asked = null;
    this.#turn++;
    this.#focus(".add");
  }

  #focus(what: string): void {
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(what)?.focus());
  }
}
customElements.define("zb-own-tokens", OwnTokens);

/** scopesOf are what a token of this account can be good for: no token may more than its owner. */
const scopesOf = (): Scope[] => [
  "read",
  ...(may("register.write") || may("boundary.edit") ? (["edit"] as const) : []),
  ...(may("export") ? (["export"] as const) : []),
];
