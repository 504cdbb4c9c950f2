import { html, nothing } from "lit";
import { Unreachable } from "../api/client";
import { search } from "../api/features";
import type { Found } from "../api/types";
import { boxOf } from "../geo/shape";
import { pick, t } from "../i18n";
import { held, type State } from "../state/app";
import { away } from "../state/load";
import { goTo, open } from "../state/navigate";
import { day } from "../state/select";
import { PageElement } from "../ui/element";
import { icon } from "../ui/icons";

const pause = 80; // milliseconds after the last letter

/** The search field with its list; choosing goes to the place and opens what can be opened. */
class Search extends PageElement {
  #text = "";
  #found: Found[] | null = null;
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
      this.#found = (await search(q, day(this.state), asked.signal)).items;
      this.#local = false;
    } catch (cause) {
      if (asked.signal.aborted) return;
      if (cause instanceof Unreachable) away();
      this.#found = searchHeld(this.state, q);
      this.#local = cause instanceof Unreachable;
    }
    this.#active = 0;
    this.requestUpdate();
  }

  #choose(found: Found): void {
    const place = found.collection === "context";
    if (!place) open({ collection: found.collection, id: found.id }, false);
    goTo(found.bbox);
    this.#clear();
    this.querySelector("input")?.blur();
  }

  #keys(e: KeyboardEvent): void {
    const list = this.#found ?? [];
    if (e.key === "Escape") {
      this.#clear();
      (e.target as HTMLElement).blur();
    } else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.length > 0) this.#active = (this.#active + (e.key === "ArrowDown" ? 1 : -1) + list.length) % list.length;
      this.requestUpdate();
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
    const list = this.#found;
    const open = list !== null;
    return html`<div class=${phone ? "search wide" : "search"}>
      ${icon("search")}
      <input role="combobox" type="text" autocomplete="off" spellcheck="false" aria-label=${t("search.label")} placeholder=${t("search.hint")} aria-expanded=${open}
        aria-controls="found" aria-autocomplete="list" aria-activedescendant=${list?.length ? `found-${this.#active}` : nothing} .value=${this.#text}
        @input=${(e: Event) => this.#type((e.target as HTMLInputElement).value)} @keydown=${(e: KeyboardEvent) => this.#keys(e)}
        @blur=${() => {
          if (!phone) setTimeout(() => this.#clear(), 150);
        }} />
      ${phone ? html`<button class="ib" aria-label=${t("search.close")} @click=${() => this.#clear()}>${icon("close")}</button>` : html`<kbd aria-hidden="true">/</kbd>`}
      <div class="found" ?hidden=${!open}>
        ${this.#local ? html`<p class="mut">${t("search.local")}</p>` : nothing}
        <ul id="found" role="listbox" aria-label=${t("search.label")}>
          ${list?.map((f, i) => this.#row(f, i))}
        </ul>
        ${list?.length === 0 ? html`<p class="mut">${t("search.none", { q: this.#text.trim() })}</p>` : nothing}
      </div>
      <span class="unseen" role="status">${list?.length ? t("search.found", { n: list.length }) : ""}</span>
    </div>`;
  }

  #row(f: Found, i: number) {
    return html`<li id="found-${i}" role="option" aria-selected=${i === this.#active} @pointerdown=${(e: Event) => {
      e.preventDefault();
      this.#choose(f);
    }}>
      <b>${pick(f.name, f.name_en)}</b><span class="nw">${t(`kind.${f.kind}`)}${f.collection === "context" ? "" : ` ${f.id}`}</span>
      <small>${pick(f.place, f.place_en)}</small>
    </li>`;
  }
}
customElements.define("zb-search", Search);

/** searchHeld finds in what is loaded, for as long as the server cannot be asked. */
export function searchHeld({ items }: Pick<State, "items">, q: string): Found[] {
  const needle = q.toLowerCase();
  return held
    .flatMap((collection) => (items[collection] ?? []).map((f) => ({ collection, f })))
    .filter(({ f: { id, properties: p } }) =>
      [id, p.name, p.name_en].some((text) => text?.toLowerCase().includes(needle)),
    )
    .slice(0, 8)
    .flatMap(({ collection, f }) => {
      const bbox = boxOf([f.geometry]);
      const { kind, name, name_en, subdistrict = null, subdistrict_en = null } = f.properties;
      return bbox
        ? [{ collection, id: f.id, kind, name, name_en, place: subdistrict, place_en: subdistrict_en, bbox }]
        : [];
    });
}
