import { html, nothing } from "lit";
import { getJson, Problem, query, request, Unreachable } from "../api/client";
import type { Collection, Position } from "../api/types";
import { listJoin } from "../i18n";
import { type WriteKey, word } from "../i18n/write";
import { app, noMarks, type State } from "../state/app";
import { drafts } from "../state/drafts";
import { away } from "../state/load";
import { type Found, folded, numbered, worst } from "../state/look";
import { goTo } from "../state/navigate";
import { freshKey } from "../state/unsent";
import { number } from "../ui/format";
import { icon } from "../ui/icons";
import { FormElement, type Why } from "./form";
import { write } from "./send";
import { edgeOf } from "./sentence";

const layers = ["zones", "parcels", "plots"] as const satisfies readonly Collection[];
const patience = 600_000; // a large file is read, compared and judged before there is an answer
const fewNames = 8;
const near = 0.0012; // degrees around a place that is shown

interface Named {
  id: string | null;
}

/** What a look at a file answered. */
interface Look {
  id: string | number;
  hash: string;
  format: string;
  encoding: string;
  crs: { code: string; why: string };
  features: number;
  new: readonly Named[];
  changed: readonly Named[];
  unchanged: number;
  outside: readonly { parcel: string; plot: string; area_m2: number; point: Position }[];
  problems: readonly Found[];
  /** The lists above are the first of so many. */
  counts: { new: number; changed: number; outside: number; errors: number; warnings: number };
  applied: unknown;
}

interface Draft extends Why {
  id: string | number;
  name: string;
  layer: (typeof layers)[number];
  accept: boolean;
}

/** Importing in two steps: a file is looked at, and only then, all or nothing, written. */
class ImportsElement extends FormElement {
  #layer: (typeof layers)[number] = "plots";
  #file: File | null = null;
  #key = "";
  #look: Look | null = null;
  #stale = false;
  #language = "";

  protected pick(s: Readonly<State>) {
    return [s.known, s.at, s.round, s.phone];
  }

  get #draft(): Draft | undefined {
    return drafts.get<Draft>("import");
  }

  /** What was found is read again after a reload, and told in the language of the page. */
  protected override willUpdate(): void {
    const { language } = this.state;
    if (language === this.#language) return;
    this.#language = language;
    const draft = this.#draft;
    if (draft) void this.#reread(draft);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    app.set({ marks: noMarks });
  }

  protected override updated(): void {
    const draft = this.#draft;
    if (draft) drafts.keep("import", draft);
  }

  protected override render() {
    return html`${this.state.known === null ? (this.#look && this.#draft ? this.#found(this.#look, this.#draft) : this.#choose()) : nothing}${this.#exports()}`;
  }

  #choose() {
    const file = this.#file;
    this.shown.clear();
    this.shown.add("/file");
    return html`<section class="sec look"><h2>${word("importTitle")}</h2><p class="mut sm">${word("importLead")}</p>
      <form class="rec" novalidate @submit=${this.#ask}>
        <div class="fld"><span>${word("file")}</span><div class="ttl"><label class="btn file"><input type="file" class="unseen" accept=".geojson,.json,application/geo+json" @change=${(e: Event) => this.#take(e.target as HTMLInputElement)} />${word("chooseFile")}</label>${
          file
            ? html`<span class="data">${file.name}</span>`
            : html`<small class=${this.fault("/file") ? "bad data" : ""}>${this.fault("/file") ?? word("fileHint")}</small>`
        }</div></div>
        ${this.choice(
          { pointer: "/collection", label: word("layer") },
          this.#layer,
          layers.map((l) => [l, word(`layer.${l}`)] as const),
          (l) => {
            this.#layer = l as (typeof layers)[number];
            this.#key = "";
          },
        )}
        ${this.foot({ cancel: file ? this.#drop : undefined, save: word("look") })}
      </form></section>`;
  }

  #take(field: HTMLInputElement): void {
    this.#file = field.files?.[0] ?? null;
    this.#key = "";
    field.value = ""; // the same file may be chosen again after it was mended
    this.touched("/file");
  }

  readonly #drop = () => {
    this.#file = null;
    this.#key = "";
    this.problems = new Map();
    this.told = [];
    this.requestUpdate();
  };

  readonly #ask = (e: Event) => {
    e.preventDefault();
    void this.#send();
  };

  /** A look writes nothing; asked again after silence it goes under the same key, so that the file is read once. */
  async #send(): Promise<void> {
    const file = this.#file;
    if (this.busy) return;
    if (!file) {
      this.problems = new Map([["/file", [word("chooseFile")]]]);
      return this.focusOn('input[type="file"]');
    }
    this.begin();
    this.#key ||= freshKey();
    const body = new FormData();
    body.set("collection", this.#layer);
    body.set("file", file, file.name);
    try {
      const answer = await request("/api/v1/imports", { body, patience, headers: { "Idempotency-Key": this.#key } });
      const look = (await answer.json()) as Look;
      this.#key = "";
      this.#stale = false;
      const { reason = "", document = "", from = "" } = this.#draft ?? {};
      drafts.keep("import", {
        id: look.id,
        name: file.name,
        layer: this.#layer,
        reason,
        document,
        from,
        accept: false,
      } satisfies Draft);
      this.#show(look);
    } catch (cause) {
      if (cause instanceof Problem) return this.refuse(cause);
      if (!(cause instanceof Unreachable)) throw cause;
      away();
      this.told = [word("lookLost")];
    } finally {
      this.busy = false;
      this.requestUpdate();
    }
  }

  async #reread(draft: Draft): Promise<void> {
    try {
      this.#show(await getJson<Look>(`/api/v1/imports/${encodeURIComponent(draft.id)}`));
    } catch (cause) {
      if (cause instanceof Unreachable) away();
      else if (!(cause instanceof Problem)) throw cause;
      else drafts.drop("import"); // it is no longer there
    }
    this.requestUpdate();
  }

  #show(look: Look): void {
    this.#look = { ...look, problems: folded(worst(look.problems)) };
    app.set({ marks: { ...noMarks, places: numbered(this.#look.problems).places } });
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".found-in")?.focus());
  }

  #found(look: Look, draft: Draft) {
    const { errors, ...count } = look.counts;
    const writes = count.new + count.changed;
    const why: WriteKey = look.applied
      ? "already"
      : errors > 0
        ? "applyNot"
        : writes === 0
          ? "applyNothing"
          : "applySays";
    const { numbers } = numbered(look.problems);
    const counts: [WriteKey, number][] = [
      ["features", look.features],
      ["new", count.new],
      ["changed", count.changed],
      ["unchanged", look.unchanged],
    ];
    this.shown.clear();
    return html`<section class="sec hd"><p class="crumb">${word("importTitle")}<i>/</i>${word(`layer.${draft.layer}`)}</p>
        <div class="ttl"><h2 class="name found-in data" tabindex="-1">${draft.name}</h2></div><p class="mut">${word("looked")}</p></section>
      <section class="sec"><h2>${word("read")}</h2><dl class="kv">
        <dt>${word("format")}</dt><dd class="data">${look.format}</dd><dt>${word("encoding")}</dt><dd class="data">${look.encoding}</dd>
        <dt>${word("crs")}</dt><dd><span class="data">${look.crs.code}</span><br /><small class="mut data">${look.crs.why}</small></dd></dl></section>
      <section class="sec"><dl class="counts">${counts.map(([key, n]) => html`<div><dt>${word(key)}</dt><dd>${number(n)}</dd></div>`)}</dl>
        ${named("newList", look.new, count.new)}${named("changedList", look.changed, count.changed)}</section>
      <section class="sec"><h2>${look.problems.length > 0 ? word("problems", { n: number(errors + count.warnings) }) : word("noProblems")}</h2>
        <ol class="probs">${look.problems.map((p, i) => problemRow(p, numbers[i] ?? null))}</ol></section>
      ${this.#outside(look)}
      <section class="sec look"><form class="rec" novalidate @submit=${this.#apply}>
        ${this.why(draft, (name) => `/${name}`, { fresh: true })}
        ${
          count.outside > 0
            ? html`<label class="accept"><input type="checkbox" .checked=${draft.accept} @change=${(e: Event) => {
                draft.accept = (e.target as HTMLInputElement).checked;
                this.requestUpdate();
              }} />${word("accept")}</label>`
            : nothing
        }
        <p class="mut">${word(why)}</p>
        ${this.#stale ? html`<p class="bad" role="alert">${word("stale")}</p>` : nothing}
        ${this.foot({ cancel: this.#forget, leave: word("forget"), save: word("apply"), off: why !== "applySays" || (count.outside > 0 && !draft.accept) })}
      </form></section>`;
  }

  #outside({ outside, counts }: Look) {
    if (counts.outside === 0) return nothing;
    return html`<section class="sec"><h2>${word("outside", { n: number(counts.outside) })}</h2><ul class="rel">${outside.map(
      ({ plot, parcel, area_m2, point }) =>
        html`<li><button class="lk" @click=${() => goThere(point)}>${word("outsideRow", { plot, parcel, m2: number(area_m2, 2) })}</button></li>`,
    )}</ul></section>`;
  }

  readonly #forget = () => {
    const draft = this.#draft;
    if (draft)
      void write({
        path: `/api/v1/imports/${encodeURIComponent(draft.id)}`,
        method: "DELETE",
        what: { act: "forget", subject: draft.name },
      });
    this.#leave([word("forgotten")]);
  };

  #leave(said: readonly string[]): void {
    drafts.drop("import");
    this.#look = null;
    this.#drop();
    this.told = said;
    app.set({ marks: noMarks });
    this.focusOn("form .inp");
  }

  readonly #apply = async (e: Event) => {
    e.preventDefault();
    const [draft, look] = [this.#draft, this.#look];
    if (!draft || !look || this.busy) return;
    this.begin();
    const said = () => [word("applied", { new: number(look.counts.new), changed: number(look.counts.changed) })];
    const written = {
      path: `/api/v1/imports/${encodeURIComponent(draft.id)}/apply`,
      body: {
        hash: look.hash,
        ...(draft.reason.trim() && { reason: draft.reason.trim() }),
        ...(draft.document.trim() && { document_no: draft.document.trim() }),
        ...(draft.from && { valid_from: draft.from }),
        ...(draft.accept && { accept_outside: true }),
      },
      what: { act: "apply" as const, subject: draft.name },
      patience,
    };
    const sent = await this.send(written, said);
    this.busy = false;
    if (sent.kind === "refused") {
      this.#stale = sent.problem.body.status === 412;
      return this.refuse(sent.problem);
    }
    this.#leave(sent.kind === "answered" ? said() : this.kept());
  };

  #exports() {
    const { at, known } = this.state;
    return html`<section class="sec"><h2>${word("exportTitle")}</h2><p class="mut sm">${word("exportLead")}</p>
      <p class="exports">${layers.map((l) => html`<a class="btn" href=${`/api/v1/exports/${l}.geojson${query({ at, known })}`} download>${icon("download", true)}${word(`layer.${l}`)}</a>`)}</p></section>`;
  }
}
customElements.define("zb-imports", ImportsElement);

function named(key: "newList" | "changedList", list: readonly Named[], all: number) {
  const codes = list.flatMap(({ id }) => (id ? [id] : []));
  if (codes.length === 0) return nothing;
  const few = word(key, { list: listJoin(codes.slice(0, fewNames)) });
  return html`<p class="mut">${few}${all > fewNames ? ` ${word("andMore", { n: number(all) })}` : ""}</p>`;
}

/** problemRow says what is wrong, where in the file, and how it is mended; one with a place goes there. */
function problemRow({ severity, feature, id, code = "", reason: told, mend, point, more }: Found, n: number | null) {
  const reason = edgeOf({ code, reason: told });
  const where = [
    word(`severity.${severity}` as WriteKey),
    feature ? word("featureNo", { n: number(feature) }) : "",
    id ?? "",
  ].filter(Boolean);
  return html`<li><span class=${n === null ? "at none" : "at"}>${n ?? "·"}</span><div><p>${
    point
      ? html`<button class="lk data" aria-label=${word("goThere", { what: `${where.join(" ")} ${reason}` })} @click=${() => goThere(point)}>${where.join(" ")}</button>`
      : html`<span class="mut">${where.join(" ")}</span>`
  }</p><p class="data">${reason}</p>${mend ? html`<p class="data">${mend}</p>` : nothing}${more ? html`<p class="mut">${word("sameMore", { n: number(more) })}</p>` : nothing}</div></li>`;
}

const goThere = ([lon, lat]: Position): void => goTo([lon - near, lat - near, lon + near, lat + near]);
