import { html, nothing } from "lit";
import { t } from "../i18n";
import { app, type State } from "../state/app";
import { administers, may } from "../state/me";
import { PageElement } from "../ui/element";
import { icon } from "../ui/icons";
import { viewLink } from "./link";
import { sheetButtons, sheetHandle } from "./sheet";

/** The one panel: tabs at its head, the overview or the feature that the address names below. */
class Panel extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.me, s.route, s.folded, s.phone, s.sheet, s.picked !== null, s.at, s.known, s.round];
  }

  protected override updated(): void {
    document.body.classList.toggle("folded", this.state.folded && !this.state.phone);
    document.body.dataset.sheet = this.state.sheet;
    const wide = ["table", "accounts", "audit"].includes(this.state.route.name) && !this.state.picked;
    document.body.classList.toggle("wide", wide);
    document.querySelector<HTMLElement>("main.map")?.toggleAttribute("inert", wide && !this.state.phone); // it lies beneath
  }

  protected override render() {
    const { route, folded, phone, at, round } = this.state;
    const fold = (value: boolean) => () => {
      app.set({ folded: value });
      void this.updateComplete.then(() => this.querySelector<HTMLElement>(".fold")?.focus());
    };
    if (folded && !phone)
      return html`<button class="unfold fold" aria-label=${t("panel.unfold")} title=${t("panel.unfold")} @click=${fold(false)}>${icon("back")}</button>`;
    const tab = (to: "overview" | "signing" | "imports", on: boolean) => {
      const { href, click } = viewLink(to === "signing" ? { name: to, parcel: null } : { name: to });
      return html`<a href=${href} class=${on ? "on" : ""} aria-current=${on ? (route.name === to ? "page" : "true") : nothing} @click=${click}>${t(`panel.${to}`)}</a>`;
    };
    const { me } = this.state;
    if (me && administers(me))
      return html`<aside class="panel" aria-label=${t("panel.label")}>${this.#content()}</aside>`;
    return html`<aside class="panel" aria-label=${t("panel.label")}>
      ${phone ? sheetHandle(this.state.sheet) : nothing}
      <nav class="nav" aria-label=${t("panel.tabs")}>
        ${tab("overview", route.name !== "signing" && route.name !== "imports")}${may("register.read") ? tab("signing", route.name === "signing") : nothing}${may("import") ? tab("imports", route.name === "imports") : nothing}
        <span class="grow"></span>
        ${phone ? sheetButtons(this.state.sheet) : html`<button class="ib fold" aria-label=${t("panel.fold")} title=${t("panel.fold")} @click=${fold(true)}>${icon("forward")}</button>`}
      </nav>
      ${at && round && at > round.default_at ? html`<p class="mut sm ahead">${t("date.ahead")}</p>` : nothing}
      <div class="scroll" tabindex="-1">${this.#content()}</div>
    </aside>`;
  }

  /** What is seldom needed at first is loaded when it is opened. */
  #content() {
    const { route, picked } = this.state;
    if (picked) {
      void import("./selection");
      return html`<zb-selection></zb-selection>`;
    }
    if (route.name === "signing") {
      void import("./signing");
      return html`<zb-signing></zb-signing>`;
    }
    if (route.name === "imports") {
      void import("./imports");
      return html`<zb-imports></zb-imports>`;
    }
    if (route.name === "table") {
      void import("./table");
      return html`<zb-table></zb-table>`;
    }
    if (route.name === "accounts") {
      void import("./accounts");
      return html`<zb-accounts></zb-accounts>`;
    }
    if (route.name === "audit") {
      void import("./audit");
      return html`<zb-audit></zb-audit>`;
    }
    if (route.name === "feature") void import("./feature");
    return route.name === "overview" ? html`<zb-overview></zb-overview>` : html`<zb-feature></zb-feature>`;
  }
}
customElements.define("zb-panel", Panel);
