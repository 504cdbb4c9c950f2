import { html, nothing, type TemplateResult } from "lit";
import type { Problem } from "../api/client";
import { t } from "../i18n";
import { say } from "../i18n/record";
import { word } from "../i18n/write";
import type { Sent } from "../state/unsent";
import { PageElement } from "../ui/element";
import { isDay } from "../ui/format";
import { atField, others, type Problems, problemsOf, type Written, whole, write } from "./send";
import { sentenceOf } from "./sentence";

export const none: Problems = new Map();
let forms = 0;

export interface Labelled {
  pointer: string;
  label: string;
  /** What is said of it once and for all, as that it may be left empty; it stands beside the label. */
  note?: string | undefined;
  hint?: string;
  /** What the page itself finds wrong while it is typed. */
  wrong?: string | undefined;
}

export interface Control extends Labelled {
  type: "text" | "long" | "number" | "date";
  value: string;
  set: (value: string) => void;
  required?: boolean;
}

/** What every change says of itself: why, the document that it rests on, since when it holds. */
export interface Why {
  reason: string;
  document: string;
  from: string;
}

interface Foot {
  cancel?: (() => void) | undefined;
  /** Tries what would be written and writes nothing. */
  check?: (() => void) | undefined;
  save?: string;
  leave?: string;
  /** Whether there is nothing that may be saved. */
  off?: boolean;
}

/** A form: fields with what is wrong beside each, other faults above its buttons, and what was typed kept whatever happens. */
export abstract class FormElement extends PageElement {
  protected problems = none;
  protected told: readonly string[] = [];
  protected busy = false;
  protected readonly formId = `form${++forms}`;
  /** The pointers of the fields that the form shows; a fault of another one stands above the buttons. */
  protected readonly shown = new Set<string>();
  /** What the fields are called, and what they may be, by pointer. */
  readonly #labels = new Map<string, string>();
  readonly #options = new Map<string, readonly string[]>();
  #kept: readonly string[] = [];

  protected row({ pointer, label, note, type, value, set, required = false, hint = "", wrong }: Control) {
    const input = (e: Event) => {
      set((e.target as HTMLInputElement).value);
      this.touched(pointer);
    };
    const day = type === "date";
    const native = day && this.state.phone; // a phone has a calendar of its own; elsewhere a day is written as everywhere
    const misread = day && value !== "" && !isDay(value) ? t("date.bad") : wrong;
    const said = day && !native ? [t("date.form"), hint].filter(Boolean).join(t("list.comma")) : hint;
    return this.labelled({ pointer, label, note, hint: said, wrong: misread }, (id, bad) =>
      type === "long"
        ? html`<textarea class="inp" id=${id} rows="2" .value=${value} aria-invalid=${bad} aria-describedby=${`${id}-s`} @input=${input}></textarea>`
        : html`<input class="inp" id=${id} type=${native ? "date" : "text"} inputmode=${type === "number" ? "decimal" : nothing} autocomplete="off" .value=${value} ?required=${required} aria-invalid=${bad} aria-describedby=${`${id}-s`} @input=${input} />`,
    );
  }

  /** why asks what every change says of itself; at is where it is sent, and what is new corrects nothing. */
  protected why(draft: Why, at: (name: string) => string, { fresh = false, document = true } = {}) {
    return html`${this.row({
      pointer: at("reason"),
      label: word("reason"),
      type: "text",
      value: draft.reason,
      required: true,
      set: (v) => {
        draft.reason = v;
      },
    })}${
      document
        ? this.row({
            pointer: at("document_no"),
            label: word("document"),
            note: word("optional"),
            type: "text",
            value: draft.document,
            set: (v) => {
              draft.document = v;
            },
          })
        : nothing
    }${this.row({
      pointer: at("valid_from"),
      label: word("validFrom"),
      note: word("optional"),
      hint: word(fresh ? "validFromNew" : "validFromHint", { day: this.state.round?.default_at ?? "" }),
      type: "date",
      value: draft.from,
      set: (v) => {
        draft.from = v;
      },
    })}`;
  }

  protected choice(
    l: Labelled,
    value: string,
    choices: readonly (readonly [string, string])[],
    set: (v: string) => void,
  ) {
    this.#options.set(
      l.pointer,
      choices.flatMap(([v, name]) => (v === "" ? [] : [name])),
    );
    return this.labelled(
      l,
      (id, bad) =>
        html`<select class="inp" id=${id} aria-invalid=${bad} aria-describedby=${`${id}-s`} @change=${(e: Event) => {
          set((e.target as HTMLSelectElement).value);
          this.touched(l.pointer);
        }}>${choices.map(([v, name]) => html`<option value=${v} ?selected=${v === value}>${name}</option>`)}</select>`,
    );
  }

  protected labelled(l: Labelled, control: (id: string, bad: boolean) => TemplateResult) {
    this.shown.add(l.pointer);
    this.names(l.pointer, l.label);
    const id = this.idOf(l.pointer);
    const problem = this.fault(l.pointer) ?? l.wrong;
    return html`<div class="fld"><label for=${id}>${l.label}${l.note ? html` <i>${l.note}</i>` : nothing}</label>${control(id, problem !== undefined)}<small id=${`${id}-s`} class=${problem ? "bad data" : ""}>${whole(problem ?? l.hint ?? "")}</small></div>`;
  }

  /** names notes what a field is called, so that a fault of it is told under that name. */
  protected names(pointer: string, label: string): void {
    this.#labels.set(pointer, label);
  }

  protected idOf = (pointer: string): string => this.formId + pointer.replace(/\W/g, "-");

  protected fault = (pointer: string): string | undefined => atField(this.problems, pointer);

  /** touched forgets what was said of what stood there before. */
  protected touched(pointer: string): void {
    this.told = [];
    this.problems = new Map([...this.problems].filter(([p]) => p !== pointer && !p.startsWith(`${pointer}/`)));
    this.requestUpdate();
  }

  /** foot is the end of a form: faults of no field, what was found, the way out at the left and the one action at the right. */
  protected foot({ cancel, check, save = say("save"), leave = say("cancel"), off = false }: Foot) {
    return html`<div class="end">
        ${others(this.problems, (pointer) => this.shown.has(pointer))}
        ${this.says(this.told)}
        ${cancel ? html`<button type="button" class="btn" @click=${cancel}>${leave}</button>` : nothing}<span class="grow"></span>${
          check
            ? html`<button type="button" class="btn" ?disabled=${this.busy} @click=${check}>${say("check")}</button>`
            : nothing
        }<button class="btn pri" ?disabled=${this.busy || off}>${this.busy ? say("saving") : save}</button></div>`;
  }

  protected says(lines: readonly string[]) {
    return html`<div class="rec-told" role="status">${lines.map((line) => html`<p>${whole(line)}</p>`)}</div>`;
  }

  protected begin(): void {
    this.busy = true;
    this.problems = none;
    this.told = [];
    this.requestUpdate();
  }

  protected refuse(problem: Problem): void {
    this.busy = false;
    this.problems = problemsOf(problem, (fault) =>
      sentenceOf(fault, this.#labels.get(fault.pointer ?? ""), this.#options.get(fault.pointer ?? "")),
    );
    this.told = [];
    this.focusOn('[aria-invalid="true"]');
  }

  /** send writes what the form holds. Where no answer comes the form says that it is kept, and once one has come, what it was. */
  protected async send(written: Written, said: (answer: unknown) => readonly string[]): Promise<Sent> {
    const sent = await write(written, (became) => {
      if (this.told !== this.#kept) return; // it speaks of something else by now
      this.#kept = became === null ? [] : became.kind === "answered" ? said(became.answer) : [became.problem.message];
      this.told = this.#kept;
      this.requestUpdate();
    });
    this.#kept = [word("kept")];
    return sent;
  }

  /** kept is what is told of a write that was not answered. */
  protected kept(): readonly string[] {
    return this.#kept;
  }

  protected focusOn(what: string): void {
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const found = this.querySelector<HTMLElement>(what);
      (found?.matches("fieldset") ? found.querySelector<HTMLElement>(".inp") : found)?.focus(); // a list has the focus in what it holds
      found?.closest(".fld, .lines")?.scrollIntoView({ block: "nearest" }); // with what is said of it
    });
  }

  /** begins shows a form that was opened from its head on. */
  protected begins(): void {
    this.focusOn("form .inp");
    void this.updateComplete.then(() => this.querySelector("form")?.scrollIntoView({ block: "start" }));
  }
}

/** onEscape leaves a form by the key that leaves everything, save while a word is composed. */
export const onEscape = (leave: () => void) => (e: KeyboardEvent) => {
  if (e.key !== "Escape" || e.isComposing || e.defaultPrevented) return;
  e.stopPropagation();
  leave();
};
