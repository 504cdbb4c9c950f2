import { html, nothing } from "lit";
import { getTagged, Problem, Unreachable } from "../api/client";
import type { Collection, LandFeature } from "../api/types";
import { readShape, type Shape } from "../geo/geojson";
import { measure } from "../geo/measure";
import { boxOf, polygonsOf } from "../geo/shape";
import { hasMessage, t } from "../i18n";
import { say } from "../i18n/record";
import { type WriteKey, word } from "../i18n/write";
import { app, noMarks, type State } from "../state/app";
import { drafts } from "../state/drafts";
import { type Field, type Typed, textOf, things, wholeOf } from "../state/fields";
import { away } from "../state/load";
import { goTo, open } from "../state/navigate";
import { isDay, minuteOf, number, signed } from "../ui/format";
import { FormElement, none, onEscape, type Why } from "./form";
import { markOf, type Overlap, overlapsOf } from "./overlap";
import { check, here, type Written } from "./send";
import { groupsOf } from "./sentence";
import { faultsOf } from "./told";

interface Draft extends Why {
  text: string;
  typed: Typed;
  tag: string;
  /** The area of what is replaced; null for what is new. */
  before: number | null;
  /** What somebody saved meanwhile, until it is settled which of the two to go on from. */
  theirs?: Theirs | null;
  /** What a correction of the boundary rests on, where the plot has been accepted. */
  correction?: Correction | null;
}

interface Present {
  tag: string;
  before: number | null;
}

interface Theirs extends Present {
  geometry: Shape;
  version: number;
  who: string;
  /** The area of what is drawn. */
  mine: number | null;
}

interface Correction {
  hash: string;
  says: string;
  name: string;
  document: string;
}

/** What would become of it, as the service judged what is typed now. */
interface Tried {
  after: LandFeature;
  noded: readonly string[];
}

/** A boundary from GeoJSON: of what is there, or of something new. It is judged first, and shown on the map. */
class BoundaryElement extends FormElement {
  static override properties = { collection: {}, code: {}, parcel: {} };
  declare collection: Exclude<Collection, "context">;
  declare code: string | null;
  declare parcel: string | null;
  #of = "";
  #language = "";
  #tried: Tried | null = null;
  #overlaps: readonly Overlap[] = [];

  constructor() {
    super();
    this.code = null;
    this.parcel = null;
  }

  protected pick(s: Readonly<State>) {
    return [s.known, s.round, s.phone];
  }

  get #draft(): Draft | undefined {
    return drafts.get<Draft>(this.#of);
  }

  get #path(): string {
    const { path } = things[this.collection];
    return this.code === null ? path : `${path}/${encodeURIComponent(this.code)}`;
  }

  /** A new one has its name and what it is for; the rest of its fields can be corrected later. */
  get #fields(): readonly Field[] {
    const wanted = ["name", "name_en", "name_status", "disposition", "use_class", "accuracy", "source"];
    return this.code === null ? things[this.collection].fields.filter((f) => wanted.includes(f.name)) : [];
  }

  protected override willUpdate(): void {
    const of = `boundary:${this.collection}:${this.code ?? `new:${this.parcel ?? ""}`}`;
    const { language } = this.state;
    if (of !== this.#of || language !== this.#language) {
      if (of !== this.#of) {
        this.told = [];
        this.#forget();
      }
      this.problems = none;
    }
    const draft = of === this.#of ? undefined : drafts.get<Draft>(of);
    if (draft?.theirs) queueMicrotask(() => this.#drawn(draft)); // it waited to be settled
    this.#of = of;
    this.#language = language;
  }

  protected override updated(): void {
    const draft = this.#draft;
    if (draft) drafts.keep(this.#of, draft);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget();
  }

  /** What was judged is no longer what is typed. */
  #forget(): void {
    this.#overlaps = [];
    if (this.#tried || app.state.marks !== noMarks) app.set({ marks: noMarks });
    this.#tried = null;
  }

  protected override touched(pointer: string): void {
    if (pointer === "/geometry" || pointer.startsWith("/properties/valid")) {
      this.#forget();
      if (this.#draft?.correction) this.#draft.correction = null; // it was for another boundary
    }
    super.touched(pointer);
  }

  protected override render() {
    if (this.state.known !== null) return nothing;
    const draft = this.#draft;
    const key: WriteKey =
      this.code !== null
        ? "boundary"
        : this.collection === "plots"
          ? "newPlot"
          : this.collection === "zones"
            ? "newZones"
            : "newParcels";
    const named = this.code === null ? word(key) : word("of", { does: word(key), what: this.code });
    if (!draft)
      return html`<button class="btn row-open" aria-label=${named} title=${named} ?disabled=${this.busy} @click=${() => void this.#open()}>${word(key)}</button>${this.says(this.told)}`;
    return html`<form class="rec" novalidate aria-labelledby=${`${this.formId}-h`} @submit=${this.#submit} @keydown=${onEscape(this.#close)}>
      <h3 id=${`${this.formId}-h`}>${named}</h3>${draft.theirs ? this.#clash(draft, draft.theirs) : this.#form(draft)}</form>`;
  }

  #form(draft: Draft) {
    return html`${this.#rows(draft)}${this.#impact(draft)}${draft.correction ? this.#correction(draft.correction) : nothing}
      ${this.foot({ cancel: this.#close, check: this.#tried ? () => void this.#check() : undefined, save: this.#tried ? say("save") : say("check") })}`;
  }

  /** Somebody saved meanwhile: both are shown, and which to go on from is for a person to say. */
  #clash(draft: Draft, theirs: Theirs) {
    const area = (m2: number | null) => (m2 === null ? t("none") : number(m2, 2));
    const row = (key: "read" | "theirs" | "mine", m2: number | null) =>
      html`<tr><td>${key === "read" ? nothing : html`<i class=${key}></i>`}${word(`area.${key}`)}</td><td class="num">${area(m2)}</td><td class="num">${m2 === null || draft.before === null || key === "read" ? "" : signed(m2 - draft.before, 2)}</td></tr>`;
    return html`<div class="clash"><p class="warn" role="alert"><b>${word("staleTitle", { n: theirs.version })}</b><span class="mut data">${theirs.who}</span></p>
      <p class="mut">${word("staleBoundary")}</p>
      <table class="lst"><thead><tr><th></th><th class="num">${word("areaRow")}</th><th class="num">${word("change")}</th></tr></thead>
      <tbody>${row("read", draft.before)}${row("theirs", theirs.before)}${row("mine", theirs.mine)}</tbody></table>
      <div class="end"><button type="button" class="btn" @click=${this.#close}>${word("giveUp")}</button><span class="grow"></span><button type="button" class="btn pri" @click=${() => this.#goOn(draft, theirs)}>${word("goOnPresent")}</button></div></div>`;
  }

  #goOn(draft: Draft, { tag, before, version }: Theirs): void {
    drafts.keep(this.#of, { ...draft, tag, before, theirs: null });
    this.#drawn(draft, true);
    this.told = [word("onPresent", { n: version })];
    this.focusOn(".rec .btn.pri");
  }

  /** The boundary of an accepted plot moves only after a correction of it is on record. */
  #correction(c: Correction) {
    const row = (key: "name" | "document", pointer: string, label: string) =>
      this.row({
        pointer,
        label,
        type: "text",
        value: c[key],
        required: key === "name",
        set: (v) => {
          c[key] = v;
        },
      });
    return html`<fieldset class="evi fix"><legend>${word("correction")}</legend><p role="alert">${c.says}</p><p class="mut">${word("accepted")}</p>
      ${row("name", "/evidence/0/name", word("correctionName"))}${row("document", "/evidence/0/document_no", word("document"))}
      <button type="button" class="btn" ?disabled=${this.busy} @click=${() => void this.#record(c)}>${word("recordCorrection")}</button></fieldset>`;
  }

  async #record(c: Correction): Promise<void> {
    const day = this.state.round?.default_at ?? "";
    const draft = this.#draft;
    if (this.busy || !draft) return;
    const [name, document_no] = [c.name.trim(), c.document.trim()];
    if (name === "") {
      this.problems = new Map([["/evidence/0/name", [word("need", { label: word("correctionName") })]]]);
      return this.focusOn('[aria-invalid="true"]');
    }
    this.begin();
    const subject = this.code ?? "";
    const kind = "boundary_corrected";
    const written = {
      path: "/api/v1/facts",
      body: {
        subject: { kind: "plot", id: subject },
        kind,
        occurred_on: day,
        value: { hash: c.hash },
        evidence: [{ name, ...(document_no && { document_no }) }],
      },
      what: { kind, subject, day },
    };
    const said = () => [word("corrected", { day })];
    const sent = await this.send(written, said);
    this.busy = false;
    if (sent.kind === "refused") return this.refuse(sent.problem);
    drafts.keep(this.#of, { ...draft, correction: null });
    if (sent.kind === "unanswered") {
      this.told = this.kept();
      return this.requestUpdate();
    }
    await this.#check();
    this.told = [...said(), ...this.told];
    this.requestUpdate();
  }

  #rows(draft: Draft) {
    this.shown.clear();
    const read = draft.text.trim() === "" ? null : readShape(draft.text);
    const said = read && (read.kind === "shape" ? word("shape.ready", { n: number(read.points) }) : undefined);
    const wrong =
      read && read.kind !== "shape" ? word(`shape.${read.kind}`, read.kind === "many" ? { n: read.n } : {}) : undefined;
    const geometry = this.labelled(
      {
        pointer: "/geometry",
        label: word("paste"),
        hint: said ?? word("pasteHint"),
        wrong,
      },
      (id, bad) =>
        html`<textarea class="inp mono" id=${id} rows="4" spellcheck="false" .value=${draft.text} aria-invalid=${bad} aria-describedby=${`${id}-s`} @input=${(
          e: Event,
        ) => this.#take(draft, (e.target as HTMLTextAreaElement).value)}></textarea>`,
    );
    return html`${geometry}
      <label class="btn file"><input type="file" class="unseen" accept=".geojson,.json,application/geo+json" @change=${(e: Event) => void this.#load(draft, e.target as HTMLInputElement)} />${word("chooseFile")}</label>
      ${this.#fields.map((f) => this.#field(f, draft))}
      ${this.why(draft, (name) => `/properties/${name}`, { fresh: this.code === null })}`;
  }

  #field(f: Field, draft: Draft) {
    const pointer = `/properties/${f.name}`;
    const set = (v: string) => {
      draft.typed[f.name] = v;
    };
    const [label, value] = [word(f.label), textOf(draft.typed, f.name)];
    if (f.form === "choice")
      return this.choice(
        { pointer, label },
        value,
        f.choices.map(([v, name]) => [v, hasMessage(name) ? t(name) : name] as const),
        set,
      );
    const note = f.optional && word("optional");
    const type = f.form === "long" ? "long" : "text";
    return this.row({ pointer, label, note, type, value, set, required: !f.optional });
  }

  /** What it does, before it is written: areas, neighbours that take the new points, overlaps. */
  #impact({ before }: Draft) {
    const overlaps = this.#overlaps;
    if (overlaps.length > 0)
      return html`<div class="impact" role="alert"><div class="sh"><h4 class="bad">${word("conflicts", { n: overlaps.length })}</h4><span class="grow"></span><button type="button" class="lk" @click=${() => this.#mark(null, overlaps, true)}>${word("show")}</button></div>
        <ul class="rel">${overlaps.map(
          (o) =>
            html`<li><button type="button" class="lk" @click=${() => o.box && goTo(o.box)}>${o.area_m2 === null ? o.id : word("conflictRow", { id: o.id, m2: number(o.area_m2, 2) })}</button></li>`,
        )}</ul></div>`;
    const tried = this.#tried;
    if (!tried) return nothing;
    const after = tried.after.properties.area_m2 ?? 0;
    return html`<div class="impact" role="status"><table class="lst"><thead><tr><th></th><th class="num">${word("before")}</th><th class="num">${word("after")}</th><th class="num">${word("change")}</th></tr></thead>
      <tbody><tr><td>${word("areaRow")}</td><td class="num">${before === null ? t("none") : number(before, 2)}</td><td class="num"><b>${number(after, 2)}</b></td><td class="num">${before === null ? t("none") : signed(after - before, 2)}</td></tr></tbody></table>
      ${
        tried.noded.length === 0
          ? html`<p class="mut">${word("noNeighbours")}</p>`
          : html`<p class="mut">${word("neighbours")}</p><ul class="rel">${tried.noded.map((id) => html`<li>${id}</li>`)}</ul>`
      }<p class="mut">${word("tried")}</p></div>`;
  }

  #take(draft: Draft, text: string): void {
    draft.text = text;
    this.touched("/geometry");
    const read = readShape(text);
    if (read.kind === "shape") this.#mark(read.shape, [], true);
  }

  async #load(draft: Draft, field: HTMLInputElement): Promise<void> {
    const [file] = field.files ?? [];
    field.value = ""; // the same file may be chosen again after it was mended
    if (file) this.#take(draft, await file.text());
  }

  /** mark shows on the map what would be written, and where it overlaps. */
  #mark(shape: Shape | null, overlaps: readonly Overlap[], go: boolean): void {
    const outline = shape ? [markOf("", shape)] : app.state.marks.outline;
    const clashes = overlaps.flatMap((o) => (o.mark ? [o.mark] : []));
    app.set({ marks: { outline, clashes, present: [], places: [] } });
    const box = boxOf((clashes.length > 0 ? clashes : outline).map((f) => f.geometry));
    if (go && box) goTo(box);
  }

  /** drawn shows what is drawn, and beside it what somebody saved meanwhile. */
  #drawn({ text, theirs }: Draft, settled = false): void {
    const read = readShape(text);
    const outline = read.kind === "shape" ? [markOf("", read.shape)] : [];
    const present = theirs && !settled ? [markOf("", theirs.geometry)] : [];
    app.set({ marks: { outline, clashes: [], present, places: [] } });
    const box = boxOf([...outline, ...present].map((f) => f.geometry));
    if (box) goTo(box);
  }

  async #open(): Promise<void> {
    this.begin();
    const first: Typed = Object.fromEntries(
      this.#fields.map((f) => [f.name, f.form === "choice" ? (f.choices[0]?.[0] ?? "") : ""]),
    );
    const present = this.code === null ? { tag: "", before: null } : await this.#present();
    this.busy = false;
    if (!present) return this.requestUpdate();
    const { tag, before } = present;
    drafts.keep(this.#of, { text: "", typed: first, reason: "", document: "", from: "", tag, before } satisfies Draft);
    if (this.state.phone) app.set({ sheet: "high" });
    this.begins();
  }

  async #present(): Promise<Omit<Theirs, "mine"> | null> {
    try {
      const { value, tag } = await getTagged<LandFeature>(this.#path);
      const { area_m2, version, updated_at, updated_by } = value.properties;
      const who = word("staleWho", { at: minuteOf(updated_at), by: updated_by });
      return { tag, before: area_m2, geometry: value.geometry as Shape, version, who };
    } catch (cause) {
      if (cause instanceof Problem) this.told = [cause.message];
      else if (cause instanceof Unreachable) {
        away();
        this.told = [word("lost")];
      } else throw cause;
      return null;
    }
  }

  readonly #close = () => {
    drafts.drop(this.#of);
    this.problems = none;
    this.told = [];
    this.#forget();
    this.focusOn(".row-open");
  };

  #written(draft: Draft): Written | null {
    const read = readShape(draft.text);
    if (read.kind !== "shape" || (draft.from && !isDay(draft.from))) {
      if (draft.text.trim() === "") this.problems = new Map([["/geometry", [word("shape.empty")]]]);
      this.focusOn('[aria-invalid="true"]');
      return null;
    }
    const fresh = this.code === null;
    const properties = {
      ...wholeOf(this.#fields, draft.typed),
      ...(fresh && this.parcel && { parcel: this.parcel }),
      ...(draft.reason.trim() && { reason: draft.reason.trim() }),
      ...(draft.document.trim() && { document_no: draft.document.trim() }),
      ...(draft.from && { valid_from: draft.from }),
    };
    return {
      path: this.#path,
      method: fresh ? "POST" : "PATCH",
      body: { ...(fresh && { type: "Feature" }), geometry: read.shape, properties },
      ...(!fresh && { match: draft.tag }),
      what: { act: "boundary", subject: this.code ?? "" },
      draft: { of: this.#of, where: here(this), held: draft },
    };
  }

  readonly #submit = (e: Event) => {
    e.preventDefault();
    if (this.#draft?.theirs) return; // it is settled first which to go on from
    if (this.#tried) void this.#save();
    else void this.#check();
  };

  async #check(): Promise<void> {
    const draft = this.#draft;
    const written = draft && !this.busy && this.#written(draft);
    if (!draft || !written) return;
    this.#forget();
    this.begin();
    const tried = await check(written);
    this.busy = false;
    if (tried.kind === "refused") return this.#refused(draft, tried.problem);
    if (tried.kind === "answered") {
      this.#tried = triedOf(tried.answer);
      this.told = warningsOf(tried.answer);
      this.#mark(this.#tried.after.geometry as Shape, [], false);
      this.requestUpdate();
      void this.updateComplete.then(() => this.querySelector(".impact")?.scrollIntoView({ block: "nearest" }));
    } else this.told = [word("lost")];
    this.requestUpdate();
  }

  async #save(): Promise<void> {
    const draft = this.#draft;
    const written = draft && !this.busy && this.#written(draft);
    if (!draft || !written) return;
    const of = this.#of;
    this.begin();
    const fresh = this.code === null;
    const said = (answer: unknown): readonly string[] => {
      const { id, properties } = answer as LandFeature;
      const done = fresh ? word("created", { what: id }) : word("savedVersion", { what: id, n: properties.version });
      return [done, ...warningsOf(answer)];
    };
    const sent = await this.send(written, said);
    this.busy = false;
    if (sent.kind === "refused") return this.#refused(draft, sent.problem);
    drafts.drop(of);
    this.#forget();
    if (of !== this.#of) return this.requestUpdate();
    this.told = sent.kind === "answered" ? said(sent.answer) : this.kept();
    if (sent.kind === "answered" && fresh)
      open({ collection: this.collection, id: (sent.answer as LandFeature).id }, false);
    this.focusOn(".row-open");
  }

  async #refused(draft: Draft, problem: Problem): Promise<void> {
    this.#forget();
    if (problem.body.status === 412 && this.code !== null) return this.#stale(draft, problem);
    this.refuse(problem);
    const faults = faultsOf(problem);
    const read = readShape(draft.text);
    const others = [...this.problems].filter(([p]) => !p.startsWith("/geometry"));
    const shape = faults.filter((f) => f.pointer?.startsWith("/geometry"));
    if (shape.length > 0) {
      const said = groupsOf(shape, read.kind === "shape" ? read : null);
      this.problems = new Map([...others, ["/geometry", said]]);
    }
    const accepted = faults.find((f) => f.code === "plot.accepted");
    const hash = accepted && hashOf(problem);
    if (hash) {
      const { name = "", document = draft.document } = draft.correction ?? {};
      drafts.keep(this.#of, { ...draft, correction: { hash, says: accepted.detail, name, document } });
      this.problems = new Map(others.filter(([p]) => p !== (accepted.pointer ?? "")));
      return this.focusOn(".fix .inp");
    }
    this.#overlaps = overlapsOf(problem);
    if (this.#overlaps.length > 0) {
      this.problems = new Map([...others, ["/geometry", [word("conflicts", { n: this.#overlaps.length })]]]);
      this.#mark(read.kind === "shape" ? read.shape : null, this.#overlaps, true); // each is listed with its place
    }
  }

  /** What is drawn stays as it is and based on what it was: nobody's boundary is replaced before a person has seen both. */
  async #stale(draft: Draft, problem: Problem): Promise<void> {
    const present = await this.#present();
    if (!present) return this.refuse(problem);
    const theirs = { ...present, mine: await areaOf(draft.text) };
    drafts.keep(this.#of, { ...draft, theirs });
    this.#drawn({ ...draft, theirs });
    if (this.state.phone) app.set({ sheet: "mid" }); // so that the map shows both
    this.focusOn(".clash .btn.pri");
  }
}
customElements.define("zb-boundary", BoundaryElement);

/** What is answered of a boundary: the feature, and the neighbours that took its points. */
function triedOf(answer: unknown): Tried {
  const { noded = [], ...after } = answer as LandFeature & { noded?: readonly { id: string }[] };
  return { after, noded: noded.map(({ id }) => id) };
}

const warningsOf = (answer: unknown): readonly string[] => (answer as { warnings?: string[] } | null)?.warnings ?? [];

/** hashOf is the fingerprint that a correction of an accepted boundary names. */
function hashOf({ body, message }: Problem): string | null {
  const { geometry_hash } = body as { geometry_hash?: string };
  return geometry_hash ?? /[0-9a-f]{64}/.exec(JSON.stringify([message, body.errors]))?.[0] ?? null;
}

/** areaOf measures what is drawn; null where the formulas cannot be fetched. */
async function areaOf(text: string): Promise<number | null> {
  const read = readShape(text);
  if (read.kind !== "shape") return null;
  try {
    const all = polygonsOf(read.shape).flatMap((rings) => rings.map((ring, i) => ({ ring, sign: i === 0 ? 1 : -1 })));
    const areas = await Promise.all(
      all.map(async ({ ring, sign }) => sign * (await measure(ring.slice(0, -1), true)).area),
    );
    return areas.reduce((sum, a) => sum + a, 0);
  } catch {
    return null;
  }
}
