import { html, nothing } from "lit";
import { Problem, Unreachable } from "../api/client";
import { fetchVersions } from "../api/features";
import type { Collection, Version } from "../api/types";
import { word } from "../i18n/write";
import type { State } from "../state/app";
import { away } from "../state/load";
import { setClocks } from "../state/navigate";
import { PageElement } from "../ui/element";
import { minuteOf, plusDays } from "../ui/format";
import { history } from "./history";

/** What has ended: when, why and by whom, the day before, and its whole history. */
class RetiredElement extends PageElement {
  static override properties = { collection: {}, code: {} };
  declare collection: Collection;
  declare code: string;
  #of = "";
  #versions: Version[] | null = null;

  protected pick(s: Readonly<State>) {
    return [s.known, s.revision];
  }

  protected override willUpdate(): void {
    const of = [this.collection, this.code, this.state.known, this.state.revision].join("|");
    if (of === this.#of) return;
    this.#of = of;
    void this.#read(of);
  }

  protected override render() {
    const last = this.#versions?.find((v) => v.change === "retired");
    if (!last) return nothing;
    const { valid_from: day, updated_at, updated_by, reason, document_no } = last;
    const before = day && plusDays(day, -1);
    return html`<section class="sec">
        ${day ? html`<p><b>${word("retiredOn", { day })}</b></p>` : nothing}
        ${reason ? html`<p class="data">${[reason, document_no].filter(Boolean).join(" · ")}</p>` : nothing}
        <p class="mut data">${word("retiredBy", { at: minuteOf(updated_at), by: updated_by })}</p>
        ${before ? html`<p><button class="lk" @click=${() => void setClocks(before, this.state.known)}>${word("retiredDay", { day: before })}</button></p>` : nothing}</section>
      ${history(this.#versions, false)}`;
  }

  async #read(of: string): Promise<void> {
    try {
      const { items } = await fetchVersions(this.collection, this.code, this.state.known);
      if (of !== this.#of) return;
      this.#versions = items;
      this.requestUpdate();
    } catch (cause) {
      if (cause instanceof Unreachable) away();
      else if (!(cause instanceof Problem)) throw cause;
    }
  }
}
customElements.define("zb-retired", RetiredElement);
