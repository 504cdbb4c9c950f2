import { html, nothing } from "lit";
import { enterByLink, readLink, setPassword } from "../api/account";
import { Problem } from "../api/client";
import type { Link, Me } from "../api/types";
import { t } from "../i18n";
import { mine } from "../i18n/me";
import { roleName } from "../i18n/roles";
import type { State } from "../state/app";
import { PageElement } from "../ui/element";
import { minuteOf } from "../ui/format";
import { doorHead, underGate } from "./door";
import { lawful, rulesList, secretField } from "./secret";
import { faultsOf, told } from "./told";

/** What a one-time link opens: whose it is and for what, a password that is set twice, or in a demonstration one button. */
class Welcome extends PageElement {
  secret = "";
  entered: (me: Me) => void = () => {};
  #link: Link | null = null;
  #problem: Problem | "away" | null = null;
  #refused: string | null = null;
  #password = "";
  #repeated = "";
  #shown = false;
  #tried = false;
  #waits = false;
  #busy = false;

  protected pick(_: Readonly<State>) {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#read();
  }

  async #read(): Promise<void> {
    this.#problem = null;
    if (this.secret === "") return;
    try {
      this.#link = await readLink(this.secret);
    } catch (cause) {
      this.#problem = cause instanceof Problem ? cause : "away";
    }
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLElement>("input, .card .pri, h2")?.focus();
  }

  protected override render() {
    return html`${doorHead()}<div class="card">${this.#card()}</div>`;
  }

  #card() {
    if (this.#waits)
      return html`<h2 tabindex="-1">${mine("passwordSet")}</h2><p role="status">${mine("waitsForRole")}</p>${this.#toSignIn()}`;
    if (this.secret === "")
      return html`<h2 tabindex="-1">${mine("welcome")}</h2><p>${mine("linkMissing")}</p>${this.#toSignIn()}`;
    if (this.#problem === "away")
      return html`<h2 tabindex="-1">${mine("welcome")}</h2><p role="alert">${mine("failed")}</p><button class="btn wide" @click=${() => void this.#read()}>${mine("retry")}</button>`;
    if (this.#problem) return this.#spent(this.#problem);
    const link = this.#link;
    if (!link) return html`<h2>${mine("welcome")}</h2><p class="mut" role="status">${mine("reading")}</p>`;
    const signsIn = link.purpose === "sign_in";
    const title = mine(signsIn ? "enterDemo" : "choose");
    return html`<form class="rec" novalidate aria-labelledby="welcome-h" @submit=${this.#submit}>
      <h2 id="welcome-h">${signsIn ? mine("welcome") : title}</h2>
      <dl class="kv"><dt>${mine("linkFor")}</dt><dd class="data">${[link.person, link.account].filter(Boolean).join(" · ")}</dd>
        <dt>${mine("linkRole")}</dt><dd>${link.role ? roleName(link.role) : mine("linkNoRole")}</dd></dl>
      ${signsIn ? nothing : this.#secrets(link.account)}
      <div role="alert">${this.#refused ? html`<p class="refused">${this.#refused}</p>` : nothing}</div>
      <button class="btn pri wide" ?disabled=${this.#busy}>${signsIn ? title : mine(this.#busy ? "saving" : "setIt")}</button>
    </form><div class="foot"><p class="mut sm">${mine("linkUntil", { time: minuteOf(link.expires_at) })}</p></div>`;
  }

  #secrets(account: string) {
    const flip = () => {
      this.#shown = !this.#shown;
      this.requestUpdate();
    };
    const typed = (set: (v: string) => void) => (v: string) => {
      set(v);
      this.#refused = null;
      this.requestUpdate();
    };
    const wrong = this.#tried && !lawful(this.#password, this.#repeated, account);
    return html`<input type="text" name="name" autocomplete="username" .value=${account} hidden readonly />
      ${secretField({
        id: "welcome-password",
        label: mine("password"),
        value: this.#password,
        kind: "new-password",
        shown: this.#shown,
        bad: wrong ? mine("rulesUnmet") : undefined,
        describedBy: "welcome-rules",
        input: typed((v) => {
          this.#password = v;
        }),
        flip,
      })}
      ${secretField({
        id: "welcome-repeat",
        label: mine("repeat"),
        value: this.#repeated,
        kind: "new-password",
        shown: this.#shown,
        input: typed((v) => {
          this.#repeated = v;
        }),
      })}
      <div id="welcome-rules">${rulesList(this.#password, this.#repeated, account)}</div>`;
  }

  /** A link that was used, has expired or never was: what happened is the server's sentence, what to do is said here. */
  #spent(problem: Problem) {
    return html`<h2 tabindex="-1">${mine("welcome")}</h2><p role="alert" class="refused later">${problem.message}</p>
      <p>${faultsOf(problem)[0]?.mend ?? mine("linkNext")}</p>${this.#toSignIn()}`;
  }

  #toSignIn = () => html`<a class="btn wide" href="/">${mine("toSignIn")}</a>`;

  readonly #submit = async (e: Event) => {
    e.preventDefault();
    const link = this.#link;
    if (!link || this.#busy) return;
    this.#tried = true;
    this.#refused = null;
    const signsIn = link.purpose === "sign_in";
    if (!signsIn && !lawful(this.#password, this.#repeated, link.account)) {
      this.requestUpdate();
      return this.querySelector<HTMLElement>("#welcome-password")?.focus();
    }
    this.#busy = true;
    this.requestUpdate();
    try {
      const me = await (signsIn ? enterByLink(this.secret) : setPassword(this.secret, this.#password));
      this.secret = this.#password = this.#repeated = "";
      if (me) this.entered(me);
      else this.#waits = true;
    } catch (cause) {
      if (cause instanceof Problem && (cause.body.status === 404 || cause.body.status === 410)) this.#problem = cause;
      else this.#refused = cause instanceof Problem ? told(cause) : mine("failed");
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  };
}
customElements.define("zb-welcome", Welcome);

/** welcome takes the secret of a link and answers who came in by it. */
export function welcome(secret: string): Promise<Me> {
  document.title = t("app.name");
  return underGate<Me>((done) => {
    const page = new Welcome();
    page.secret = secret;
    page.entered = done;
    return page;
  });
}
