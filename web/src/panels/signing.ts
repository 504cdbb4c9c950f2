import { html, nothing } from "lit";
import { askWhatIf, fetchKeystones } from "../api/figures";
import type { Figures, Keystone, Keystones, WhatIf } from "../api/types";
import { pick, t } from "../i18n";
import { keyed } from "../i18n/signing";
import { app, type State, wish } from "../state/app";
import { hasPlots } from "../state/figures";
import { sees } from "../state/me";
import { fitTo, openView } from "../state/navigate";
import { PageElement } from "../ui/element";
import { number, signed } from "../ui/format";
import { icon } from "../ui/icons";
import { noPlots, notYet } from "./empty";
import "./holding";
import { light, plotsOf, unlight } from "./keystone";
import { Source } from "./source";

const step = 20;
const numbered = 9; // more markers than that would cover the map that they explain

/** The signing list: whom to visit first, because their signature unlocks most contiguous land, and what if some signed. */
class Signing extends PageElement {
  readonly #list = new Source<Keystones>(this);
  readonly #if = new Source<WhatIf>(this);
  #limit = step;
  #active: string | null = null;
  #opened: string | null = null;
  #ticked: string[] = [];
  #parcel: string | null = null;

  protected pick(s: Readonly<State>) {
    return [s.route, s.figures, s.items.parcels, s.at, s.known, s.revision];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    unlight();
    app.set({ keystones: [] });
  }

  protected override willUpdate(): void {
    const { route, figures, at, known, revision, language } = this.state;
    if (route.name !== "signing" || !figures || !hasPlots(figures.progress.round.figures)) return;
    const { parcel } = route;
    if (parcel !== this.#parcel) {
      this.#parcel = parcel;
      this.#limit = step;
      this.#choose(null);
      this.#ticked = [];
    }
    const clocks = { at, known };
    const moment = [at, known, revision, language].join("|");
    this.#list.ask(parcel ?? "", `${moment}|${this.#limit}`, async () => {
      const list = await fetchKeystones(clocks, parcel, this.#limit);
      if (this.isConnected && this.#parcel === parcel) {
        app.set({ keystones: list.items.slice(0, numbered) });
        const there = new Set(list.items.map((k) => k.holding));
        this.#ticked = this.#ticked.filter((code) => there.has(code)); // who has signed by that day is no supposition
        if (this.#active && !there.has(this.#active)) this.#choose(null);
      }
      return list;
    });
    if (this.#ticked.length > 0) {
      const holdings = [...this.#ticked];
      this.#if.ask("", `${moment}|${holdings.join()}`, () => askWhatIf(holdings, clocks));
    }
  }

  #choose(k: Keystone | null): void {
    this.#active = k?.holding ?? null;
    if (k) void light(k);
    else unlight();
    this.requestUpdate();
  }

  protected override render() {
    const { figures, route } = this.state;
    if (route.name !== "signing") return nothing;
    if (!figures || !hasPlots(figures.progress.round.figures)) return figures ? noPlots() : notYet(this.state);
    const list = this.#list.value;
    return html`<section class="sec hd"><div class="sh"><h2>${keyed("title")}</h2><span class="grow"></span><span>${list ? keyed("count", { n: number(list.matched) }) : ""}</span></div>
        <p class="mut sm">${keyed("lead")}</p>
        <label class="pickp"><span>${keyed("parcel")}</span><select class="inp" @change=${(e: Event) =>
          show((e.target as HTMLSelectElement).value || null)}>
          <option value="" ?selected=${route.parcel === null}>${keyed("allParcels")}</option>
          ${figures.progress.parcels.filter((p) => sees(p.code)).map((p) => html`<option value=${p.code} ?selected=${route.parcel === p.code}>${pick(p.name, p.name_en)}</option>`)}
        </select></label></section>
      ${list ? this.#rows(list) : this.#list.problem ? html`<section class="sec"><p class="mut">${this.#list.problem === "away" ? t("ledger.failed") : this.#list.problem}</p></section>` : nothing}
      ${this.#ticked.length > 0 ? this.#whatIf() : nothing}`;
  }

  #rows({ items, matched }: Keystones) {
    if (items.length === 0)
      return html`<section class="sec calm"><p>${keyed(this.#parcel ? "noneHere" : "none")}</p></section>`;
    const more = Math.min(step, matched - items.length);
    return html`<ol class="vis">${items.map((k) => this.#row(k))}</ol>
      <section class="sec"><p class="mut sm">${keyed("tickHint")}</p>${
        more > 0
          ? html`<button class="btn" @click=${() => {
              this.#limit += step;
              this.requestUpdate();
            }}>${keyed("more", { n: more })}</button>`
          : nothing
      }</section>`;
  }

  #row(k: Keystone) {
    const on = this.#active === k.holding;
    const open = this.#opened === k.holding;
    const tick = (e: Event) => {
      const { checked } = e.target as HTMLInputElement;
      this.#ticked = checked ? [...this.#ticked, k.holding] : this.#ticked.filter((code) => code !== k.holding);
      this.requestUpdate();
    };
    return html`<li class=${on ? "on" : ""} data-holding=${k.holding}>
      <label class="tick"><input type="checkbox" .checked=${this.#ticked.includes(k.holding)} @change=${tick} /><span class="unseen data">${keyed("tick", { name: k.name })}</span></label>
      <div class="vb"><button class="who" aria-pressed=${on} @click=${() => this.#choose(on ? null : k)}>
          <i class="rank">${k.rank}</i><b class="data" lang="zh-CN">${k.name}</b><span class="mut">${keyed("plot", { list: plotsOf(k) })}</span>${k.missing > 1 ? html`<span class="mut">${keyed("missing", { n: k.missing })}</span>` : nothing}</button>
        <p>${keyed("gain")} <b>${number(k.gain_m2 / 10_000, 2)}</b><span class="gap"></span>${keyed("clears")} <b>${number(k.clears_m2 / 10_000, 2)}</b> ${t("unit.ha")}</p>
        <p class="why">${k.why}</p>
        <p><span class="next data">${k.next_step}</span></p>
        <p class="mut sm">${k.last_visit ? keyed("lastVisit", { date: k.last_visit }) : keyed("noVisit")}</p>
        ${open ? html`<zb-holding .code=${k.holding}></zb-holding>` : nothing}</div>
      <button class="ib more data" aria-expanded=${open} aria-label=${keyed("open", { name: k.name })} title=${keyed("open", { name: k.name })} @click=${() => {
        this.#opened = open ? null : k.holding;
        this.requestUpdate();
      }}>${icon(open ? "up" : "down", true)}</button></li>`;
  }

  /** The sum stands at the foot of the panel, over the list, so that no row moves under the pointer that ticks it. */
  #whatIf() {
    const answer = this.#if.value;
    const clear = () => {
      this.#ticked = [];
      this.requestUpdate();
    };
    return html`<section class="sec whatif"><div class="sh"><h2>${keyed("ticked", { n: this.#ticked.length })}</h2><span class="grow"></span><button class="lk" @click=${clear}>${keyed("reset")}</button></div>
      <div role="status">${this.#if.problem && this.#if.problem !== "away" ? html`<p class="ask">${this.#if.problem}</p>` : answer ? comparison(answer.before, answer.after) : nothing}</div>
      <p class="mut sm">${keyed("nothing")}</p></section>`;
  }
}
customElements.define("zb-signing", Signing);

/** show lists the keystones of a parcel, or of all, and brings the map to where they are. */
function show(parcel: string | null): void {
  openView({ name: "signing", parcel });
  if (parcel) fitTo({ collection: "parcels", id: parcel });
  else wish({ kind: "home" });
}

/** asPrinted rounds as the page prints, so that a change is the difference of what is read. */
const asPrinted = (value: number, digits: number): number =>
  Number(number(value, digits).replace(/,/g, "").replace("−", "-"));

/** comparison sets the figures that a signature moves beside each other: before, after, change. */
function comparison(before: Figures, after: Figures) {
  const rows: [string, (f: Figures) => number | null, number][] = [
    [`${keyed("clearable")} ${t("unit.ha")}`, (f) => f.clearable_ha, 2],
    [`${keyed("clearableBlock")} ${t("unit.ha")}`, (f) => f.clearable_block_ha, 2],
    [`${keyed("remaining")} ${t("unit.ha")}`, (f) => f.remaining_ha, 2],
    [keyed("householdsRow"), (f) => f.signing.households.signed, 0],
    [keyed("rateRow"), (f) => (f.signing.clearable_land.rate === null ? null : f.signing.clearable_land.rate * 100), 1],
  ];
  return html`<table class="lst cmp"><thead><tr><th></th><th class="num">${keyed("before")}</th><th class="num">${keyed("after")}</th><th class="num">${keyed("change")}</th></tr></thead>
    <tbody>${rows.map(([name, of, digits]) => {
      const [a, b] = [of(before), of(after)].map((v) => (v === null ? null : asPrinted(v, digits))) as [
        number | null,
        number | null,
      ];
      return html`<tr><td>${name}</td><td class="num">${a === null ? t("none") : number(a, digits)}</td><td class="num"><b>${b === null ? t("none") : number(b, digits)}</b></td><td class="num">${a === null || b === null ? t("none") : signed(b - a, digits)}</td></tr>`;
    })}</tbody></table>`;
}
