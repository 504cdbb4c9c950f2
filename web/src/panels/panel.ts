import { html, nothing } from "lit";
import { t } from "../i18n";
import { app, type State } from "../state/app";
import { openOverview } from "../state/navigate";
import { PageElement } from "../ui/element";
import { icon } from "../ui/icons";
import { sheetButtons, sheetHandle } from "./sheet";

/** The one panel: tabs at its head, the overview or the feature that the address names below. */
class Panel extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.route, s.folded, s.phone, s.sheet];
  }

  protected override updated(): void {
    document.body.classList.toggle("folded", this.state.folded && !this.state.phone);
    document.body.dataset.sheet = this.state.sheet;
  }

  protected override render() {
    const { route, folded, phone } = this.state;
    const fold = (value: boolean) => () => {
      app.set({ folded: value });
      void this.updateComplete.then(() => this.querySelector<HTMLElement>(".fold")?.focus());
    };
    if (folded && !phone)
      return html`<button class="unfold fold" aria-label=${t("panel.unfold")} title=${t("panel.unfold")} @click=${fold(false)}>${icon("back")}</button>`;
    const overview = (e: Event) => {
      e.preventDefault();
      openOverview();
    };
    return html`<aside class="panel" aria-label=${t("panel.label")}>
      ${phone ? sheetHandle(this.state.sheet) : nothing}
      <nav class="nav" aria-label=${t("panel.tabs")}>
        <a href="/" class="on" aria-current=${route.name === "overview" ? "page" : "true"} @click=${overview}>${t("panel.overview")}</a>
        <span class="grow"></span>
        ${phone ? sheetButtons(this.state.sheet) : html`<button class="ib fold" aria-label=${t("panel.fold")} title=${t("panel.fold")} @click=${fold(true)}>${icon("forward")}</button>`}
      </nav>
      <div class="scroll" tabindex="-1">${route.name === "overview" ? html`<zb-overview></zb-overview>` : html`<zb-feature></zb-feature>`}</div>
    </aside>`;
  }
}
customElements.define("zb-panel", Panel);
