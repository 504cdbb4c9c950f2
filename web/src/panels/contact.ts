import { html, nothing } from "lit";
import { getJson, Problem, postJson } from "../api/client";
import type { Party } from "../api/types";
import { contactWord } from "../i18n/contact";
import { say } from "../i18n/record";
import type { State } from "../state/app";
import { adopt } from "../ui/adopt";
import { PageElement } from "../ui/element";
import { callOf } from "../ui/telephone";
import { onEscape } from "./form";
import { atField, others, type Problems, problemsOf } from "./send";
import { Source } from "./source";

adopt(`
zb-contact { display: contents; }
zb-contact .rec { margin-bottom: 8px; text-align: left; white-space: normal; }
@media (pointer: coarse) { zb-contact :is(a, .lk) { display: inline-flex; align-items: center; min-height: 44px; } }
`);

type Numbers = Pick<Party, "phone" | "id_number">;

/** By what a party is reached: masked, and in the clear to whoever says why, until it is hidden or left. */
class ContactElement extends PageElement {
  static override properties = { code: {} };
  declare code: string;
  readonly #masked = new Source<Numbers>(this);
  #clear: Numbers | null = null;
  #of = "";
  #open = false;
  #reason = "";
  #busy = false;
  #problems: Problems = new Map();

  protected pick(s: Readonly<State>) {
    return [s.known, s.revision];
  }

  protected override willUpdate(): void {
    const { code } = this;
    if (code !== this.#of) this.#hide(); // of another party
    this.#of = code;
    if (this.state.known === null)
      this.#masked.ask(code, String(this.state.revision), () =>
        getJson<Party>(`/api/v1/parties/${encodeURIComponent(code)}`),
      );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#hide();
  }

  protected override render() {
    const masked = this.#masked.value;
    if (this.state.known !== null || !masked || (!masked.phone && !masked.id_number)) return nothing; // numbers have no history
    const { phone, id_number } = this.#clear ?? masked;
    const tel =
      phone && this.#clear
        ? html`<a class="nw data" href=${callOf(phone)} aria-label=${contactWord("call", { number: phone })}>${phone}</a> `
        : phone && html`<span class="nw data">${phone}</span> `;
    const shown = this.#clear !== null;
    return html`${tel || nothing}${id_number ? html`<span class="nw data">${id_number}</span> ` : nothing}<button class="lk nw" aria-expanded=${this.#open} aria-label=${contactWord(shown ? "hideOf" : "showOf", { what: this.code })} @click=${this.#press}>${contactWord(shown ? "hide" : "show")}</button>${this.#open ? this.#form() : nothing}`;
  }

  #form() {
    const id = `contact-${this.code}`;
    const bad = atField(this.#problems, "/reason");
    return html`<form class="rec" novalidate aria-label=${contactWord("showOf", { what: this.code })} @submit=${this.#ask} @keydown=${onEscape(this.#close)}>
      ${others(this.#problems, (pointer) => pointer === "/reason")}
      <div class="fld"><label for=${id}>${contactWord("reason")}</label><input class="inp" id=${id} required autocomplete="off" .value=${this.#reason} aria-invalid=${bad !== undefined} aria-describedby=${`${id}-s`} @input=${(
        e: Event,
      ) => {
        this.#reason = (e.target as HTMLInputElement).value;
      }} /><small id=${`${id}-s`} class=${bad ? "bad data" : ""}>${bad ?? contactWord("reasonHint")}</small></div>
      <div class="end"><button type="button" class="btn" @click=${this.#close}>${say("cancel")}</button><span class="grow"></span><button class="btn pri" ?disabled=${this.#busy}>${contactWord("show")}</button></div>
    </form>`;
  }

  #hide(): void {
    this.#clear = null;
    this.#open = false;
    this.#reason = "";
    this.#problems = new Map();
  }

  readonly #press = () => {
    const opens = !this.#clear && !this.#open;
    this.#hide();
    this.#open = opens;
    this.#focus(opens ? "input" : "button");
  };

  readonly #close = () => {
    this.#hide();
    this.#focus("button");
  };

  readonly #ask = async (e: Event) => {
    e.preventDefault();
    if (this.#busy) return;
    const { code } = this;
    this.#busy = true;
    this.#problems = new Map();
    this.requestUpdate();
    try {
      const clear = await postJson<Numbers>(`/api/v1/parties/${encodeURIComponent(code)}/unmask`, {
        reason: this.#reason.trim(),
      });
      if (code !== this.#of || !this.isConnected) return;
      this.#hide();
      this.#clear = clear;
      this.#focus("a, button");
    } catch (cause) {
      this.#problems = cause instanceof Problem ? problemsOf(cause) : new Map([["", [contactWord("lost")]]]);
      this.#focus("input");
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  };

  #focus(what: string): void {
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(what)?.focus());
  }
}
customElements.define("zb-contact", ContactElement);
