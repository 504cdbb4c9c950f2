import { html, nothing, svg } from "lit";
import { toPlane } from "../geo/gauss";
import { barOf, metresPerPixel, scaleOf } from "../geo/scale";
import { t } from "../i18n";
import { app, type State } from "../state/app";
import { openOverview } from "../state/navigate";
import { unsurveyed } from "../state/select";
import { PageElement } from "../ui/element";
import { number } from "../ui/format";
import { icon } from "../ui/icons";

/** The line under the map: scale, coordinates, how far the outlines can be trusted. */
class Status extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.view, s.pointer, s.crs, s.items, s.phone];
  }

  protected override render() {
    const { view, phone } = this.state;
    const honest = unsurveyed(this.state) ? html`<span class="apx">${t("status.schematic")}</span>` : nothing;
    return html`<footer class="status" aria-label=${t("status.label")}>
      ${view ? this.#scale(view.lat, view.zoom) : nothing}
      ${phone ? nothing : this.#coordinates()}
      <span class="grow"></span>
      ${phone ? html`<zb-word></zb-word>` : nothing}
      ${honest}
      ${phone ? nothing : html`<button class="src" @click=${showSources}>${t("status.sources")}</button>`}
    </footer>`;
  }

  #scale(lat: number, zoom: number) {
    const metres = metresPerPixel(lat, zoom);
    const bar = barOf(metres, 90);
    const w = bar.pixels;
    const length =
      bar.metres >= 1000 ? `${number(bar.metres / 1000)} ${t("unit.km")}` : `${number(bar.metres)} ${t("unit.m")}`;
    return html`<svg class="sb" width=${w + 2} height="10" aria-hidden="true">${svg`<path d=${`M1 1v7h${w}V1M${1 + w / 2} 4.500v3.500`}></path>`}</svg>
      <span>${length}</span>
      ${this.state.phone ? nothing : html`<span class="sep"></span><span class="ratio" title=${t("status.scaleTitle")}>1 : ${number(scaleOf(metres))}</span><span class="sep"></span>`}`;
  }

  #coordinates() {
    const { crs, pointer, view } = this.state;
    const at = pointer ?? (view && ([view.lon, view.lat] as const));
    const plane = crs === "plane";
    const flip = () => app.set({ crs: plane ? "degrees" : "plane" });
    return html`<button class="crs" title=${t("status.crsTitle")} @click=${flip}>${t(plane ? "status.plane" : "status.degrees")}${icon("down")}</button>
      ${at ? html`<span class="mono xy">${plane ? planeText(at) : degreesText(at)}</span>` : nothing}`;
  }
}
customElements.define("zb-status", Status);

function planeText(at: readonly [number, number]): string {
  const { x, y } = toPlane([at[0], at[1]]);
  return `X ${number(x, 3)}  Y ${number(y, 3)}`;
}

const degreesText = ([lon, lat]: readonly [number, number]): string =>
  `${t("status.lon")} ${lon.toFixed(6)}°  ${t("status.lat")} ${lat.toFixed(6)}°`;

/** showSources opens the overview at its last section. */
function showSources(): void {
  openOverview();
  app.set({ folded: false });
  setTimeout(() => {
    const heading = document.getElementById("sources");
    heading?.scrollIntoView({ block: "start" });
    heading?.focus();
  }, 60);
}
