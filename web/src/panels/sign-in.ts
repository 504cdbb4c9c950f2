import { html, nothing } from "lit";
import { type Door, fetchDoor, signIn } from "../api/account";
import { Problem } from "../api/client";
import type { Me } from "../api/types";
import { sentenceGap, t } from "../i18n";
import { mine } from "../i18n/me";
import type { State } from "../state/app";
import { PageElement } from "../ui/element";
import { clockTime } from "../ui/format";
import { doorHead, underGate } from "./door";
import { secretField } from "./secret";
import { told } from "./told";

const patience = 3_000; // between two tries to reach a server that is away

/** The door: account and password, or the issuer that people sign in by. Over a page whose session has ended only the password is asked for. */
export class SignIn extends PageElement {
  static override properties = { again: {} };
  /** The account that must come back, where a page waits behind. */
  declare again: string | null;
  entered: (me: Me) => void = () => {};
  /** What stands below the button in place of help, where a page waits behind. */
  below: () => unknown = () => nothing;
  #door: Door | null = null;
  #name = "";
  #password = "";
  #shown = false;
  #busy = false;
  #missing: "name" | "password" | null = null;
  #refused: { text: string; later: boolean } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.again = null;
  }

  protected pick(_: Readonly<State>) {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#look();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("input:not([hidden])")?.focus());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  /** What else this door offers comes a moment later; without it a password is asked for. */
  async #look(): Promise<void> {
    try {
      this.#door = await fetchDoor();
      this.requestUpdate();
    } catch (cause) {
      if (!(cause instanceof Problem) && this.isConnected) this.#timer = setTimeout(() => void this.#look(), patience);
    }
  }

  protected override render() {
    const { again } = this;
    const title = mine(again ? "again" : "signIn");
    return html`${again ? nothing : doorHead()}<div class="card">
      <form class="rec" novalidate aria-labelledby="door-h" @submit=${this.#submit}>
        <h2 id="door-h">${title}</h2>
        ${again ? html`<p class="mut">${mine("againLead")}</p>` : nothing}
        <div role="alert">${this.#refused ? html`<p class=${this.#refused.later ? "refused later" : "refused"}>${this.#refused.text}</p>` : nothing}</div>
        ${
          again
            ? html`<input type="text" name="name" autocomplete="username" .value=${again} hidden readonly /><dl class="kv"><dt>${mine("name")}</dt><dd class="data">${again}</dd></dl>`
            : html`<div class="fld"><label for="door-name">${mine("name")}</label><input class="inp" id="door-name" name="name" autocomplete="username" autocapitalize="off" spellcheck="false" maxlength="200" required .value=${this.#name} aria-invalid=${this.#missing === "name"} aria-describedby="door-name-s" @input=${(
                e: Event,
              ) => {
                this.#name = (e.target as HTMLInputElement).value;
                this.#typed();
              }} /><small id="door-name-s" class=${this.#missing === "name" ? "bad" : ""}>${this.#missing === "name" ? mine("nameMissing") : ""}</small></div>`
        }
        ${secretField({
          id: "door-password",
          label: mine("password"),
          value: this.#password,
          kind: "current-password",
          shown: this.#shown,
          bad: this.#missing === "password" ? mine("passwordMissing") : undefined,
          input: (v) => {
            this.#password = v;
            this.#typed();
          },
          flip: () => {
            this.#shown = !this.#shown;
            this.requestUpdate();
          },
        })}
        <button class="btn pri wide" ?disabled=${this.#busy}>${mine(this.#busy ? "signingIn" : "signIn")}</button>
      </form>${this.#issuer()}${again ? this.below() : html`<div class="foot">${this.#help()}</div>`}</div>`;
  }

  #issuer() {
    const oidc = this.#door?.oidc;
    if (!oidc) return nothing;
    if (oidc.ready === false) return html`<p class="mut sm">${mine("byAway", { name: oidc.name })}</p>`;
    const to = location.pathname + location.search + location.hash;
    const path = `/api/v1/session/oidc?to=${encodeURIComponent(to)}`;
    return html`<a class="btn wide" href=${path} target=${this.again ? "_blank" : nothing}>${mine("by", { name: oidc.name })}</a>`;
  }

  #help() {
    if (this.#door?.demo)
      return html`<p class="mut sm">${mine("demoHelp")}</p><code class="mono cmd" tabindex="0">zhengbei user reset officer --demo</code>`;
    return html`<p class="mut sm">${mine("help")}</p>`;
  }

  /** typed forgets what was said of what stood there before. */
  #typed(): void {
    this.#missing = null;
    this.#refused = null;
    this.requestUpdate();
  }

  readonly #submit = async (e: Event) => {
    e.preventDefault();
    if (this.#busy) return;
    const name = this.again ?? this.#name.trim();
    this.#missing = name === "" ? "name" : this.#password === "" ? "password" : null;
    this.#refused = null;
    this.requestUpdate();
    if (this.#missing) return this.#focus(`#door-${this.#missing}`);
    this.#busy = true;
    try {
      const me = await signIn(name, this.#password);
      this.#password = "";
      this.entered(me);
    } catch (cause) {
      this.#refused = refusalOf(cause);
      if (!this.#refused.later) this.#focus("#door-password");
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  };

  #focus(what: string): void {
    void this.updateComplete.then(() => {
      const field = this.querySelector<HTMLInputElement>(what);
      field?.focus();
      field?.select();
    });
  }
}
customElements.define("zb-sign-in", SignIn);

/** refusalOf says why somebody does not get in; where it is a matter of time, until when. */
export function refusalOf(cause: unknown): { text: string; later: boolean } {
  if (!(cause instanceof Problem)) return { text: mine("failed"), later: true };
  const { retryAfter, body, message } = cause;
  if (body.status !== 429 || retryAfter === null) return { text: told(cause), later: false };
  const time = clockTime(new Date(Date.now() + retryAfter * 1000 + 59_999)); // the minute after, so that it is true
  return { text: [message, mine("lockedUntil", { time })].join(sentenceGap()), later: true };
}

/** atDoor shows the door in place of the page, and answers who came in. */
export function atDoor(): Promise<Me> {
  document.title = t("app.name");
  return underGate<Me>((done) => {
    const door = new SignIn();
    door.entered = done;
    return door;
  });
}
