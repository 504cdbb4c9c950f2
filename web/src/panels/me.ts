import { html, nothing } from "lit";
import { changePassword, signOut } from "../api/account";
import { Problem } from "../api/client";
import { listJoin, pick } from "../i18n";
import { mine } from "../i18n/me";
import type { State } from "../state/app";
import { may } from "../state/me";
import { unsent } from "../state/unsent";
import "../ui/account";
import { PageElement } from "../ui/element";
import { icon } from "../ui/icons";
import { languageButton } from "./language";
import { lawful, rulesList, secretField } from "./secret";
import { faultsOf, told } from "./told";

type View = "menu" | "posts" | "password" | "sessions" | "tokens";

/** One's own account: who one is here, the password, where one is signed in, tokens, the way out. */
class MeElement extends PageElement {
  static override properties = { close: {} };
  declare close: (focus: boolean) => void;
  #view: View = "menu";
  #leaving = false;
  #said = "";

  protected pick(s: Readonly<State>) {
    return [s.me, s.phone];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("pointerdown", this.#outside);
    this.addEventListener("keydown", this.#keys);
    void this.updateComplete.then(() => this.#focus());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("pointerdown", this.#outside);
  }

  readonly #outside = (e: Event) => {
    const at = e.target as Element;
    if (!this.contains(at) && !at.closest(".acct, dialog")) this.close(false);
  };

  readonly #keys = (e: KeyboardEvent) => {
    if (e.key !== "Escape" || e.isComposing) return;
    e.stopPropagation();
    if (this.#view === "menu") this.close(true);
    else this.#go("menu");
  };

  #go(view: View): void {
    this.#view = view;
    this.#said = "";
    this.requestUpdate();
    void this.updateComplete.then(() => this.#focus());
  }

  #focus(): void {
    this.querySelector<HTMLElement>(".hd .ib, .does button")?.focus();
  }

  protected override render() {
    return html`<section class="pop mine" role="dialog" aria-label=${mine(titles[this.#view])}>${this.#view === "menu" ? this.#menu() : this.#part(this.#view)}</section>`;
  }

  #menu() {
    const { me, phone } = this.state;
    if (!me) return nothing;
    const item = (view: View) =>
      html`<button @click=${() => this.#go(view)}>${mine(titles[view])}${icon("forward", true)}</button>`;
    const waiting = unsent.list().length;
    return html`<div class="hd"><h2 class="data">${me.person || me.account}</h2><span class="grow"></span>${phone ? html`${languageButton()}<button class="ib" aria-label=${mine("back")} @click=${() => this.close(true)}>${icon("close")}</button>` : nothing}</div>
      <div class="who"><dl class="kv"><dt>${mine("account")}</dt><dd class="data">${me.account}</dd>
        <dt>${mine("role")}</dt><dd>${me.role_name ? pick(me.role_name.zh, me.role_name.en) : me.role}${me.role === "planner" && !me.names ? html`<br /><span class="mut sm">${mine("masked")}</span>` : nothing}</dd>
        ${me.command_post ? html`<dt>${mine("post")}</dt><dd><span class="nw">${me.command_post}</span>${me.parcels.length > 0 ? html` <span class="mut">${mine("parcels")} ${listJoin(me.parcels)}</span>` : nothing}</dd>` : nothing}</dl></div>
      <p class="unseen" role="status">${this.#said}</p>${this.#said ? html`<p class="body sm" aria-hidden="true">${this.#said}</p>` : nothing}
      ${may("boundary.edit") ? html`<div class="does">${item("posts")}</div>` : nothing}<div class="does">${item("password")}${item("sessions")}${may("tokens.own") ? item("tokens") : nothing}</div>
      <div class="does">${waiting > 0 ? html`<p class="body sm ask">${mine("unsentHere", { n: waiting })}</p>` : nothing}<button ?disabled=${this.#leaving} @click=${this.#leave}>${mine(this.#leaving ? "signingOut" : "signOut")}</button></div>`;
  }

  #part(view: Exclude<View, "menu">) {
    if (view === "posts") void import("./posts");
    if (view === "sessions") void import("./sessions");
    if (view === "tokens") void import("./tokens");
    const done = (text: string) => {
      this.#go("menu");
      this.#said = text;
    };
    return html`<div class="hd"><button class="ib" aria-label=${mine("back")} title=${mine("back")} @click=${() => this.#go("menu")}>${icon("back")}</button><h2>${mine(titles[view])}</h2></div>
      <div class="body">${
        view === "password"
          ? html`<zb-own-password .done=${done}></zb-own-password>`
          : view === "sessions"
            ? html`<zb-own-sessions></zb-own-sessions>`
            : view === "posts"
              ? html`<zb-posts></zb-posts>`
              : html`<zb-own-tokens></zb-own-tokens>`
      }</div>`;
  }

  readonly #leave = async () => {
    this.#leaving = true;
    this.requestUpdate();
    try {
      await signOut();
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.body.status !== 401) {
        this.#leaving = false;
        this.#said = cause instanceof Problem ? told(cause) : mine("failed");
        return this.requestUpdate();
      }
    }
    location.assign("/"); // nothing of what was shown stays in memory
  };
}
customElements.define("zb-me", MeElement);

const titles = {
  menu: "account",
  posts: "posts",
  password: "changePassword",
  sessions: "sessions",
  tokens: "tokens",
} as const;

interface Typed {
  present: string;
  fresh: string;
  repeated: string;
}

/** The own password, changed by who knows the present one; all other sessions of the account end with that. */
class OwnPassword extends PageElement {
  done: (said: string) => void = () => {};
  #typed: Typed = { present: "", fresh: "", repeated: "" };
  #bad: { field: "present" | "fresh" | null; text: string } | null = null;
  #shown = false;
  #busy = false;

  protected pick(s: Readonly<State>) {
    return [s.me];
  }

  protected override render() {
    const account = this.state.me?.account ?? "";
    const { fresh, repeated } = this.#typed;
    const field = (id: keyof Typed, label: string, kind: "current-password" | "new-password", flip = false) =>
      secretField({
        id: `own-${id}`,
        label,
        kind,
        value: this.#typed[id],
        shown: this.#shown,
        bad: this.#bad?.field === id ? this.#bad.text : undefined,
        ...(id === "fresh" && { describedBy: "own-rules" }),
        input: (v) => {
          this.#typed[id] = v;
          this.#bad = null;
          this.requestUpdate();
        },
        ...(flip && {
          flip: () => {
            this.#shown = !this.#shown;
            this.requestUpdate();
          },
        }),
      });
    return html`<form class="rec" novalidate @submit=${this.#save}><input type="text" name="name" autocomplete="username" .value=${account} hidden readonly />
      <p class="mut sm">${mine("changeEnds")}</p>${field("present", mine("present"), "current-password", true)}${field("fresh", mine("fresh"), "new-password")}${field("repeated", mine("repeat"), "new-password")}
      <div id="own-rules">${rulesList(fresh, repeated, account)}</div>
      <div role="alert">${this.#bad && this.#bad.field === null ? html`<p class="bad">${this.#bad.text}</p>` : nothing}</div>
      <div class="end"><button class="btn pri" ?disabled=${this.#busy}>${mine(this.#busy ? "saving" : "save")}</button></div></form>`;
  }

  readonly #save = async (e: Event) => {
    e.preventDefault();
    if (this.#busy) return;
    const { present, fresh, repeated } = this.#typed;
    const account = this.state.me?.account ?? "";
    if (present === "") return this.#refuse("present", mine("passwordMissing"));
    if (!lawful(fresh, repeated, account)) return this.#refuse("fresh", mine("rulesUnmet"));
    this.#busy = true;
    this.#bad = null;
    this.requestUpdate();
    try {
      await changePassword(present, fresh);
      this.#typed = { present: "", fresh: "", repeated: "" };
      this.done(mine("changed"));
    } catch (cause) {
      if (!(cause instanceof Problem)) return this.#refuse(null, mine("failed"));
      const [first] = faultsOf(cause);
      const pointer = first?.pointer;
      this.#refuse(pointer === "/password" ? "present" : pointer === "/new_password" ? "fresh" : null, told(cause));
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  };

  #refuse(field: "present" | "fresh" | null, text: string): void {
    this.#bad = { field, text };
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }
}
customElements.define("zb-own-password", OwnPassword);
