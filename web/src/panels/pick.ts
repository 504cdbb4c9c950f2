import { html, nothing } from "lit";
import { Problem, Unreachable } from "../api/client";
import { search } from "../api/features";
import { fetchList } from "../api/figures";
import { pick } from "../i18n";
import { word } from "../i18n/write";
import { app } from "../state/app";
import type { Named } from "../state/fields";
import { away } from "../state/load";
import { PageElement } from "../ui/element";

const pause = 120; // milliseconds after the last letter
const most = 6;
let picks = 0;

/** What was picked: its code, and its name where it has one. */
export interface Picked {
  code: string;
  name: string;
}

/** A field that looks up a holding, party, plot or parcel while it is typed, and hands what is chosen to its form. */
class PickElement extends PageElement {
  static override properties = { of: {}, parcel: {}, taken: {}, picked: {} };
  declare of: Named;
  declare parcel: string | null;
  declare taken: readonly string[];
  declare picked: (chosen: Picked) => void;
  readonly #id = `pick${++picks}`;
  #text = "";
  #found: Picked[] | null = null;
  #active = 0;
  #asked: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected pick() {
    return [];
  }

  protected override render() {
    const list = this.#found ?? [];
    const open = this.#found !== null;
    const label = word("add", { what: word(`add.${this.of}`) });
    return html`<div class="pick"><input class="inp" role="combobox" type="text" autocomplete="off" spellcheck="false" aria-label=${label} placeholder=${label}
        aria-expanded=${open} aria-controls=${this.#id} aria-autocomplete="list" aria-activedescendant=${list.length > 0 ? `${this.#id}-${this.#active}` : nothing}
        .value=${this.#text} @input=${(e: Event) => this.#type((e.target as HTMLInputElement).value)} @keydown=${(e: KeyboardEvent) => this.#keys(e)} @blur=${() => setTimeout(() => this.#clear(this.#text), 150)} />
      <div class="hits" ?hidden=${!open}><div id=${this.#id} role="listbox" aria-label=${label}>${list.map(
        (hit, i) =>
          html`<div class="hit" id="${this.#id}-${i}" role="option" aria-selected=${i === this.#active} @pointerdown=${(e: Event) => e.preventDefault()} @click=${() => this.#choose(hit)}><b class="data" lang="zh-CN">${hit.name || hit.code}</b>${hit.name ? html`<span class="nw">${hit.code}</span>` : nothing}</div>`,
      )}</div>${open && list.length === 0 ? html`<p class="mut" role="status">${word("addNone")}</p>` : nothing}</div></div>`;
  }

  #type(text: string): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#text = text;
    const q = text.trim();
    if (q === "") this.#clear();
    else this.#timer = setTimeout(() => void this.#ask(q), pause);
  }

  async #ask(q: string): Promise<void> {
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const found = await find(this.of, q, this.parcel, asked.signal);
      if (asked.signal.aborted) return;
      this.#found = found.filter((hit) => !this.taken.includes(hit.code)).slice(0, most);
      this.#active = 0;
      this.requestUpdate();
    } catch (cause) {
      if (asked.signal.aborted) return;
      if (cause instanceof Unreachable) away();
      else if (!(cause instanceof Problem)) throw cause;
      this.#found = [];
      this.requestUpdate();
    }
  }

  #keys(e: KeyboardEvent): void {
    const list = this.#found ?? [];
    if (e.key === "Escape" && (this.#found || this.#text)) {
      e.stopPropagation(); // the list is left first, the form by the next one
      e.preventDefault();
      this.#clear();
    } else if ((e.key === "ArrowDown" || e.key === "ArrowUp") && list.length > 0) {
      e.preventDefault();
      this.#active = (this.#active + (e.key === "ArrowDown" ? 1 : -1) + list.length) % list.length;
      this.requestUpdate();
    } else if (e.key === "Enter" && !e.isComposing && this.#text.trim()) {
      e.preventDefault();
      this.#choose(list[this.#active] ?? { code: this.#text.trim().toUpperCase(), name: "" });
    }
  }

  #choose(hit: Picked): void {
    this.#clear();
    if (!this.taken.includes(hit.code)) this.picked(hit);
  }

  #clear(keep = ""): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#text = keep;
    this.#found = null;
    this.requestUpdate();
  }
}
customElements.define("zb-pick", PickElement);

const now = { at: null, known: null }; // what is written now rests on what is there now

async function find(of: Named, q: string, parcel: string | null, signal: AbortSignal): Promise<Picked[]> {
  const limit = most * 2;
  if (of === "holding") return (await fetchList("holdings", { q, parcel, limit }, now, signal)).items;
  if (of === "party") return (await fetchList("parties", { q, parcel, limit }, now, signal)).items;
  if (of === "plot") {
    const { items } = await search(q, now, limit, signal);
    return items.filter((hit) => hit.collection === "plots").map((hit) => ({ code: hit.id, name: "" }));
  }
  return (app.state.items.parcels ?? [])
    .map((f) => ({ code: f.id, name: pick(f.properties.name, f.properties.name_en) }))
    .filter(({ code, name }) => `${code} ${name}`.toLowerCase().includes(q.toLowerCase()));
}
