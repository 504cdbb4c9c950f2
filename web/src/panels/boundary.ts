import { html, nothing } from "lit";
import { getTagged, Problem, Unreachable } from "../api/client";
import type { Collection, LandFeature } from "../api/types";
import { readShape, type Shape } from "../geo/geojson";
import { boxOf } from "../geo/shape";
import { hasMessage, t } from "../i18n";
import { say } from "../i18n/record";
import { type WriteKey, word } from "../i18n/write";
import { app, noMarks, type State } from "../state/app";
import { drafts } from "../state/drafts";
import { type Field, type Typed, textOf, things, wholeOf } from "../state/fields";
import { away } from "../state/load";
import { goTo, open } from "../state/navigate";
import { isDay, number, signed } from "../ui/format";
import { FormElement, none, onEscape } from "./form";
import { markOf, type Overlap, overlapsOf } from "./overlap";
import { check, here, type Written, write } from "./send";

interface Draft {
  text: string;
  typed: Typed;
  reason: string;
  document: string;
  from: string;
  tag: string;
  /** The area of what is replaced; null for what is new. */
  before: number | null;
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
    const wanted = ["name", "name_en", "disposition", "use_class", "accuracy", "source"];
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
    if (pointer === "/geometry" || pointer.startsWith("/properties/valid")) this.#forget();
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
      <h3 id=${`${this.formId}-h`}>${named}</h3>${this.#rows(draft)}${this.#impact(draft)}
      ${this.foot({ cancel: this.#close, check: this.#tried ? () => void this.#check() : undefined, save: this.#tried ? say("save") : say("check") })}</form>`;
  }

  #rows(draft: Draft) {
    this.shown.clear();
    const read = draft.text.trim() === "" ? null : readShape(draft.text);
    const said = read && (read.kind === "shape" ? word("shape.ready", { n: number(read.points) }) : undefined);
    const wrong =
      read && read.kind !== "shape" ? word(`shape.${read.kind}`, read.kind === "many" ? { n: read.n } : {}) : undefined;
    for (const [p] of this.problems) if (p.startsWith("/geometry")) this.shown.add(p);
    const faults = [...this.problems].flatMap(([p, all]) => (p.startsWith("/geometry") ? all : []));
    const geometry = this.labelled(
      {
        pointer: "/geometry",
        label: word("paste"),
        hint: said ?? word("pasteHint"),
        wrong: faults.length > 0 ? faults.join(" ") : wrong,
      },
      (id, bad) =>
        html`<textarea class="inp mono" id=${id} rows="4" spellcheck="false" .value=${draft.text} aria-invalid=${bad} aria-describedby=${`${id}-s`} @input=${(
          e: Event,
        ) => this.#take(draft, (e.target as HTMLTextAreaElement).value)}></textarea>`,
    );
    return html`${geometry}
      <label class="btn file"><input type="file" class="unseen" accept=".geojson,.json,application/geo+json" @change=${(e: Event) => void this.#load(draft, e.target as HTMLInputElement)} />${word("chooseFile")}</label>
      ${this.#fields.map((f) => this.#field(f, draft))}
      ${this.row({
        pointer: "/properties/reason",
        label: word("reason"),
        type: "text",
        value: draft.reason,
        required: true,
        set: (v) => {
          draft.reason = v;
        },
      })}
      ${this.row({
        pointer: "/properties/document_no",
        label: word("document"),
        note: word("optional"),
        type: "text",
        value: draft.document,
        set: (v) => {
          draft.document = v;
        },
      })}
      ${this.row({
        pointer: "/properties/valid_from",
        label: word("validFrom"),
        note: word("optional"),
        hint: word("validFromHint", { day: this.state.round?.default_at ?? "" }),
        type: "date",
        value: draft.from,
        set: (v) => {
          draft.from = v;
        },
      })}`;
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
    return this.row({ pointer, label, note: word("optional"), type: f.form === "long" ? "long" : "text", value, set });
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
    app.set({ marks: { outline, clashes, places: [] } });
    const box = boxOf((clashes.length > 0 ? clashes : outline).map((f) => f.geometry));
    if (go && box) goTo(box);
  }

  async #open(): Promise<void> {
    this.begin();
    const first: Typed = Object.fromEntries(
      this.#fields.map((f) => [f.name, f.form === "choice" ? (f.choices[0]?.[0] ?? "") : ""]),
    );
    const present = this.code === null ? { tag: "", before: null } : await this.#present();
    this.busy = false;
    if (present)
      drafts.keep(this.#of, { text: "", typed: first, reason: "", document: "", from: "", ...present } satisfies Draft);
    if (this.state.phone) app.set({ sheet: "high" });
    this.focusOn("form .inp");
  }

  async #present(): Promise<{ tag: string; before: number | null } | null> {
    try {
      const { value, tag } = await getTagged<LandFeature>(this.#path);
      return { tag, before: value.properties.area_m2 };
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
      if (draft.text.trim() === "") this.problems = new Map([["/geometry", [word("shape.none")]]]);
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
    const sent = await write(written);
    this.busy = false;
    if (sent.kind === "refused") return this.#refused(draft, sent.problem);
    drafts.drop(of);
    this.#forget();
    if (of !== this.#of) return this.requestUpdate();
    if (sent.kind === "answered") {
      const { id, properties } = sent.answer as LandFeature;
      this.told = [
        this.code === null ? word("created", { what: id }) : word("savedVersion", { what: id, n: properties.version }),
        ...warningsOf(sent.answer),
      ];
      if (this.code === null) open({ collection: this.collection, id }, false);
    } else this.told = [word("kept")];
    this.focusOn(".row-open");
  }

  async #refused(draft: Draft, problem: Problem): Promise<void> {
    this.#forget();
    this.refuse(problem);
    this.#overlaps = overlapsOf(problem);
    if (this.#overlaps.length > 0) {
      const others = [...this.problems].filter(([p]) => !p.startsWith("/geometry")); // overlaps are listed, each with its place
      this.problems = new Map([...others, ["/geometry", [word("conflicts", { n: this.#overlaps.length })]]]);
      const read = readShape(draft.text);
      this.#mark(read.kind === "shape" ? read.shape : null, this.#overlaps, true);
    }
    if (problem.body.status !== 412) return;
    const present = await this.#present(); // what is drawn stays; what it is based on is the present now, and is judged anew
    if (!present) return;
    drafts.keep(this.#of, { ...draft, ...present });
    this.requestUpdate();
  }
}
customElements.define("zb-boundary", BoundaryElement);

/** What is answered of a boundary: the feature, and the neighbours that took its points. */
function triedOf(answer: unknown): Tried {
  const { noded = [], ...after } = answer as LandFeature & { noded?: readonly { id: string }[] };
  return { after, noded: noded.map(({ id }) => id) };
}

const warningsOf = (answer: unknown): readonly string[] => (answer as { warnings?: string[] } | null)?.warnings ?? [];
