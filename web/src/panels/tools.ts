import { html, nothing } from "lit";
import { type MessageKey, t } from "../i18n";
import { type Measuring, type State, wish } from "../state/app";
import { hasPlots } from "../state/figures";
import { begin } from "../state/measure";
import { PageElement } from "../ui/element";
import { type Icon, icon } from "../ui/icons";

/** The small tool groups at the top left of the map. */
class Tools extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.measuring?.kind, s.phone, s.figures !== null];
  }

  protected override render() {
    const { measuring, phone, figures } = this.state;
    const tool = (name: Icon, key: MessageKey, run: () => void, pressed?: boolean) =>
      html`<button class=${pressed ? "ib on" : "ib"} aria-label=${t(key)} title=${t(key)} aria-pressed=${pressed ?? nothing} @click=${run}>${icon(name)}</button>`;
    const measure = (kind: Measuring["kind"]) => () => {
      void import("./measure");
      begin(kind);
      document.getElementById("map")?.focus({ preventScroll: true });
    };
    return html`<div class="tools" role="toolbar" aria-label=${t("tool.group")}>
      <div class="tg">
        ${
          phone
            ? nothing
            : html`${tool("plus", "tool.in", () => wish({ kind: "zoom", by: 1 }))}${tool("minus", "tool.out", () => wish({ kind: "zoom", by: -1 }))}`
        }
        ${tool("home", "tool.home", () => wish({ kind: "home" }))}
      </div>
      ${
        figures && hasPlots(figures.progress.round.figures)
          ? html`<div class="tg">
              ${tool("lasso", "tool.polygon", measure("polygon"), measuring?.kind === "polygon")}
              ${phone ? nothing : tool("circle", "tool.circle", measure("circle"), measuring?.kind === "circle")}
            </div>`
          : nothing
      }
      ${
        phone
          ? nothing
          : html`<div class="tg">
              ${tool("ruler", "tool.distance", measure("distance"), measuring?.kind === "distance")}
              ${tool("polygon", "tool.area", measure("area"), measuring?.kind === "area")}
            </div>`
      }
    </div>`;
  }
}
customElements.define("zb-tools", Tools);
