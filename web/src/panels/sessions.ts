import { html, nothing } from "lit";
import { endSession, fetchSessions } from "../api/account";
import { Problem } from "../api/client";
import type { OwnSession } from "../api/types";
import { t } from "../i18n";
import { mine } from "../i18n/me";
import type { State } from "../state/app";
import { agentWords } from "../ui/agent";
import { PageElement } from "../ui/element";
import { minuteOf } from "../ui/format";
import { Source } from "./source";
import { told } from "./told";

/** Where the account is signed in now, and the way to end what one does not know. */
class OwnSessions extends PageElement {
  readonly #list = new Source<OwnSession[]>(this);
  #turn = 0;
  #said = "";
  #bad = false;

  protected pick(_: Readonly<State>) {
    return [];
  }

  protected override willUpdate(): void {
    this.#list.ask("", String(this.#turn), async () => (await fetchSessions()).items);
  }

  protected override render() {
    const list = this.#list.value;
    return html`<p class="mut sm">${mine("sessionsLead")}</p><p role="status" class=${this.#bad ? "bad sm" : "sm"}>${this.#said}</p>${
      list
        ? html`<ul class="items">${list.map((s) => this.#row(s))}</ul>`
        : this.#list.problem
          ? html`<p class="mut">${this.#list.problem === "away" ? t("ledger.failed") : this.#list.problem}</p>`
          : nothing
    }`;
  }

  #row(s: OwnSession) {
    const what = [s.address, s.agent && agentWords(s.agent)].filter(Boolean).join(" · ");
    return html`<li><span><span class="data">${what}</span>${s.current ? html` <span class="tag">${mine("current")}</span>` : nothing}<br /><small>${mine("since", { time: minuteOf(s.created_at) })}${t("list.comma")}${mine("seen", { time: minuteOf(s.seen_at) })}</small></span>${
      s.current
        ? nothing
        : html`<button class="btn data" aria-label=${mine("endOf", { what })} @click=${() => void this.#end(s, what)}>${mine("end")}</button>`
    }</li>`;
  }

  async #end(s: OwnSession, what: string): Promise<void> {
    try {
      await endSession(s.id);
      this.#said = mine("ended", { what });
      this.#bad = false;
    } catch (cause) {
      this.#said = cause instanceof Problem ? told(cause) : mine("failed");
      this.#bad = true;
    }
    this.#turn++;
    this.requestUpdate();
  }
}
customElements.define("zb-own-sessions", OwnSessions);
