import { html, nothing } from "lit";
import { Unreachable } from "../api/client";
import { search } from "../api/features";
import { fetchHolding, fetchList } from "../api/figures";
import type { Contract, Found, Holding } from "../api/types";
import { boxOf } from "../geo/shape";
import { type MessageKey, pick, t } from "../i18n";
import type { Opened } from "../state/address";
import { held, type State } from "../state/app";
import { hasPlots } from "../state/figures";
import { away, failed } from "../state/load";
import { may } from "../state/me";
import { goTo, open } from "../state/navigate";
import { PageElement } from "../ui/element";
import { icon } from "../ui/icons";

const pause = 80; // milliseconds after the last letter
const most = 6; // hits of a kind

/** A hit as it is listed, and what choosing it does. */
interface Hit {
  name: string;
  /** What is written as somebody entered it, in Chinese. */
  data: boolean;
  note: string;
  small: string | null;
  choose: () => void;
}

/** The hits of one kind under their heading. */
interface Kind {
  title: MessageKey;
  hits: Hit[];
  matched: number;
}

/** The search field with its list; choosing goes to the place and opens what can be opened. */
class Search extends PageElement {
  #text = "";
  #found: Kind[] | null = null;
  #local = false;
  #active = 0;
  #wide = false;
  #asked: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected pick(s: Readonly<State>) {
    return [s.phone];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#slash);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#slash);
  }

  readonly #slash = (e: KeyboardEvent) => {
    const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement;
    if (e.key !== "/" || typing || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    this.#widen();
  };

  #widen(): void {
    this.#wide = true;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector("input")?.focus());
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#text = "";
    this.#found = null;
    this.#wide = false;
    this.requestUpdate();
  }

  #type(text: string): void {
    this.#text = text;
    clearTimeout(this.#timer);
    this.#asked?.abort();
    if (text.trim() === "") {
      this.#found = null;
      this.requestUpdate();
    } else this.#timer = setTimeout(() => void this.#ask(text.trim()), pause);
  }

  async #ask(q: string): Promise<void> {
    const asked = new AbortController();
    this.#asked = asked;
    try {
      this.#found = await findAll(this.state, q, asked.signal);
      this.#local = false;
    } catch (cause) {
      if (asked.signal.aborted) return;
      if (cause instanceof Unreachable) away();
      this.#found = kinds({ title: "search.land", hits: searchHeld(this.state, q).map(landHit), matched: 0 });
      this.#local = cause instanceof Unreachable;
    }
    if (asked.signal.aborted) return;
    this.#active = 0;
    this.requestUpdate();
  }

  get #hits(): Hit[] {
    return this.#found?.flatMap((kind) => kind.hits) ?? [];
  }

  #choose(hit: Hit): void {
    hit.choose();
    this.#clear();
    this.querySelector("input")?.blur();
  }

  #keys(e: KeyboardEvent): void {
    const list = this.#hits;
    if (e.key === "Escape") {
      this.#clear();
      (e.target as HTMLElement).blur();
    } else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.length > 0) this.#active = (this.#active + (e.key === "ArrowDown" ? 1 : -1) + list.length) % list.length;
      this.requestUpdate();
      void this.updateComplete.then(() =>
        this.querySelector(`#found-${this.#active}`)?.scrollIntoView({ block: "nearest" }),
      );
    } else if (e.key === "Enter") {
      e.preventDefault();
      const chosen = list[this.#active];
      if (chosen) this.#choose(chosen);
    }
  }

  protected override render() {
    const { phone } = this.state;
    if (phone && !this.#wide)
      return html`<button class="ib" aria-label=${t("search.label")} @click=${() => this.#widen()}>${icon("search")}</button>`;
    const list = this.#hits;
    const open = this.#found !== null;
    return html`<div class=${phone ? "search wide" : "search"}>
      ${icon("search")}
      <input role="combobox" type="text" autocomplete="off" spellcheck="false" aria-label=${t("search.label")} placeholder=${t("search.hint")} aria-expanded=${open}
        aria-controls="found" aria-autocomplete="list" aria-activedescendant=${list.length > 0 ? `found-${this.#active}` : nothing} .value=${this.#text}
        @input=${(e: Event) => this.#type((e.target as HTMLInputElement).value)} @keydown=${(e: KeyboardEvent) => this.#keys(e)}
        @blur=${() => {
          if (!phone) setTimeout(() => this.#clear(), 150);
        }} />
      ${phone ? html`<button class="ib" aria-label=${t("search.close")} @click=${() => this.#clear()}>${icon("close")}</button>` : html`<kbd aria-hidden="true">/</kbd>`}
      <div class="found" ?hidden=${!open}>
        ${this.#local ? html`<p class="mut">${t("search.local")}</p>` : nothing}
        <div id="found" role="listbox" aria-label=${t("search.label")}>${this.#found?.map((kind) => this.#kind(kind, list))}</div>
        ${open && list.length === 0 ? html`<p class="mut">${t("search.none", { q: this.#text.trim() })}</p>` : nothing}
      </div>
      <span class="unseen" role="status">${list.length > 0 ? t("search.found", { n: list.length }) : ""}</span>
    </div>`;
  }

  #kind({ title, hits, matched }: Kind, all: readonly Hit[]) {
    return html`<div role="group" aria-label=${t(title)}><p class="kind" aria-hidden="true"><b>${t(title)}</b>${matched > hits.length ? t("search.of", { n: hits.length, all: matched }) : nothing}</p>${hits.map((hit) => this.#row(hit, all.indexOf(hit)))}</div>`;
  }

  #row(hit: Hit, i: number) {
    return html`<div class="hit" id="found-${i}" role="option" aria-selected=${i === this.#active} @pointerdown=${(
      e: Event,
    ) => {
      e.preventDefault();
      if (!this.state.phone) this.#choose(hit);
    }} @click=${() => {
      if (this.state.phone) this.#choose(hit); // a thumb may be scrolling
    }}>
      <b class=${hit.data ? "data" : ""} lang=${hit.data ? "zh-CN" : nothing}>${hit.name}</b><span class="nw">${hit.note}</span>${hit.small ? html`<small class=${hit.data ? "data" : ""}>${hit.small}</small>` : nothing}
    </div>`;
  }
}
customElements.define("zb-search", Search);

const kinds = (...all: Kind[]): Kind[] => all.filter((kind) => kind.hits.length > 0);

/** findAll asks for land, holdings and contracts at once; without plots there is no register to ask. */
async function findAll({ at, known, figures }: Readonly<State>, q: string, signal: AbortSignal): Promise<Kind[]> {
  const clocks = { at, known };
  const none = { items: [], matched: 0 };
  const registered = may("register.read") && figures !== null && hasPlots(figures.progress.round.figures);
  const [land, holdings, contracts] = await Promise.all([
    search(q, clocks, most, signal),
    registered ? fetchList("holdings", { q, limit: most }, clocks, signal) : none,
    registered ? fetchList("contracts", { q, limit: most }, clocks, signal) : none,
  ]);
  return kinds(
    { title: "search.land", hits: land.items.map(landHit), matched: land.items.length },
    { title: "search.holding", hits: holdings.items.map(holdingHit), matched: holdings.matched },
    {
      title: "search.contract",
      hits: contracts.items.map((c) => contractHit(c, clocks)),
      matched: contracts.matched,
    },
  );
}

const landHit = ({ collection, id, kind, name, name_en, place, place_en, bbox }: Found): Hit => ({
  name: pick(name, name_en) ?? id,
  data: false,
  note: collection === "context" ? t(`kind.${kind}`) : `${t(`kind.${kind}`)} ${id}`,
  small: pick(place, place_en),
  choose: () => {
    if (collection !== "context") open({ collection, id }, false);
    goTo(bbox);
  },
});

const holdingHit = (h: Holding): Hit => ({
  name: h.name,
  data: true,
  note: h.code,
  small: [...h.parties.map((p) => p.name).filter((name) => name !== h.name), ...h.land.map((l) => l.plot)].join(" "),
  choose: () => openOn(h, { kind: "holding", code: h.code }),
});

const contractHit = (c: Contract, clocks: { at: string | null; known: string | null }): Hit => ({
  name: c.code,
  data: false,
  note: `${t(`contractKind.${c.kind}`)} ${t(`contract.${c.status}`)}`,
  small: c.holdings.slice(0, most).join(" "),
  choose: () => {
    const opened: Opened = { kind: "contract", code: c.code };
    const [first] = c.holdings;
    if (first === undefined) openOn(c, opened);
    else fetchHolding(first, clocks).then((h) => openOn(h, opened), failed);
  },
});

/** openOn opens a holding or contract on its first plot, or on its parcel where it has none. */
function openOn({ land, parcel }: { land?: Holding["land"]; parcel: string }, opened: Opened): void {
  const [first] = land ?? [];
  open(first ? { collection: "plots", id: first.plot } : { collection: "parcels", id: parcel }, true, opened);
}

/** searchHeld finds in what is loaded, for as long as the server cannot be asked. */
export function searchHeld({ items }: Pick<State, "items">, q: string): Found[] {
  const needle = q.toLowerCase();
  return held
    .flatMap((collection) => (items[collection] ?? []).map((f) => ({ collection, f })))
    .filter(({ f: { id, properties: p } }) =>
      [id, p.name, p.name_en].some((text) => text?.toLowerCase().includes(needle)),
    )
    .slice(0, most)
    .flatMap(({ collection, f }) => {
      const bbox = boxOf([f.geometry]);
      const { kind, name, name_en, subdistrict = null, subdistrict_en = null } = f.properties;
      return bbox
        ? [{ collection, id: f.id, kind, name, name_en, place: subdistrict, place_en: subdistrict_en, bbox }]
        : [];
    });
}
