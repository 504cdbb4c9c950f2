import { html, nothing } from "lit";
import { getTagged, Problem, Unreachable } from "../api/client";
import { hasMessage, listJoin, t } from "../i18n";
import { say } from "../i18n/record";
import { type WriteKey, word } from "../i18n/write";
import { app, type State } from "../state/app";
import { type Clash, clashesOf, mergedOf, type Side, sideOf } from "../state/clash";
import { drafts } from "../state/drafts";
import {
  type Field,
  type Line,
  membersOf,
  patchOf,
  secretsIn,
  storable,
  type Thing,
  type ThingName,
  type Typed,
  textOf,
  things,
  typedOf,
  wholeOf,
} from "../state/fields";
import { away, loadAll } from "../state/load";
import { open } from "../state/navigate";
import { readShare, sumOf } from "../state/share";
import { isDay, minuteOf } from "../ui/format";
import { icon } from "../ui/icons";
import { FormElement, none, onEscape, type Why } from "./form";
import "./pick";
import type { Picked } from "./pick";
import { check, here, type Written } from "./send";

/** What is typed, and what it began from; kept until it is saved or given up. */
interface Draft extends Why {
  read: Typed;
  /** The tag of what was read: the change is based on that. */
  tag: string;
  typed: Typed;
  /** What somebody saved meanwhile, until it is settled what holds. */
  theirs: { typed: Typed; tag: string; version: number | null; who: string } | null;
  sides: Record<string, Side>;
}

const sides = ["read", "mine", "theirs"] as const;

/** The form of a row: it corrects one that is there, or draws up a new one; which fields it has stands in the table of things. */
class RowElement extends FormElement {
  static override properties = { thing: {}, code: {}, parcel: {}, first: {}, plot: {} };
  declare thing: ThingName;
  /** What is corrected; null draws up something new. */
  declare code: string | null;
  /** The parcel in which others are looked up. */
  declare parcel: string | null;
  /** What a new one begins with: the holding that it is drawn up for. */
  declare first: Picked | null;
  /** Where what is new can be seen. */
  declare plot: string | null;
  #of = "";
  #language = "";
  #reading = false;

  constructor() {
    super();
    this.code = null;
    this.parcel = null;
    this.first = null;
    this.plot = null;
  }

  protected pick(s: Readonly<State>) {
    return [s.known, s.round, s.phone];
  }

  get #draft(): Draft | undefined {
    return drafts.get<Draft>(this.#of);
  }

  /** keep keeps what is typed; what is nobody else's to read outlasts no reload. */
  #keep(draft: Draft): void {
    drafts.keep(this.#of, draft, { ...draft, typed: storable(this.#fields, draft.read, draft.typed) });
  }

  get #fields(): readonly Field[] {
    const { fields, fresh = [] } = this.#thing;
    return this.code === null ? [...fresh, ...fields] : fields;
  }

  get #thing(): Thing {
    return things[this.thing];
  }

  get #path(): string {
    const { path } = this.#thing;
    return this.thing === "round" || this.code === null ? path : `${path}/${encodeURIComponent(this.code)}`;
  }

  /** at is the pointer of a member: a feature has its own in its properties. */
  readonly #at = (name: string): string => (this.#thing.feature ? `/properties/${name}` : `/${name}`);

  get #code(): string {
    return this.code ?? this.first?.code ?? "";
  }

  /** The name of what is corrected, as the form and its messages have it. */
  get #name(): string {
    return this.thing === "round" ? word("thing.round") : this.#code;
  }

  protected override willUpdate(): void {
    const of = `${this.thing}:${this.code ?? `new:${this.first?.code ?? ""}`}`;
    const { language } = this.state;
    if (of !== this.#of || language !== this.#language) {
      if (of !== this.#of) this.told = [];
      this.problems = none; // of another thing, or said in the other language
    }
    this.#of = of;
    this.#language = language;
  }

  protected override updated(): void {
    const draft = this.#draft;
    if (draft) this.#keep(draft); // what was typed since
  }

  protected override render() {
    if (this.state.known !== null) return nothing; // what is corrected now was not known then
    const draft = this.#draft;
    const label = word(this.#label);
    const named = this.thing === "round" || this.#code === "" ? label : word("of", { does: label, what: this.#code });
    if (!draft)
      return html`<button class="btn row-open" aria-label=${named} title=${named} ?disabled=${this.#reading} @click=${() => void this.#open()}>${label}</button>${this.says(this.told)}`;
    return html`<form class="rec" novalidate aria-labelledby=${`${this.formId}-h`} @submit=${this.#save} @keydown=${onEscape(this.#close)}>
      <h3 id=${`${this.formId}-h`}>${named}</h3>
      ${draft.theirs ? this.#clash(draft, draft.theirs) : this.#form(draft)}</form>`;
  }

  /** Within what it corrects, the button need not say of what it is. */
  get #label(): WriteKey {
    if (this.code === null) return this.thing === "contract" ? "draw" : "enter.command-post";
    if (this.#thing.feature) return "correct.feature";
    return this.thing === "command-post" || this.thing === "round" ? `correct.${this.thing}` : "correct";
  }

  #form(draft: Draft) {
    this.shown.clear();
    const fields = this.#fields.map((f) => this.#field(f, draft));
    const why = this.why(draft, (name) => this.#at(name), {
      fresh: this.code === null,
      document: this.#thing.document ?? false,
    });
    return html`${fields}${why}${this.foot({ cancel: this.#close, check: () => void this.#check() })}`;
  }

  #field(f: Field, draft: Draft) {
    const pointer = this.#at(f.name);
    const label = word(f.label);
    const note = f.optional && word("optional");
    const set = (v: string) => {
      draft.typed[f.name] = v;
    };
    const value = textOf(draft.typed, f.name);
    const raw = typeof draft.typed[f.name] === "string" ? (draft.typed[f.name] as string) : "";
    if (f.form === "codes" || f.form === "lines") return this.#list(f, draft, pointer, label);
    if (f.form === "choice") {
      const choices = f.choices.map(([v, name]) => [v, hasMessage(name) ? t(name) : word(name as WriteKey)] as const);
      return this.choice(
        { pointer, label },
        value,
        choices.some(([v]) => v === value) ? choices : [["", word("unset")], ...choices],
        set,
      );
    }
    const type = f.form === "code" ? "text" : f.form;
    return this.row({ pointer, label, note, type, value: raw, set, required: !f.optional });
  }

  /** A list has a line for each that it names, with the figure beside it where it has one, and a field that adds another. */
  #list(f: Field & { form: "codes" | "lines" }, draft: Draft, pointer: string, label: string) {
    this.shown.add(pointer);
    this.names(pointer, label);
    const lines = (draft.typed[f.name] ?? []) as Line[];
    const put = (next: Line[]) => {
      draft.typed[f.name] = next;
      this.touched(pointer);
    };
    if (f.form === "lines")
      for (const i of lines.keys()) {
        this.names(`${pointer}/${i}/${f.figure}`, word(f.figureLabel));
      }
    const parts = [...this.problems].filter(([p]) => p.startsWith(`${pointer}/`));
    for (const [p] of parts) this.shown.add(p);
    const wrong = [this.fault(pointer), ...parts.map(([p]) => this.fault(p))].filter(Boolean);
    return html`<fieldset class="lines" id=${this.idOf(pointer)} aria-invalid=${wrong.length > 0}><legend>${label}</legend>
      <ul>${lines.map((line, i) => {
        const what = line.name ? `${line.name} ${line.code}` : line.code;
        const bad = parts.some(([p]) => p.startsWith(`${pointer}/${i}`)) || misread(f, line);
        return html`<li><span class="who data" lang="zh-CN">${line.name ? html`${line.name} <small>${line.code}</small>` : line.code}</span>${
          f.form === "lines"
            ? html`<input class="inp num data" inputmode=${f.kind === "number" ? "decimal" : nothing} autocomplete="off" aria-label=${`${word(f.figureLabel)} ${what}`} aria-invalid=${bad} .value=${line.figure} @input=${(
                e: Event,
              ) => put(lines.with(i, { ...line, figure: (e.target as HTMLInputElement).value }))} />`
            : nothing
        }<button type="button" class="ib data" aria-label=${word("drop", { what })} title=${word("drop", { what })} @click=${() => {
          put(lines.toSpliced(i, 1));
          this.focusOn(`#${this.idOf(pointer)} zb-pick input`);
        }}>${icon("close")}</button></li>`;
      })}</ul>
      <zb-pick .of=${f.of} .parcel=${f.of === "holding" ? this.parcel : null} .taken=${lines.map((l) => l.code)} .picked=${({ code, name }: Picked) => put([...lines, { code, name, figure: "" }])}></zb-pick>
      <small class=${wrong.length > 0 ? "bad data" : ""}>${wrong.length > 0 ? wrong.join(" ") : f.form === "lines" && f.kind === "share" ? shares(lines) : ""}</small></fieldset>`;
  }

  /** Somebody saved meanwhile: both are shown field by field, and nothing that was typed is lost. */
  #clash(draft: Draft, theirs: NonNullable<Draft["theirs"]>) {
    const clashes = this.#clashes(draft, theirs);
    const value = (f: Field, side: Side) =>
      shownOf(f, { read: draft.read, mine: draft.typed, theirs: theirs.typed }[side]);
    return html`<div class="clash"><p class="warn" role="alert"><b>${theirs.version === null ? word("stalePlain") : word("staleTitle", { n: theirs.version })}</b>${theirs.who ? html`<span class="mut data">${theirs.who}</span>` : nothing}</p>
      <p class="mut">${word("staleKept")}</p>
      ${clashes.map((clash) => {
        const { field, by } = clash;
        const chosen = draft.sides[field.name] ?? sideOf(clash);
        return html`<fieldset class="side" ?data-open=${chosen === null}><legend>${word(field.label)}<span class=${by === "both" ? "bad" : "mut"}>${word(`by.${by}`)}</span></legend>
          <div class="seg">${sides.map(
            (side) =>
              html`<label class=${chosen === side ? "on" : ""}><input type="radio" name=${`${this.formId}-${field.name}`} .checked=${chosen === side} @change=${() => {
                draft.sides[field.name] = side;
                this.told = [];
                this.requestUpdate();
              }} /><span>${word(`side.${side}`)}</span><b class="data">${value(field, side)}</b></label>`,
          )}</div></fieldset>`;
      })}
      <div class="end">${this.says(this.told)}<button type="button" class="btn" @click=${this.#close}>${say("cancel")}</button><span class="grow"></span><button type="button" class="btn pri" @click=${() => this.#goOn(draft, theirs)}>${word("goOn")}</button></div></div>`;
  }

  #clashes(draft: Draft, theirs: NonNullable<Draft["theirs"]>): Clash[] {
    return clashesOf(this.#fields, draft.read, draft.typed, theirs.typed);
  }

  #goOn(draft: Draft, theirs: NonNullable<Draft["theirs"]>): void {
    const clashes = this.#clashes(draft, theirs);
    if (clashes.some((clash) => !draft.sides[clash.field.name] && sideOf(clash) === null)) {
      this.told = [word("choose")];
      this.focusOn(".side[data-open] input");
      return;
    }
    const typed = mergedOf(clashes, draft.sides, draft.read, draft.typed, theirs.typed);
    this.#keep({ ...draft, read: theirs.typed, tag: theirs.tag, typed, theirs: null, sides: {} });
    this.told = [];
    this.focusOn(".rec .btn.pri");
  }

  async #open(): Promise<void> {
    this.told = [];
    const fresh = { reason: "", document: "", from: "", theirs: null, sides: {} };
    if (this.code === null) {
      const blank = Object.fromEntries(this.#fields.map((f) => [f.name, f.form === "codes" ? [] : ""]));
      const first = { kind: "relocation", holdings: this.first ? [{ ...this.first, figure: "" }] : [] };
      const typed: Typed = this.thing === "contract" ? { ...blank, ...first } : blank;
      drafts.keep(this.#of, { ...fresh, read: typed, tag: "", typed } satisfies Draft);
    } else {
      const of = this.#of;
      this.#reading = true;
      this.requestUpdate();
      const present = await this.#present();
      this.#reading = false;
      if (of !== this.#of || !present) return this.requestUpdate();
      const { typed, tag } = present;
      drafts.keep(of, { ...fresh, read: typed, tag, typed: structuredClone(typed) } satisfies Draft);
    }
    if (this.state.phone) app.set({ sheet: "high" }); // the keyboard takes the rest
    this.begins();
  }

  /** present reads what is there today, whatever day the page shows: that is what a change is based on. */
  async #present() {
    try {
      const { value, tag } = await getTagged<unknown>(this.#path);
      const row = membersOf(this.#thing, value);
      return {
        typed: typedOf(this.#fields, row),
        tag,
        version: versionOf(this.#thing, row),
        who: whoOf(row.updated_at, row.updated_by),
      };
    } catch (cause) {
      if (cause instanceof Unreachable) {
        away();
        this.told = [t("ledger.failed")];
      } else if (cause instanceof Problem) this.told = [cause.message];
      else throw cause;
      return null;
    }
  }

  readonly #close = () => {
    drafts.drop(this.#of);
    this.problems = none;
    this.told = [];
    this.focusOn(".row-open");
  };

  /** What is sent; null where nothing was changed, or where a day is none, which has been told beside its field. */
  #written(draft: Draft): Written | null {
    if (draft.from && !isDay(draft.from)) {
      this.focusOn('[aria-invalid="true"]');
      return null;
    }
    const fresh = this.code === null;
    const changed = fresh ? wholeOf(this.#fields, draft.typed) : patchOf(this.#fields, draft.read, draft.typed);
    if (Object.keys(changed).length === 0) {
      this.told = [word("nothing")];
      this.requestUpdate();
      return null;
    }
    const members = {
      ...changed,
      ...(fresh && this.parcel && { parcel: this.parcel }),
      ...(draft.reason.trim() && { reason: draft.reason.trim() }),
      ...(draft.document.trim() && { document_no: draft.document.trim() }),
      ...(draft.from && { valid_from: draft.from }),
    };
    return {
      path: this.#path,
      method: fresh ? "POST" : "PATCH",
      body: this.#thing.feature ? { properties: members } : members,
      ...(!fresh && { match: draft.tag }),
      what: {
        act: !fresh ? "correct" : this.thing === "contract" ? "draw" : "enter",
        subject: this.#code || textOf(draft.typed, "code") || textOf(draft.typed, "name"),
      },
      draft: { of: this.#of, where: here(this), held: draft },
      fleeting: secretsIn(this.#fields, changed).length > 0,
    };
  }

  async #check(): Promise<void> {
    const draft = this.#draft;
    const written = draft && !this.busy && this.#written(draft);
    if (!draft || !written) return;
    this.begin();
    const tried = await check(written);
    this.busy = false;
    if (tried.kind === "refused") return this.#refused(draft, tried.problem);
    this.told = tried.kind === "answered" ? [word("checked"), ...warningsOf(tried.answer)] : [word("lost")];
    this.requestUpdate();
  }

  readonly #save = async (e: Event) => {
    e.preventDefault();
    const draft = this.#draft;
    if (draft?.theirs) return; // it is settled first what holds
    const written = draft && !this.busy && this.#written(draft);
    if (!draft || !written) return;
    const [of, fresh] = [this.#of, this.code === null];
    this.begin();
    const { thing } = this;
    const name = this.#name;
    const said = (answer: unknown): readonly string[] => {
      if (thing === "round" || thing === "command-post") void loadAll(); // the stream does not tell of these
      const { code } = answer as { code: string };
      return [
        fresh ? word(thing === "contract" ? "drawn" : "entered", { what: code }) : savedOf(name, things[thing], answer),
        ...warningsOf(answer),
      ];
    };
    const sent = await this.send(written, said);
    this.busy = false;
    if (sent.kind !== "refused") drafts.drop(of);
    if (of !== this.#of) return this.requestUpdate(); // something else was opened in its place meanwhile
    if (sent.kind === "refused") return this.#refused(draft, sent.problem);
    this.told = sent.kind === "answered" ? said(sent.answer) : this.kept();
    if (sent.kind === "answered" && fresh && thing === "contract") this.#show((sent.answer as { code: string }).code);
    this.focusOn(".row-open");
  };

  /** What is new is opened where its land is. */
  #show(code: string): void {
    const { route } = this.state;
    const at = route.name === "feature" && route.collection === "plots" ? route.id : this.plot;
    if (at) open({ collection: "plots", id: at }, false, { kind: "contract", code });
  }

  async #refused(draft: Draft, problem: Problem): Promise<void> {
    if (problem.body.status !== 412 || this.code === null) return this.refuse(problem);
    const present = await this.#present();
    const { changed } = problem.body as { changed?: { at?: unknown; by?: unknown } };
    const theirs = present && { ...present, who: present.who || whoOf(changed?.at, changed?.by) };
    if (!theirs) return this.refuse(problem);
    if (this.#clashes(draft, theirs).some(({ by }) => by !== "mine")) {
      this.#keep({ ...draft, theirs, sides: {} });
      return this.focusOn(".clash input");
    }
    this.#keep({ ...draft, read: theirs.typed, tag: theirs.tag }); // it was something else that they changed
    this.told = [word("staleOther", { n: theirs.version ?? "" })];
    this.focusOn(".rec .btn.pri");
  }
}
customElements.define("zb-row", RowElement);

const misread = (f: Field, line: Line): boolean =>
  f.form === "lines" && f.kind === "share" && line.figure.trim() !== "" && readShare(line.figure) === null;

const versionOf = (thing: Thing, row: Readonly<Record<string, unknown>>): number | null => {
  const version = row[thing.version ?? "version"];
  return typeof version === "number" ? version : null;
};

const whoOf = (at: unknown, by: unknown): string =>
  at && by ? word("staleWho", { at: minuteOf(String(at)), by: String(by) }) : "";

/** shares says how a share is written, and where they do not add up to the whole, what they add up to. */
function shares(lines: readonly Line[]): string {
  const sum = sumOf(lines.map((line) => line.figure));
  return sum === null || sum === "1/1" || lines.length === 0 ? word("shareHint") : word("shareSum", { sum });
}

/** shownOf is a field as text, to be compared. */
function shownOf(f: Field, typed: Typed): string {
  const value = typed[f.name];
  if (Array.isArray(value))
    return (
      listJoin(value.map(({ code, name, figure }) => [name || code, figure].filter(Boolean).join(" "))) || t("none")
    );
  if (f.form === "choice") {
    const name = f.choices.find(([v]) => v === value)?.[1];
    return name ? (hasMessage(name) ? t(name) : word(name as WriteKey)) : word("unset");
  }
  return value?.trim() || t("none");
}

function savedOf(what: string, thing: Thing, answer: unknown): string {
  const version = versionOf(thing, membersOf(thing, answer));
  return version === null ? word("saved", { what }) : word("savedVersion", { what, n: version });
}

const warningsOf = (answer: unknown): readonly string[] => (answer as { warnings?: string[] } | null)?.warnings ?? [];
