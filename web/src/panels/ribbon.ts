import { html, nothing } from "lit";
import { t } from "../i18n";
import type { State } from "../state/app";
import { PageElement } from "../ui/element";

/** The ribbon over the map of a demonstration: none of its land is real. */
class Ribbon extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.round?.demo];
  }

  protected override render() {
    if (!this.state.round?.demo) return nothing;
    return html`<p class="ribbon" title=${t("ribbon.title")}><span>${t("ribbon.demo")}</span></p>`;
  }
}
customElements.define("zb-ribbon", Ribbon);
