import { html, nothing, type ReactiveControllerHost } from "lit";
import { Problem, Unreachable } from "../api/client";
import { type Report, type Said, verifyTrail } from "../api/trail";
import { sentenceGap } from "../i18n";
import { trail } from "../i18n/audit";
import { away } from "../state/load";
import { secondOf } from "../state/trail";
import { number } from "../ui/format";
import { icon } from "../ui/icons";
import { onEscape } from "./form";

/** The verification of the whole trail, and what it found in words. */
export class Verification {
  readonly #host: ReactiveControllerHost & HTMLElement;
  #busy = false;
  #found: Report | null = null;
  #failed = "";

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
  }

  button() {
    return html`<button class="btn verify" title=${trail("verifyHint")} ?disabled=${this.#busy} @click=${() => void this.#run()}>${trail(this.#busy ? "verifying" : "verify")}</button>`;
  }

  /** verdict lies over the records, which stay where they are, until it is put away. */
  verdict() {
    const r = this.#found;
    if (!r && !this.#failed) return nothing;
    const tone = !r ? "calm" : r.whole ? "" : "bad";
    const says = r
      ? html`${r.whole ? whole(r) : broken(r)}${r.notes.map((n) => html`<p class="data">${said(n)}</p>`)}`
      : html`<p>${this.#failed}</p>`;
    return html`<section class="pop verdict ${tone}" aria-label=${trail("verdict")} @keydown=${onEscape(this.#away)}><div role=${r?.whole ? "status" : "alert"}>${says}</div><button class="ib" aria-label=${trail("putAway")} title=${trail("putAway")} @click=${this.#away}>${icon("close")}</button></section>`;
  }

  readonly #away = () => {
    this.#failed = "";
    this.#found = null;
    this.#host.requestUpdate();
    this.#host.querySelector<HTMLElement>(".verify")?.focus();
  };

  async #run(): Promise<void> {
    this.#busy = true;
    this.#failed = "";
    this.#found = null;
    this.#host.requestUpdate();
    try {
      this.#found = await verifyTrail();
    } catch (cause) {
      if (cause instanceof Unreachable) away();
      else if (!(cause instanceof Problem)) throw cause;
      this.#failed = cause instanceof Problem ? cause.message : trail("verifyFailed");
    } finally {
      this.#busy = false;
      this.#host.requestUpdate();
    }
  }
}

const said = ({ detail, mend }: Said) => [detail, mend].filter(Boolean).join(sentenceGap());

function whole({ records, waiting, last, since, until }: Report) {
  if (records === 0) return html`<p><b>${trail("wholeNone")}</b></p>${still(waiting)}`;
  return html`<p><b>${trail("whole", { n: number(records), seq: number(last?.seq ?? 0) })}</b></p>
    ${since && until ? html`<p>${trail("span", { since: secondOf(since), until: secondOf(until) })}</p>` : nothing}${still(waiting)}${last ? html`<p class="sm">${trail("lastSeal")} <span class="mono data">${last.hash}</span></p>` : nothing}`;
}

const still = (waiting: number) => (waiting > 0 ? html`<p>${trail("waiting", { n: number(waiting) })}</p>` : nothing);

function broken({ faults, more }: Report) {
  return html`<p><b>${trail("broken")}</b></p><ul class="data">${faults.map((f) => html`<li>${said(f)}</li>`)}</ul>${more > 0 ? html`<p>${trail("brokenMore", { n: number(more) })}</p>` : nothing}<p>${trail("mend")}</p>`;
}
