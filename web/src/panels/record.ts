import { html, nothing, type TemplateResult } from "lit";
import { getJson, Problem, request, Unreachable } from "../api/client";
import { t } from "../i18n";
import { say } from "../i18n/record";
import { app, type State } from "../state/app";
import { away } from "../state/load";
import { type Field, fieldsOf, inLanguage, kindsOf, type ValueSchemas, valueFrom } from "../state/value";
import { PageElement } from "../ui/element";
import { isDay } from "../ui/format";
import { icon } from "../ui/icons";
import { factName } from "./facts";
import { atField, others, type Problems, problemsOf, write } from "./send";
import { Source } from "./source";

/** The kind of fact that is recorded most, of each thing that has the form. */
const usual = { holding: "visited", contract: "offered" } as const;

interface Draft {
  kind: string;
  day: string;
  note: string;
  value: Record<string, string>;
  evidence: { name: string; document_no: string }[];
}

const drafts = new Map<string, Draft>(); // what was typed outlasts the closing of what it was typed into
const none: Problems = new Map();
let forms = 0;

interface Labelled {
  pointer: string;
  label: string;
  hint?: string;
  /** What the page itself finds wrong while it is typed. */
  wrong?: string | undefined;
}

interface Control extends Labelled {
  type: "text" | "long" | "number" | "date";
  value: string;
  set: (value: string) => void;
  required?: boolean;
}

/** The form that records a fact of a holding or a contract, below what is known of it. */
class RecordElement extends PageElement {
  static override properties = { kind: {}, code: {} };
  declare kind: keyof typeof usual;
  declare code: string;
  readonly #schemas = new Source<ValueSchemas>(this);
  readonly #id = `rec${++forms}`;
  #of = "";
  #language = "";
  #problems = none;
  #told: readonly string[] = [];
  #busy = false;

  protected pick(s: Readonly<State>) {
    return [s.known, s.round, s.awaySince];
  }

  get #draft(): Draft | undefined {
    return drafts.get(this.#of);
  }

  protected override willUpdate(): void {
    const of = `${this.kind}:${this.code}`;
    const { language, awaySince } = this.state;
    if (of !== this.#of || language !== this.#language) {
      if (of !== this.#of || !this.#draft) this.#told = [];
      this.#problems = none; // of another thing, or said in the other language
    }
    this.#of = of;
    this.#language = language;
    if (this.#draft) this.#schemas.ask("", String(awaySince), () => getJson<ValueSchemas>("/docs/facts/schema.json"));
  }

  protected override render() {
    if (this.state.known !== null) return nothing; // what is recorded now was not known then
    const draft = this.#draft;
    return html`${draft ? this.#form(draft) : html`<button class="btn rec-open" @click=${this.#open}>${icon("plus", true)}${say("record")}</button>`}
      <div class="rec-told" role="status">${draft ? nothing : this.#told.map((text) => html`<p>${text}</p>`)}</div>`;
  }

  #form(draft: Draft) {
    const fields = fieldsOf(this.#schemas.value?.$defs[draft.kind]);
    const says = inLanguage(this.#schemas.value?.$defs[draft.kind]?.description);
    const shown = new Set<string>();
    const row = (c: Control) => {
      shown.add(c.pointer);
      return this.#row(c);
    };
    const rows = html`
      ${this.#choice(draft, says, shown)}
      ${row({
        pointer: "/occurred_on",
        label: say("day"),
        type: "date",
        value: draft.day,
        required: true,
        set: (v) => {
          draft.day = v;
        },
      })}
      ${fields.map((f) => this.#field(f, draft, shown))}
      ${row({
        pointer: "/note",
        label: say("note"),
        type: "long",
        value: draft.note,
        set: (v) => {
          draft.note = v;
        },
      })}
      ${draft.evidence.map(
        (e, i) => html`<fieldset class="evi"><legend>${say("evidence")} ${i + 1}</legend>
        ${row({
          pointer: `/evidence/${i}/name`,
          label: say("evidenceName"),
          type: "text",
          value: e.name,
          set: (v) => {
            e.name = v;
          },
        })}
        ${row({
          pointer: `/evidence/${i}/document_no`,
          label: say("evidenceNo"),
          type: "text",
          value: e.document_no,
          set: (v) => {
            e.document_no = v;
          },
        })}
        <button type="button" class="ib" aria-label=${say("dropEvidence", { n: i + 1 })} title=${say("dropEvidence", { n: i + 1 })} @click=${() => this.#dropEvidence(draft, i)}>${icon("close")}</button></fieldset>`,
      )}
      <button type="button" class="lk add" @click=${() => this.#addEvidence(draft)}>${icon("plus", true)}${say("addEvidence")}</button>`;
    return html`<form class="rec" novalidate aria-labelledby=${`${this.#id}-h`} @submit=${this.#save} @keydown=${(
      e: KeyboardEvent,
    ) => {
      if (e.key !== "Escape" || e.isComposing) return;
      e.stopPropagation();
      this.#close();
    }}>
      <h3 id=${`${this.#id}-h`}>${say("title", { subject: this.code })}</h3>
      ${rows}
      <div class="end">
        ${others(this.#problems, (pointer) => shown.has(pointer))}
        <div class="rec-told" role="status">${this.#told.map((text) => html`<p>${text}</p>`)}</div>
        <button type="button" class="btn" @click=${this.#close}>${say("cancel")}</button><span class="grow"></span><button type="button" class="btn" ?disabled=${this.#busy} @click=${this.#try}>${say("check")}</button><button class="btn pri" ?disabled=${this.#busy}>${say(this.#busy ? "saving" : "save")}</button></div>
    </form>`;
  }

  #choice(draft: Draft, says: string, shown: Set<string>) {
    shown.add("/kind");
    return this.#labelled(
      { pointer: "/kind", label: say("kind"), hint: says },
      (id, bad) =>
        html`<select class="inp" id=${id} aria-invalid=${bad} aria-describedby=${`${id}-s`} @change=${(e: Event) => {
          draft.kind = (e.target as HTMLSelectElement).value;
          this.#problems = none;
          this.requestUpdate();
        }}>${kindsOf(this.#schemas.value, this.kind, draft.kind).map((k) => html`<option value=${k} ?selected=${k === draft.kind}>${factName(k)}</option>`)}</select>`,
    );
  }

  #field(f: Field, draft: Draft, shown: Set<string>) {
    const pointer = `/value/${f.name}`;
    shown.add(pointer);
    const value = draft.value[f.name] ?? "";
    const set = (v: string) => {
      draft.value[f.name] = v;
    };
    if (f.form !== "choice")
      return this.#row({
        pointer,
        label: f.title,
        type: f.form,
        value,
        set,
        required: f.required,
        hint: f.form === "text" ? "" : f.hint,
      });
    return this.#labelled(
      { pointer, label: f.title, hint: f.hint },
      (id, bad) =>
        html`<select class="inp" id=${id} aria-invalid=${bad} aria-describedby=${`${id}-s`} @change=${(e: Event) => set((e.target as HTMLSelectElement).value)}>
        ${["", ...f.choices].map((c) => html`<option value=${c} ?selected=${c === value}>${c}</option>`)}</select>`,
    );
  }

  #row({ pointer, label, type, value, set, required = false, hint = "" }: Control) {
    const input = (e: Event) => {
      set((e.target as HTMLInputElement).value);
      this.#told = []; // it spoke of what stood there before
      this.#problems = new Map([...this.#problems].filter(([p]) => p !== pointer));
      this.requestUpdate();
    };
    const day = type === "date";
    const native = day && this.state.phone; // a phone has a calendar of its own; elsewhere a day is written as everywhere
    const wrong = day && value !== "" && !isDay(value) ? t("date.bad") : undefined;
    return this.#labelled({ pointer, label, hint: day && !native ? t("date.form") : hint, wrong }, (id, bad) =>
      type === "long"
        ? html`<textarea class="inp" id=${id} rows="2" .value=${value} aria-invalid=${bad} aria-describedby=${`${id}-s`} @input=${input}></textarea>`
        : html`<input class="inp" id=${id} type=${native ? "date" : "text"} inputmode=${type === "number" ? "decimal" : nothing} autocomplete="off" .value=${value} ?required=${required} aria-invalid=${bad} aria-describedby=${`${id}-s`} @input=${input} />`,
    );
  }

  #labelled({ pointer, label, hint, wrong }: Labelled, control: (id: string, bad: boolean) => TemplateResult) {
    const id = this.#id + pointer.replaceAll("/", "-");
    const problem = atField(this.#problems, pointer) ?? wrong;
    return html`<div class="fld"><label for=${id}>${label}</label>${control(id, problem !== undefined)}<small id=${`${id}-s`} class=${problem ? "bad data" : ""}>${problem ?? hint ?? ""}</small></div>`;
  }

  readonly #open = () => {
    const { round, phone } = this.state;
    drafts.set(this.#of, {
      kind: usual[this.kind],
      day: round?.default_at ?? "",
      note: "",
      value: {},
      evidence: [],
    });
    this.#told = [];
    if (phone) app.set({ sheet: "high" }); // the keyboard takes the rest
    this.#focus("select");
  };

  readonly #close = () => {
    drafts.delete(this.#of);
    this.#problems = none;
    this.#told = [];
    this.#focus(".rec-open");
  };

  #addEvidence(draft: Draft) {
    draft.evidence.push({ name: "", document_no: "" });
    this.#focus(".evi:last-of-type input");
  }

  #dropEvidence(draft: Draft, i: number) {
    draft.evidence.splice(i, 1);
    this.#problems = new Map([...this.#problems].filter(([p]) => !p.startsWith("/evidence/")));
    this.#focus(".add");
  }

  #focus(what: string) {
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(what)?.focus());
  }

  #body(draft: Draft) {
    draft.evidence = draft.evidence.filter((e) => e.name.trim() || e.document_no.trim()); // so that pointers count what is shown
    const fields = fieldsOf(this.#schemas.value?.$defs[draft.kind]);
    return {
      subject: { kind: this.kind, id: this.code },
      kind: draft.kind,
      ...(draft.day && { occurred_on: draft.day }),
      value: valueFrom(fields, draft.value),
      ...(draft.note.trim() && { note: draft.note.trim() }),
      ...(draft.evidence.length > 0 && {
        evidence: draft.evidence.map((e) => ({
          name: e.name.trim(),
          ...(e.document_no.trim() && { document_no: e.document_no.trim() }),
        })),
      }),
    };
  }

  #refused(problem: Problem) {
    this.#problems = problemsOf(problem);
    this.#told = [];
    this.#focus('[aria-invalid="true"]');
  }

  readonly #try = async () => {
    const draft = this.#draft;
    if (!draft || this.#misread(draft)) return;
    this.#begin();
    try {
      const answer = await request("/api/v1/facts?dry_run=true", undefined, this.#body(draft));
      this.#told = [say("checked"), ...warningsOf(await answer.json())];
    } catch (cause) {
      if (cause instanceof Unreachable) {
        away();
        this.#told = [say("lost")];
      } else if (cause instanceof Problem) this.#refused(cause);
      else throw cause;
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  };

  readonly #save = async (e: Event) => {
    e.preventDefault();
    const draft = this.#draft;
    if (!draft || this.#busy || this.#misread(draft)) return;
    const of = this.#of;
    this.#begin();
    const { kind, day } = draft;
    const sent = await write("/api/v1/facts", this.#body(draft), { kind, subject: this.code, day });
    this.#busy = false;
    if (sent.kind !== "refused") drafts.delete(of);
    if (of !== this.#of) return this.requestUpdate(); // something else was opened in its place meanwhile
    if (sent.kind === "refused") return this.#refused(sent.problem);
    if (sent.kind === "answered") {
      const { at } = this.state;
      const shown = at ?? this.state.round?.default_at ?? day;
      this.#told = [say("recorded", { kind: factName(kind), day }), ...warningsOf(sent.answer)];
      if (day > shown) this.#told = [...this.#told, say("later", { at: shown })];
    } else this.#told = [say("kept")];
    this.#focus(".rec-open");
  };

  /** A day that is none has been told beside its field; the server could only say that it cannot read it. */
  #misread(draft: Draft): boolean {
    const misread = draft.day !== "" && !isDay(draft.day);
    if (misread) this.#focus('[aria-invalid="true"]');
    return misread;
  }

  #begin() {
    this.#busy = true;
    this.#problems = none;
    this.#told = [];
    this.requestUpdate();
  }
}
customElements.define("zb-record", RecordElement);

const warningsOf = (answer: unknown): readonly string[] => (answer as { warnings?: string[] }).warnings ?? [];
