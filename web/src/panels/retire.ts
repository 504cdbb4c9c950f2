import { html, nothing } from "lit";
import { getTagged, Problem, query, Unreachable } from "../api/client";
import type { Collection, LandFeature } from "../api/types";
import { word } from "../i18n/write";
import type { State } from "../state/app";
import { away } from "../state/load";
import { isDay, minuteOf } from "../ui/format";
import { FormElement, none, onEscape } from "./form";

/** A feature ends with a reason, and never by mistake: its code is typed first. Its history stays. */
class RetireElement extends FormElement {
  static override properties = { collection: {}, code: {} };
  declare collection: Collection;
  declare code: string;
  #of = "";
  #open = false;
  #tag = "";
  #typed = { code: "", reason: "", document: "", from: "" };

  protected pick(s: Readonly<State>) {
    return [s.known, s.round, s.phone];
  }

  protected override willUpdate(): void {
    const of = `${this.collection}/${this.code}`;
    if (of !== this.#of) this.#leave();
    this.#of = of;
  }

  protected override render() {
    if (this.state.known !== null) return nothing;
    const name = word("retireOf", { what: this.code });
    if (!this.#open)
      return html`<button class="btn row-open" aria-label=${name} title=${name} ?disabled=${this.busy} @click=${() => void this.#begin()}>${word("retire")}</button>${this.says(this.told)}`;
    const typed = this.#typed;
    const day = typed.from || (this.state.round?.default_at ?? "");
    const other = typed.code !== "" && !this.code.startsWith(typed.code.trim().toUpperCase());
    this.shown.clear();
    const row = (key: keyof typeof typed, pointer: string, label: string, more: object = {}) =>
      this.row({
        pointer,
        label,
        type: key === "from" ? "date" : "text",
        value: typed[key],
        set: (v) => {
          typed[key] = v;
        },
        ...more,
      });
    const rows = html`${row("code", "code", word("retireSure", { code: this.code }), {
      wrong: other ? word("retireOther") : undefined,
    })}
      ${row("reason", "?reason", word("reason"), { required: true })}
      ${row("document", "?document_no", word("document"), { note: word("optional") })}
      ${row("from", "?valid_from", word("validFrom"), { note: word("optional") })}`;
    return html`<form class="rec" novalidate aria-labelledby=${`${this.formId}-h`} @submit=${this.#save} @keydown=${onEscape(this.#close)}>
      <h3 id=${`${this.formId}-h`}>${name}</h3><p class="mut">${word("retireSays", { what: this.code, day })}</p>
      ${rows}${this.foot({ cancel: this.#close, save: word("retire") })}</form>`;
  }

  #leave(): void {
    this.#open = false;
    this.problems = none;
    this.told = [];
    this.#typed = { code: "", reason: "", document: "", from: "" };
  }

  readonly #close = () => {
    this.#leave();
    this.focusOn(".row-open");
  };

  readonly #save = async (e: Event) => {
    e.preventDefault();
    const { code, reason, document, from } = this.#typed;
    if (this.busy) return;
    if (code.trim().toUpperCase() !== this.code) {
      this.problems = new Map([["code", [word("retireOther")]]]);
      return this.focusOn('[aria-invalid="true"]');
    }
    if (from && !isDay(from)) return this.focusOn('[aria-invalid="true"]');
    this.begin();
    const asked = query({ reason: reason.trim(), document_no: document.trim(), valid_from: from });
    const what = this.code;
    const said = () => [word("retired", { what })];
    const written = {
      path: this.#path + asked,
      method: "DELETE",
      match: this.#tag,
      what: { act: "retire", subject: this.code, day: from },
    } as const;
    const sent = await this.send(written, said);
    this.busy = false;
    if (sent.kind === "refused") {
      this.refuse(sent.problem);
      if (sent.problem.body.status === 412) await this.#stale();
      return;
    }
    this.#leave();
    this.told = sent.kind === "answered" ? said() : this.kept();
    this.focusOn(".row-open");
  };

  get #path(): string {
    return `/ogc/collections/${this.collection}/items/${encodeURIComponent(this.code)}`;
  }

  async #begin(): Promise<void> {
    this.begin();
    this.#open = (await this.#read()) !== null;
    this.busy = false;
    if (this.#open) this.begins();
    else this.requestUpdate();
  }

  /** Somebody saved meanwhile: whoever goes on knows who and when, and ends what stands now. */
  async #stale(): Promise<void> {
    const present = await this.#read();
    if (!present) return this.requestUpdate();
    const { version, updated_at, updated_by } = present.properties;
    this.problems = none;
    this.told = [
      word("staleTitle", { n: version }),
      word("staleWho", { at: minuteOf(updated_at), by: updated_by }),
      word("staleRetire"),
    ];
    this.requestUpdate();
  }

  /** What ends is what was there when the form was opened. */
  async #read(): Promise<LandFeature | null> {
    try {
      const { value, tag } = await getTagged<LandFeature>(this.#path);
      this.#tag = tag;
      return value;
    } catch (cause) {
      if (cause instanceof Problem) this.told = [cause.message];
      else if (cause instanceof Unreachable) {
        away();
        this.told = [word("lost")];
      } else throw cause;
      return null;
    }
  }
}
customElements.define("zb-retire", RetireElement);
