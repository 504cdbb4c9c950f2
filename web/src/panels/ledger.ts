import { html, nothing } from "lit";
import { fetchKeystones, fetchList } from "../api/figures";
import type { Building, Contract, Fact, Figures, Holding, Keystones, List } from "../api/types";
import { hasMessage, pick, t } from "../i18n";
import { keyed } from "../i18n/signing";
import { app, type Detail, type State } from "../state/app";
import { drafts } from "../state/drafts";
import { amountOf, groupOf, groups, hasPlots, order, type PrintedRow, tableRows, totalOf } from "../state/figures";
import { may, sees } from "../state/me";
import { goTo } from "../state/navigate";
import { PageElement } from "../ui/element";
import { number } from "../ui/format";
import { icon, stageSign, swatch } from "../ui/icons";
import "./contract";
import { factList, factName, rowForm } from "./facts";
import "./holding";
import { holdingStage } from "./holding";
import { keystoneRow } from "./keystone";
import { featureLink, viewLink } from "./link";
import { Source } from "./source";
import { stageBar } from "./tiles";

const statuses = ["draft", "offered", "signed", "effective", "settled", "rescinded"] as const;
const fewHoldings = 12;

/** What the ledger says of a parcel or a plot: stages, facts, contracts, holdings, what to do next. */
class Ledger extends PageElement {
  readonly #facts = new Source<List<Fact>>(this);
  readonly #recent = new Source<List<Fact>>(this);
  readonly #keystones = new Source<Keystones>(this);
  readonly #holdings = new Source<List<Holding>>(this);
  readonly #buildings = new Source<List<Building>>(this);
  readonly #contracts = new Source<List<Contract>>(this);
  #opened: string | null = null;
  #all = false;
  #of = "";

  protected pick(s: Readonly<State>) {
    return [s.me, s.route, s.detail?.id, s.detail?.collection, s.detail?.feature, s.figures, s.at, s.known, s.revision];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    app.set({ keystones: [], lit: [] });
  }

  protected override willUpdate(): void {
    const { detail, at, known, revision, language } = this.state;
    if (!detail || !this.#open()) return;
    if (this.#of !== detail.id) {
      this.#of = detail.id;
      this.#opened = null;
      this.#all = false;
    }
    const clocks = { at, known };
    const moment = [at, known, revision].join("|");
    const { id } = detail;
    if (detail.collection === "parcels") {
      this.#facts.ask(id, moment, () => fetchList("facts", { subject: `parcel:${id}`, limit: 30 }, clocks));
      this.#recent.ask(id, moment, () => fetchList("facts", { parcel: id, limit: 6 }, clocks));
      this.#keystones.ask(id, `${moment}|${language}`, async () => {
        const found = await fetchKeystones(clocks, id, 3);
        if (this.isConnected && this.#of === id) app.set({ keystones: found.items });
        return found;
      });
    } else if (detail.collection === "plots") {
      if (app.state.keystones.length > 0) app.set({ keystones: [] });
      this.#facts.ask(id, moment, () => fetchList("facts", { subject: `plot:${id}`, limit: 50 }, clocks));
      this.#holdings.ask(id, moment, () => fetchList("holdings", { plot: id, limit: 1000 }, clocks));
      this.#buildings.ask(id, moment, () => fetchList("buildings", { plot: id, limit: 1000 }, clocks));
      this.#contracts.ask(id, moment, () => fetchList("contracts", { plot: id, limit: 1000 }, clocks));
    }
  }

  /** Whether the register of what is shown is open to whoever reads; stages and figures are the same for everybody. */
  #open(): boolean {
    const { detail } = this.state;
    return sees(detail?.collection === "plots" ? detail.feature?.properties.parcel : detail?.id);
  }

  protected override render() {
    const { detail } = this.state;
    if (detail?.collection !== "zones" && !this.#open()) return this.#closed();
    if (detail?.collection === "parcels") return html`${this.#named()}${this.#parcel(detail)}`;
    if (detail?.collection === "plots") return html`${this.#named()}${this.#plot(detail)}`;
    if (detail?.collection === "zones") return this.#zone(detail);
    return nothing;
  }

  /** What everybody sees of a parcel or plot, and for another command post's, why there is no more. */
  #closed() {
    const { detail, figures, me } = this.state;
    if (!detail || (detail.collection === "plots" && !detail.feature)) return nothing;
    const plot = detail.collection === "plots";
    const code = plot ? detail.feature?.properties.parcel : detail.id;
    const parcel = figures?.progress.parcels.find((p) => p.code === code);
    const post = parcel?.command_post ? pick(parcel.command_post.name, parcel.command_post.name_en) : "";
    const row = figures?.printed.rows.get(detail.id);
    return html`${plot ? stageOf(detail) : parcel && row && row.expected !== null ? html`${scope(parcel.figures, row)}${contractsOf(parcel.figures)}${this.#blocks(detail.id)}` : nothing}
      ${me?.role === "command_post" ? html`<section class="sec calm"><p>${keyed(post ? "others" : "othersNone", { post })}</p></section>` : nothing}`;
  }

  /** A zone has the sum of the plots, or parts of plots, that lie in it. */
  #zone({ id }: Detail) {
    const zones = this.state.figures?.progress.zones ?? [];
    const f = zones.find((z) => z.code === id)?.figures;
    const row = tableRows(zones, totalOf(zones)).get(id); // as the table of zones has it
    return f && row && hasPlots(f) ? scope(f, row, t("ledger.inZone")) : nothing;
  }

  /** The holding or contract that the address names stands before all that the feature has. */
  #named() {
    const { route } = this.state;
    if (route.name !== "feature" || !route.opened) return nothing;
    const { kind, code } = route.opened;
    return html`<section class="sec named"><h2>${t(`search.${kind}`)} ${code}</h2>${kind === "holding" ? html`<zb-holding .code=${code}></zb-holding>` : html`<zb-contract .code=${code}></zb-contract>`}</section>`;
  }

  #parcel({ id }: Detail) {
    const { figures } = this.state;
    const parcel = figures?.progress.parcels.find((p) => p.code === id);
    const row = figures?.printed.rows.get(id);
    if (!parcel || !row || row.expected === null) return nothing;
    const f = parcel.figures;
    return html`${scope(f, row)}
      <section class="sec"><div class="sh"><h2>${t("ledger.facts")}</h2><span class="grow"></span><span>${this.#recent.value ? t("ledger.allFacts", { n: number(this.#recent.value.matched) }) : ""}</span></div>
        ${facts(this.#facts)}</section>
      ${contractsOf(f)}${this.#keys(id)}${this.#blocks(id)}
      ${
        this.#recent.value?.items.length
          ? html`<section class="sec"><h2>${t("ledger.recent")}</h2>${this.#recentFacts(this.#recent.value.items)}</section>`
          : nothing
      }`;
  }

  #keys(id: string) {
    const found = this.#keystones.value;
    if (!found || found.items.length === 0) return nothing;
    const all = viewLink({ name: "signing", parcel: id });
    return html`<section class="sec"><div class="sh"><h2>${t("ledger.keystones")}</h2><span class="grow"></span><a class="lk" href=${all.href} @click=${all.click}>${t("ledger.allKeystones", { n: number(found.matched) })}</a></div>
      <p class="keyh"><span class="grow"></span><span>${keyed("clears")} ${t("unit.ha")}</span><span>${keyed("gain")} ${t("unit.ha")}</span></p>
      <ol class="keys">${found.items.map((k) => keystoneRow(k))}</ol></section>`;
  }

  #blocks(id: string) {
    const blocks = this.state.figures?.blocks;
    if (!blocks) return nothing;
    const mine = blocks.items.filter((b) => b.parcel === id);
    const show = (geometry: (typeof mine)[number]) => () => {
      const [lon, lat] = geometry.centre as [number, number];
      const reach = Math.sqrt(geometry.area_m2) / 111_000;
      goTo([lon - reach, lat - reach, lon + reach, lat + reach]);
    };
    const least = [5, 10, 30].flatMap((min) => {
      const n = mine.filter((b) => b.area_ha >= min).length;
      return n > 0 ? [t("ledger.atLeast", { min, n })] : [];
    });
    return html`<section class="sec"><div class="sh"><h2>${t("ledger.blocks")}</h2><span class="grow"></span><span>${least.join(" · ")}</span></div>
      ${
        mine.length === 0
          ? html`<p class="mut">${t("ledger.noBlocks")}</p>`
          : html`<ul class="rel">${mine.slice(0, 4).map((b, i) => html`<li><button class="lk" @click=${show(b)}>${number(b.area_ha, 2)} ${t("unit.ha")}</button>${i === 0 ? html`<span class="mut">${t("block.largest")}</span>` : nothing}<span class="grow"></span><span class="mut">${t("ledger.blockPlots", { n: b.plots.length })}</span></li>`)}</ul>`
      }</section>`;
  }

  #plot({ id, feature }: Detail) {
    const holdings = this.#holdings.value;
    const buildings = this.#buildings.value;
    const contracts = this.#contracts.value;
    return html`${stageOf(
      { feature },
      t("ledger.facts"),
      html`${
        this.#facts.value?.items.length === 0 && holdings?.items.length
          ? html`<p class="mut">${t("ledger.fromHoldings")}</p>`
          : facts(this.#facts)
      }`,
    )}
      ${holdings ? this.#holdingList(holdings, id) : nothing}
      ${
        contracts
          ? html`<section class="sec"><div class="sh"><h2>${t("ledger.contractList")}</h2><span class="grow"></span><span>${number(contracts.matched)}</span></div>
              ${contracts.items.length === 0 ? html`<p class="mut">${t("ledger.noContracts")}</p>` : html`<ul class="rel">${contracts.items.map((c) => this.#contract(c))}</ul>`}</section>`
          : nothing
      }
      ${
        buildings
          ? html`<section class="sec"><div class="sh"><h2>${t("ledger.buildings")}</h2><span class="grow"></span><span>${number(buildings.matched)}</span></div>
              ${
                buildings.items.length === 0
                  ? html`<p class="mut">${t("ledger.noBuildings")}</p>`
                  : html`<table class="lst blds"><thead><tr><th></th><th>${t("feature.useClass")}</th><th class="num">${t("unit.m2")}</th><th class="num">${t("ledger.stage")}</th></tr></thead><tbody>${buildings.items.map(
                      (b) => {
                        const open = this.#opened === b.code || drafts.has(`building:${b.code}`);
                        const code = may("register.write")
                          ? html`<button class="lk" aria-expanded=${open} @click=${this.#flip(b.code)}>${b.code}</button>`
                          : b.code;
                        return html`<tr><td class="nw">${code}</td><td>${t(`buildingUse.${b.use}`)} <small>${t("ledger.storeys", { n: b.storeys })}</small></td><td class="num">${number(b.floor_area_m2, 2)}</td><td class="num">${t(`holdingStage.${b.stage}`)}</td></tr>${open ? html`<tr><td colspan="4">${rowForm("building", b.code, b.parcel)}</td></tr>` : nothing}`;
                      },
                    )}</tbody></table>`
              }</section>`
          : nothing
      }`;
  }

  #holdingList({ items, matched }: List<Holding>, plot: string) {
    const shown = this.#all ? items : items.slice(0, fewHoldings);
    const signed = items.filter((h) => h.signed).length;
    return html`<section class="sec"><div class="sh"><h2>${t("ledger.holdings")}</h2><span class="grow"></span><span>${t("ledger.holdingsCount", { signed, n: matched })}</span></div>
      ${
        items.length === 0
          ? html`<p class="mut">${t("ledger.noHoldings")}</p>`
          : html`<ul class="rel hols">${shown.map((h) => this.#holding(h, plot))}</ul>${
              shown.length < items.length
                ? html`<button class="lk" @click=${() => {
                    this.#all = true;
                    this.requestUpdate();
                  }}>${t("ledger.more", { n: items.length - shown.length })}</button>`
                : nothing
            }`
      }</section>`;
  }

  readonly #flip = (code: string) => () => {
    this.#opened = this.#opened === code ? null : code;
    this.requestUpdate();
    void this.updateComplete.then(() => {
      if (this.#opened)
        this.querySelector(`[data-holding="${code}"], [data-contract="${code}"]`)?.scrollIntoView({ block: "nearest" });
    });
  };

  #holding(h: Holding, plot: string) {
    const open = this.#opened === h.code;
    const land = h.land.find((l) => l.plot === plot);
    return html`<li class="hol" data-holding=${h.code}><button class="open" aria-expanded=${open} @click=${this.#flip(h.code)}>${icon(open ? "down" : "forward", true)}<span class="data" lang="zh-CN">${h.name}</span><span class="mut">${h.code}</span><span class="grow"></span>${
      land ? html`<span class="num mut nw">${number(land.area_m2, 0)} ${t("unit.m2")}</span>` : nothing
    }<span class=${h.signed ? "tag good" : "tag"}>${holdingStage(h)}</span></button>${open ? html`<zb-holding .code=${h.code}></zb-holding>` : nothing}</li>`;
  }

  #contract(c: Contract) {
    const open = this.#opened === c.code;
    const more = c.holdings.length > 2 ? ` +${c.holdings.length - 2}` : "";
    return html`<li class="hol" data-contract=${c.code}><button class="open" aria-expanded=${open} @click=${this.#flip(c.code)}>${icon(open ? "down" : "forward", true)}<span class="nw">${c.code}</span><span class="mut nw">${t(`contractKind.${c.kind}`)}</span><span class="grow"></span><span class="mut">${c.holdings.slice(0, 2).join(" ")}${more}</span><span class="tag">${t(`contract.${c.status}`)}</span></button>${open ? html`<zb-contract .code=${c.code}></zb-contract>` : nothing}</li>`;
  }

  /** What happened last, each with what it happened to: a plot has an address, a holding or a contract opens below. */
  #recentFacts(items: readonly Fact[]) {
    return html`<ol class="facts">${items.map(({ id, kind, occurred_on, subject }) => {
      const key = `${subject.id} ${id}`; // the same holding may be there twice
      const open = this.#opened === key;
      const what =
        subject.kind === "plot"
          ? featureLink({ collection: "plots", id: subject.id }, subject.id)
          : subject.kind === "holding" || subject.kind === "contract"
            ? html`<button class="lk" aria-expanded=${open} @click=${this.#flip(key)}>${subject.id}</button>`
            : html`<span class="mut">${subject.id}</span>`;
      const below =
        subject.kind === "holding"
          ? html`<zb-holding .code=${subject.id}></zb-holding>`
          : html`<zb-contract .code=${subject.id}></zb-contract>`;
      return html`<li><span class="d">${occurred_on}</span><span class="w">${factName(kind)} ${what}</span>${open ? html`<div class="below">${below}</div>` : nothing}</li>`;
    })}</ol>`;
  }
}
customElements.define("zb-ledger", Ledger);

/** stageOf is where a plot stands and since when, with what it rests on. */
function stageOf({ feature }: Pick<Detail, "feature">, title = t("ledger.stage"), more: unknown = nothing) {
  const stage = feature?.properties.stage ?? null;
  const since = feature?.properties.stage_since;
  const key = `stage.${stage}`;
  return html`<section class="sec"><div class="sh"><h2>${title}</h2><span class="grow"></span>${since ? html`<span>${t("ledger.since", { date: since })}</span>` : nothing}</div>
    ${stage && hasMessage(key) ? html`<p class="stage">${swatch(stageSign(groupOf(stage)))}<b>${t(key)}</b></p>` : nothing}${more}</section>`;
}

function facts(source: Source<List<Fact>>) {
  if (!source.value) return source.problem ? html`<p class="mut">${t("ledger.failed")}</p>` : nothing;
  if (source.value.items.length === 0) return html`<p class="mut">${t("ledger.noFacts")}</p>`;
  return factList([...source.value.items].reverse());
}

/** scope is how the land of a parcel stands, as a bar and by stage. */
export function scope(f: Figures, row: PrintedRow, title = t("ledger.scope")) {
  const said = order.map((g) => `${t(`stage.${g}`)} ${number(row.cells[g] / 100, 2)}`).join(t("list.comma"));
  return html`<section class="sec"><div class="sh"><h2>${title} ${number(groups.reduce((sum, g) => sum + row.cells[g], 0) / 100, 2)} ${t("unit.ha")}</h2><span class="grow"></span><span>${t("ledger.plots", { n: number(f.counts.plots) })}</span></div>
    ${stageBar(row.cells, 368, 12, said)}
    <dl class="stages">${order.map((g) => html`<div><dt>${swatch(stageSign(g))}${t(`stage.${g}`)}</dt><dd title=${t("ledger.plots", { n: amountOf(f, g).plots })}>${number(row.cells[g] / 100, 2)}</dd></div>`)}</dl></section>`;
}

function contractsOf(f: Figures) {
  const { signed, total, rate } = f.signing.households;
  const live = f.contracts.signed + f.contracts.effective + f.contracts.settled;
  return html`<section class="sec"><div class="sh"><h2>${t("ledger.contracts")}</h2><span class="grow"></span><span>${t("ledger.signedOf", { signed: number(signed), total: number(total), rate: rate === null ? t("none") : `${number(rate * 100, 1)}%` })}</span></div>
    <dl class="cons">${statuses.map((s) => html`<div><dt>${t(`contract.${s}`)}</dt><dd>${number(f.contracts[s])}</dd></div>`)}</dl>
    <p class="fc">${t("ledger.contractsSentence", { live: number(live), covered: number(signed), framework: number(f.framework_contracts) })}</p></section>`;
}
