import { html, nothing } from "lit";
import type { Fact } from "../api/types";
import { say } from "../i18n/record";
import type { State } from "../state/app";
import { PageElement } from "../ui/element";
import { factName } from "./facts";
import { onEscape } from "./form";
import { atField, others, type Problems, problemsOf, write } from "./send";

interface Voiding {
  reason: string;
  problems: Problems;
  busy: boolean;
}

const voiding = new Map<number, Voiding>(); // by fact, so that a list that moves never puts a reason to another fact

/** A fact is taken back with a reason; what rests on it refuses that, and the server names it. */
class VoidElement extends PageElement {
  static override properties = { fact: {} };
  declare fact: Fact;

  protected pick(s: Readonly<State>) {
    return [s.known];
  }

  protected override render() {
    const { fact } = this;
    const open = fact.voided_by === null && this.state.known === null ? voiding.get(fact.id) : undefined;
    this.classList.toggle("voiding", open !== undefined);
    if (fact.voided_by !== null || this.state.known !== null) return nothing;
    const name = say("voidOf", { kind: factName(fact.kind), day: fact.occurred_on });
    if (!open)
      return html`<button class="lk void" aria-label=${name} title=${name} @click=${this.#open}>${say("void")}</button>`;
    const id = `void-${fact.id}`;
    const bad = atField(open.problems, "/reason");
    return html`<form class="rec" novalidate aria-label=${name} @submit=${this.#save} @keydown=${onEscape(this.#close)}>
      ${others(open.problems, (pointer) => pointer === "/reason")}
      <div class="fld"><label for=${id}>${say("reason")}</label><input class="inp" id=${id} required autocomplete="off" .value=${open.reason} aria-invalid=${bad !== undefined} aria-describedby=${`${id}-s`} @input=${(
        e: Event,
      ) => {
        open.reason = (e.target as HTMLInputElement).value;
      }} /><small id=${`${id}-s`} class=${bad ? "bad data" : ""}>${bad ?? ""}</small></div>
      <div class="end"><button type="button" class="btn" @click=${this.#close}>${say("cancel")}</button><span class="grow"></span><button class="btn pri" ?disabled=${open.busy}>${say(open.busy ? "saving" : "save")}</button></div>
    </form>`;
  }

  readonly #open = () => {
    voiding.set(this.fact.id, { reason: "", problems: new Map(), busy: false });
    this.#focus("input");
  };

  readonly #close = () => {
    voiding.delete(this.fact.id);
    this.#focus("button");
  };

  readonly #save = async (e: Event) => {
    e.preventDefault();
    const { id, kind, occurred_on, subject } = this.fact;
    const open = voiding.get(id);
    if (!open || open.busy) return;
    open.busy = true;
    this.requestUpdate();
    const what = { kind, subject: subject.id, day: occurred_on };
    const sent = await write({ path: `/api/v1/facts/${id}/void`, body: { reason: open.reason.trim() }, what });
    open.busy = false;
    if (sent.kind === "refused") {
      open.problems = problemsOf(sent.problem);
      return this.#focus("input");
    }
    voiding.delete(id);
    const row = this.closest("li");
    if (row) row.tabIndex = -1;
    row?.focus(); // its button is gone; the row says now that it is voided
    this.requestUpdate();
  };

  #focus(what: string) {
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(what)?.focus());
  }
}
customElements.define("zb-void", VoidElement);
