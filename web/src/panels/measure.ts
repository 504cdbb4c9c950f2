import { html, nothing, type PropertyValues } from "lit";
import type { Position } from "../api/types";
import { type Measured, measure } from "../geo/measure";
import { crossesItself } from "../geo/shape";
import { t } from "../i18n";
import type { Measuring, State } from "../state/app";
import { dropPoint, finish, restart, selecting, stop } from "../state/measure";
import { PageElement } from "../ui/element";
import { hectares, mu, number } from "../ui/format";
import { icon } from "../ui/icons";

/** What is being measured, beside the tools: length or area, on which surface, and what to do next. */
class Measure extends PageElement {
  #result: Measured | null = null;
  #of: readonly Position[] | null = null;
  #failed = false;

  protected pick(s: Readonly<State>) {
    return [s.measuring, s.phone];
  }

  protected override willUpdate(_: PropertyValues): void {
    const { measuring } = this.state;
    if (!measuring || selecting(measuring) || this.#of === measuring.points) return;
    this.#of = measuring.points;
    const points = measuring.points;
    if (points.length < (measuring.kind === "area" ? 3 : 2)) {
      this.#result = null;
      return;
    }
    measure(points, measuring.kind === "area").then(
      (result) => this.#put(points, result),
      () => this.#put(points, null),
    );
  }

  #put(points: readonly Position[], result: Measured | null): void {
    if (this.#of !== points) return;
    this.#result = result;
    this.#failed = result === null;
    this.requestUpdate();
  }

  protected override render() {
    const { measuring, phone } = this.state;
    if (!measuring) return nothing;
    const { kind, points, done } = measuring;
    const crossed = kind === "area" && crossesItself(points);
    const r = crossed || selecting(measuring) ? null : this.#result;
    return html`<section class="measure" aria-label=${t(`measure.${kind}`)}>
      <div class="sh"><h2>${t(`measure.${kind}`)}</h2><span class="grow"></span>
        <button class="ib" aria-label=${t("close")} title=${t("close")} @click=${stop}>${icon("close")}</button></div>
      <div role="status">
        ${r && kind === "distance" ? this.#length("measure.length", r.length) : nothing}
        ${
          r && kind === "area"
            ? html`<table class="lst ar"><thead><tr><th></th><th class="num">${t("unit.m2")}</th><th class="num">${t("unit.ha")}</th><th class="num">${t("unit.mu")}</th></tr></thead>
              <tbody>${this.#area("measure.ellipsoid", "measure.onEllipsoid", r.area)}${this.#area("measure.plane", "measure.onPlane", r.planeArea)}</tbody></table>
              ${this.#length("measure.perimeter", r.length)}`
            : nothing
        }
        ${crossed ? html`<p class="ask">${t("measure.crossed")}</p>` : nothing}
        ${this.#failed && !selecting(measuring) ? html`<p class="ask">${t("measure.failed")}</p>` : nothing}
      </div>
      <p class="mut sm">${hint(measuring, phone)}</p>
      ${
        points.length === 0
          ? nothing
          : html`<div class="end"><button class="btn" @click=${restart}>${t(selecting(measuring) ? "measure.reselect" : "measure.again")}</button>${done ? nothing : html`${phone ? html`<button class="btn" @click=${dropPoint}>${t("measure.drop")}</button>` : nothing}<button class="btn" @click=${finish}>${t("measure.finish")}</button>`}</div>`
      }
    </section>`;
  }

  #length(key: "measure.length" | "measure.perimeter", metres: number) {
    return html`<p class="len"><span>${t(key)}<small>${t("measure.onEllipsoid")}</small></span><b>${number(metres, 2)}</b> ${t("unit.m")}</p>`;
  }

  #area(key: "measure.ellipsoid" | "measure.plane", on: "measure.onEllipsoid" | "measure.onPlane", m2: number) {
    return html`<tr><td>${t(key)}<small>${t(on)}</small></td><td class="num"><b>${number(m2, 1)}</b></td><td class="num">${number(hectares(m2), 4)}</td><td class="num">${number(mu(m2), 2)}</td></tr>`;
  }
}
customElements.define("zb-measure", Measure);

/** hint says what to do next; a thumb has no keys to be told of. */
function hint({ kind, points, done }: Measuring, phone: boolean): string {
  if (phone && kind === "polygon") return t(points.length === 0 ? "measure.hintTouch" : "measure.hintTouchMore");
  if (kind === "circle") return t("measure.hintCircle");
  if (kind === "polygon") return t(points.length === 0 ? "measure.hintPolygon" : "measure.hintPolygonMore");
  return t(done ? "measure.done" : points.length === 0 ? "measure.hintStart" : "measure.hintMore");
}
