import { html, nothing, svg } from "lit";
import type { Figures } from "../api/types";
import { curveShape, type Frame } from "../geo/curve";
import { type MessageKey, sentenceGap, t } from "../i18n";
import type { State } from "../state/app";
import { PageElement } from "../ui/element";
import { number, signed } from "../ui/format";
import { rich } from "./rich";

const width = 368;
const frame: Frame = { left: 32, right: 364, top: 16, bottom: 150 };
const height = 170;

/** beyond says which aims the pace of the last weeks does not reach within the ten years that are forecast. */
export function beyond(f: Figures, target: number | null): MessageKey | null {
  if (f.pace_ha <= 0) return null;
  const far = (aim: number | null, on: string | null) => aim !== null && on === null && f.released_ha < aim;
  const [expected, goal] = [far(f.expected_ha, f.forecast_expected_on), far(target, f.forecast_on)];
  if (expected && goal) return "curve.neither";
  return expected ? "curve.notExpected" : goal ? "curve.notTarget" : null;
}

/** The burn-up curve of the round with its goals, its forecast, and the same in words below. */
class Curve extends PageElement {
  protected pick(s: Readonly<State>) {
    return [s.figures];
  }

  protected override render() {
    const { figures } = this.state;
    const round = figures?.progress.round;
    const series = figures?.series;
    if (!figures || !round || !series) return nothing;
    const f = round.figures;
    const forecast = [
      ...(f.forecast_expected_on && f.expected_ha !== null ? [{ on: f.forecast_expected_on, ha: f.expected_ha }] : []),
      ...(f.forecast_on && round.target_ha !== null ? [{ on: f.forecast_on, ha: round.target_ha }] : []),
    ];
    const c = curveShape(
      {
        from: round.starts_on,
        at: figures.progress.at,
        items: series.items,
        target: round.target_ha,
        expected: f.expected_ha,
        forecast,
        deadline: round.deadline,
      },
      frame,
    );
    const released = number(figures.printed.tiles.released / 100, 2);
    const close = c.target !== null && c.expected !== null && Math.abs(c.target - c.expected) < 17;
    const right = c.dot.x > frame.right - 60;
    const low = c.dot.y > frame.bottom - 24; // below it stand the years
    const goal = (y: number | null, text: string, cls: string, below = false) =>
      y === null
        ? nothing
        : svg`<path class=${cls} d=${`M${frame.left} ${y}H${frame.right}`}></path><text class="c-lab c-halo" x=${frame.left + 6} y=${below ? y + 14 : y - 5}>${text}</text>`;
    const middle = c.forecastEnd && { x: (c.dot.x + c.forecastEnd.x) / 2, y: (c.dot.y + c.forecastEnd.y) / 2 };
    return html`<svg class="chart" viewBox=${`0 0 ${width} ${height}`} width="100%" role="img" aria-label=${t("curve.label", { at: figures.progress.at, released, target: number(round.target_ha ?? 0, 2) })}>
        ${c.ticks.map((tick) => svg`<path class=${tick.value === 0 ? "ax0" : "ax"} d=${`M${frame.left} ${tick.y}H${frame.right}`}></path><text class="at" x=${frame.left - 6} y=${tick.y + 4} text-anchor="end">${number(tick.value)}</text>`)}
        ${c.parts.map((x) => svg`<path class="ax0" d=${`M${x} ${frame.bottom}v5`}></path>`)}
        ${c.years.map((y) => svg`<text class="at" x=${y.x} y=${frame.bottom + 16} text-anchor="middle">${y.year}</text>`)}
        ${svg`<path class="c-area" d=${c.area}></path>`}
        ${goal(c.target, t("curve.target", { ha: number(round.target_ha ?? 0, 2) }), "c-sch")}
        ${goal(c.expected, t("curve.expected", { ha: number((figures.printed.round.expected ?? 0) / 100, 2) }), "c-tgt", close)}
        ${c.schedule ? svg`<path class="c-sch" d=${c.schedule}></path>` : nothing}
        ${c.forecast ? svg`<path class="c-for" d=${c.forecast}></path>` : nothing}
        ${svg`<path class="c-act" d=${c.released}></path><circle class="dot" cx=${c.dot.x} cy=${c.dot.y} r="4.500"></circle>`}
        ${svg`<text class="c-lab g c-halo" x=${right ? c.dot.x - 9 : c.dot.x + 9} y=${c.dot.y + (right || low ? -9 : 12)} text-anchor=${right ? "end" : "start"}>${released}</text>`}
        ${middle && middle.x - c.dot.x > 40 && middle.y + 16 < frame.bottom - 24 ? svg`<text class="c-lab g c-halo" x=${middle.x + 8} y=${middle.y + 16}>${t("curve.forecast")}</text>` : nothing}
      </svg>
      <p class="fc">${this.#sentence()}</p>`;
  }

  #sentence() {
    const round = this.state.figures?.progress.round;
    if (!round) return nothing;
    const f = round.figures;
    const said: unknown[] = [];
    const pace = number(f.pace_ha, 2);
    if (round.deadline && f.required_ha !== null)
      said.push(rich("curve.paceRequired", { pace, deadline: round.deadline, required: number(f.required_ha, 2) }));
    else said.push(rich("curve.pace", { pace }));
    const [expected, target] = [f.forecast_expected_on, f.forecast_on];
    if (expected && target) said.push(rich("curve.both", { expected, target }));
    else if (expected) said.push(rich("curve.onlyExpected", { expected }));
    else if (target) said.push(rich("curve.onlyTarget", { target }));
    const never = beyond(f, round.target_ha);
    if (never) said.push(t(never));
    else if (!expected && !target) said.push(t("curve.never"));
    if (!round.deadline) said.push(t("overview.noDeadline"));
    else if (f.schedule_ha !== null) {
      const ahead = f.released_ha - f.schedule_ha;
      said.push(rich(ahead < 0 ? "curve.behind" : "curve.ahead", { ha: signed(Math.abs(ahead), 2).replace("+", "") }));
    }
    return said.map((part, i) => html`${i > 0 ? sentenceGap() : nothing}${part}`);
  }
}
customElements.define("zb-curve", Curve);
