import { html, nothing } from "lit";
import { word } from "../i18n/write";
import type { State } from "../state/app";
import { may } from "../state/me";
import { PageElement } from "../ui/element";
import "./boundary";
import { rowForm } from "./facts";

/** At the end of the overview: what is changed of the round as a whole, and what is new on the map. */
class DeskElement extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.round, s.known];
  }

  protected override render() {
    const { round, known } = this.state;
    if (!round || known || !may("boundary.edit")) return nothing;
    return html`<section class="sec"><h2>${word("desk")}</h2><div class="forms">
      ${rowForm("round", round.code, null)}
      <zb-boundary .collection=${"parcels"}></zb-boundary>
      <zb-boundary .collection=${"zones"}></zb-boundary></div></section>`;
  }
}
customElements.define("zb-desk", DeskElement);
