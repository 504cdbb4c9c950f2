import { html, nothing } from "lit";
import { fetchContract, fetchList } from "../api/figures";
import type { Contract, Fact } from "../api/types";
import { t } from "../i18n";
import type { State } from "../state/app";
import { PageElement } from "../ui/element";
import { number } from "../ui/format";
import { factList, recordForm, rowForm } from "./facts";
import { Source } from "./source";

/** A contract, opened in place: its amount, its status and since when, and the facts with the documents that they rest on. */
class ContractElement extends PageElement {
  static override properties = { code: {} };
  declare code: string;
  readonly #contract = new Source<Contract>(this);
  readonly #facts = new Source<Fact[]>(this);

  protected pick(s: Readonly<State>) {
    return [s.at, s.known, s.revision];
  }

  protected override willUpdate(): void {
    const { at, known, revision } = this.state;
    const { code } = this;
    const moment = [at, known, revision].join("|");
    this.#contract.ask(code, moment, () => fetchContract(code, { at, known }));
    this.#facts.ask(
      code,
      moment,
      async () => (await fetchList("facts", { subject: `contract:${code}`, limit: 50 }, { at, known })).items,
    );
  }

  protected override render() {
    const c = this.#contract.value;
    const { problem } = this.#contract;
    if (!c) return problem ? html`<p class="mut">${problem === "away" ? t("ledger.failed") : problem}</p>` : nothing;
    return html`<div class="hold">
      <dl class="kv">
        <dt>${t("contract.status")}</dt><dd>${t(`contractKind.${c.kind}`)} ${t(`contract.${c.status}`)}${c.since ? html` <span class="mut nw">${t("ledger.since", { date: c.since })}</span>` : nothing}</dd>
        <dt>${t("contract.amount")}</dt><dd>${c.amount === null ? t("none") : t("contract.yuan", { n: number(c.amount, 2) })}</dd>
        <dt>${t("ledger.holdings")}</dt><dd>${c.holdings.map((code) => html`<span class="nw">${code}</span> `)}</dd>
      </dl>
      <div class="forms">${recordForm("contract", c.code)}${rowForm("contract", c.code, c.parcel)}</div>${this.#facts.value?.length ? factList(this.#facts.value) : nothing}
    </div>`;
  }
}
customElements.define("zb-contract", ContractElement);
