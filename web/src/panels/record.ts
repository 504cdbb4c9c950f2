import { html, nothing } from "lit";
import { getJson } from "../api/client";
import { say } from "../i18n/record";
import { app, type State } from "../state/app";
import { type Field, fieldsOf, inLanguage, kindsOf, type ValueSchemas, valueFrom } from "../state/value";
import { isDay } from "../ui/format";
import { icon } from "../ui/icons";
import { factName } from "./facts";
import { type Control, FormElement, none, onEscape } from "./form";
import { check } from "./send";
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

/** The form that records a fact of a holding or a contract, below what is known of it. */
class RecordElement extends FormElement {
  static override properties = { kind: {}, code: {} };
  declare kind: keyof typeof usual;
  declare code: string;
  readonly #schemas = new Source<ValueSchemas>(this);
  #of = "";
  #language = "";

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
      if (of !== this.#of || !this.#draft) this.told = [];
      this.problems = none; // of another thing, or said in the other language
    }
    this.#of = of;
    this.#language = language;
    if (this.#draft) this.#schemas.ask("", String(awaySince), () => getJson<ValueSchemas>("/docs/facts/schema.json"));
  }

  protected override render() {
    if (this.state.known !== null) return nothing; // what is recorded now was not known then
    const draft = this.#draft;
    return html`${draft ? this.#form(draft) : html`<button class="btn rec-open" @click=${this.#open}>${icon("plus", true)}${say("record")}</button>`}
      ${draft ? nothing : this.says(this.told)}`;
  }

  #form(draft: Draft) {
    const fields = fieldsOf(this.#schemas.value?.$defs[draft.kind]);
    const says = inLanguage(this.#schemas.value?.$defs[draft.kind]?.description);
    this.shown.clear();
    const row = (c: Control) => this.row(c);
    const rows = html`
      ${this.choice(
        { pointer: "/kind", label: say("kind"), hint: says },
        draft.kind,
        kindsOf(this.#schemas.value, this.kind, draft.kind).map((k) => [k, factName(k)] as const),
        (kind) => {
          draft.kind = kind;
          this.problems = none;
        },
      )}
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
      ${fields.map((f) => this.#field(f, draft))}
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
    return html`<form class="rec" novalidate aria-labelledby=${`${this.formId}-h`} @submit=${this.#save} @keydown=${onEscape(this.#close)}>
      <h3 id=${`${this.formId}-h`}>${say("title", { subject: this.code })}</h3>
      ${rows}
      ${this.foot({ cancel: this.#close, check: this.#try })}
    </form>`;
  }

  #field(f: Field, draft: Draft) {
    const pointer = `/value/${f.name}`;
    const value = draft.value[f.name] ?? "";
    const set = (v: string) => {
      draft.value[f.name] = v;
    };
    const { title: label, form: type, required } = f;
    if (type === "choice") {
      const choices = ["", ...f.choices].map((c) => [c, c] as const);
      return this.choice({ pointer, label, hint: f.hint }, value, choices, set);
    }
    return this.row({
      pointer,
      label,
      type,
      value,
      set,
      required,
      hint: type === "text" || type === "date" ? "" : f.hint,
    });
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
    this.told = [];
    if (phone) app.set({ sheet: "high" }); // the keyboard takes the rest
    this.focusOn("select");
  };

  readonly #close = () => {
    drafts.delete(this.#of);
    this.problems = none;
    this.told = [];
    this.focusOn(".rec-open");
  };

  #addEvidence(draft: Draft) {
    draft.evidence.push({ name: "", document_no: "" });
    this.focusOn(".evi:last-of-type input");
  }

  #dropEvidence(draft: Draft, i: number) {
    draft.evidence.splice(i, 1);
    this.problems = new Map([...this.problems].filter(([p]) => !p.startsWith("/evidence/")));
    this.focusOn(".add");
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

  #written(draft: Draft) {
    const { kind, day } = draft;
    return { path: "/api/v1/facts", body: this.#body(draft), what: { kind, subject: this.code, day } };
  }

  readonly #try = async () => {
    const draft = this.#draft;
    if (!draft || this.#misread(draft)) return;
    this.begin();
    const tried = await check(this.#written(draft));
    this.busy = false;
    if (tried.kind === "refused") return this.refuse(tried.problem);
    this.told = tried.kind === "answered" ? [say("checked"), ...warningsOf(tried.answer)] : [say("lost")];
    this.requestUpdate();
  };

  readonly #save = async (e: Event) => {
    e.preventDefault();
    const draft = this.#draft;
    if (!draft || this.busy || this.#misread(draft)) return;
    const of = this.#of;
    this.begin();
    const { kind, day } = draft;
    const said = (answer: unknown) => {
      const shown = this.state.at ?? this.state.round?.default_at ?? day;
      const later = day > shown ? [say("later", { at: shown })] : [];
      return [say("recorded", { kind: factName(kind), day }), ...warningsOf(answer), ...later];
    };
    const sent = await this.send(this.#written(draft), said);
    this.busy = false;
    if (sent.kind !== "refused") drafts.delete(of);
    if (of !== this.#of) return this.requestUpdate(); // something else was opened in its place meanwhile
    if (sent.kind === "refused") return this.refuse(sent.problem);
    this.told = sent.kind === "answered" ? said(sent.answer) : this.kept();
    this.focusOn(".rec-open");
  };

  /** A day that is none has been told beside its field; the server could only say that it cannot read it. */
  #misread(draft: Draft): boolean {
    const misread = draft.day !== "" && !isDay(draft.day);
    if (misread) this.focusOn('[aria-invalid="true"]');
    return misread;
  }
}
customElements.define("zb-record", RecordElement);

const warningsOf = (answer: unknown): readonly string[] => (answer as { warnings?: string[] }).warnings ?? [];
