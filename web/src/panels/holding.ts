import { html, nothing } from "lit";
import { fetchHolding, fetchList } from "../api/figures";
import type { Contract, Fact, Holding } from "../api/types";
import { hasMessage, t } from "../i18n";
import type { State } from "../state/app";
import { drafts } from "../state/drafts";
import { may } from "../state/me";
import { PageElement } from "../ui/element";
import { hectares, number } from "../ui/format";
import "./contract";
import { factList, recordForm, rowForm } from "./facts";
import { featureLink } from "./link";
import { Source } from "./source";

/** A holding, opened in place: its parties with their shares, land, buildings, contracts, and the facts behind its stage. */
class HoldingElement extends PageElement {
  static override properties = { code: {} };
  declare code: string;
  readonly #holding = new Source<Holding>(this);
  readonly #contracts = new Source<Contract[]>(this);
  readonly #facts = new Source<Fact[]>(this);
  #opened: string | null = null;
  #party: string | null = null;

  protected pick(s: Readonly<State>) {
    return [s.at, s.known, s.revision];
  }

  protected override willUpdate(): void {
    const { at, known, revision } = this.state;
    const clocks = { at, known };
    const moment = [at, known, revision].join("|");
    const { code } = this;
    this.#holding.ask(code, moment, () => fetchHolding(code, clocks));
    this.#contracts.ask(code, moment, async () => (await fetchList("contracts", { holding: code }, clocks)).items);
    this.#facts.ask(
      code,
      moment,
      async () => (await fetchList("facts", { subject: `holding:${code}`, limit: 50 }, clocks)).items,
    );
  }

  protected override render() {
    const h = this.#holding.value;
    if (!h)
      return this.#holding.problem
        ? html`<p class="mut">${this.#holding.problem === "away" ? t("ledger.failed") : this.#holding.problem}</p>`
        : nothing;
    const contracts = this.#contracts.value ?? [];
    return html`<div class="hold">
      <dl class="kv">
        <dt>${t("ledger.party")}</dt><dd>${h.parties.map((p) => {
          const open = this.#party === p.code || drafts.has(`party:${p.code}`);
          const name = may("register.write")
            ? html`<button class="lk data" lang="zh-CN" aria-expanded=${open} @click=${() => {
                this.#party = open ? null : p.code;
                this.requestUpdate();
              }}>${p.name}</button>`
            : html`<span class="data" lang="zh-CN">${p.name}</span>`;
          return html`<span class="nw">${name} <span class="mut">${p.share === "1/1" ? "" : p.share} ${t(`partyKind.${p.kind}`)}</span></span> ${contact(p)}`;
        })}</dd>
        ${h.parties.map((p) => (this.#party === p.code || drafts.has(`party:${p.code}`) ? html`<dd class="below">${rowForm("party", p.code, null)}</dd>` : nothing))}
        <dt>${t("ledger.class")}</dt><dd>${t(`class.${h.class}`)}</dd>
        <dt>${t("ledger.land")}</dt><dd>${h.land.map((l) => html`<span class="nw">${featureLink({ collection: "plots", id: l.plot }, l.plot)} ${number(hectares(l.area_m2), 4)} ${t("unit.ha")}</span> `)}</dd>
        <dt>${t("ledger.floor")}</dt><dd>${number(h.floor_area_m2, 2)} ${t("unit.m2")}${t("list.comma")}${number(h.buildings.length)} ${t("unit.buildings", { n: h.buildings.length })}</dd>
        ${contracts.map(
          (c) =>
            html`<dt>${t(`contractKind.${c.kind}`)}</dt><dd><button class="lk nw" aria-expanded=${this.#opened === c.code} @click=${() => {
              this.#opened = this.#opened === c.code ? null : c.code;
              this.requestUpdate();
            }}>${c.code}</button> ${t(`contract.${c.status}`)}${c.since ? html` <span class="mut nw">${t("ledger.since", { date: c.since })}</span>` : nothing}${this.#opened === c.code ? html`<zb-contract .code=${c.code}></zb-contract>` : nothing}</dd>`,
        )}
      </dl>
      <div class="forms">${recordForm("holding", h.code)}${rowForm("contract", null, h.parcel, { first: h, plot: h.land[0]?.plot ?? null })}${rowForm("holding", h.code, h.parcel)}</div>${this.#facts.value?.length ? factList(this.#facts.value) : nothing}
    </div>`;
  }
}
customElements.define("zb-holding", HoldingElement);

export const holdingStage = (h: Pick<Holding, "stage" | "compulsory" | "signed">): string => {
  if (h.compulsory && !h.signed) return t("holding.compulsory");
  const key = `holdingStage.${h.stage}`;
  return hasMessage(key) ? t(key) : h.stage;
};

/** contact is by what a party is reached; it is loaded for those who may see it. */
function contact({ code }: Holding["parties"][number]) {
  if (!may("personal.unmask")) return nothing;
  void import("./contact");
  return html`<zb-contact .code=${code}></zb-contact> `;
}
