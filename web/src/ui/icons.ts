import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import type { Group } from "../state/figures";

const paths = {
  back: "M10 3 5 8l5 5",
  forward: "M6 3l5 5-5 5",
  calendar: "M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2v3M10.5 2v3",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3 14 14",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  home: "M2.5 8 8 3l5.5 5M4.5 7v6h7V7",
  ruler: "M2 11 11 2l3 3-9 9zM5 8l1.5 1.5M7.5 5.5 9 7M10 3l1.5 1.5",
  polygon: "M3 5.5 9 2.500l4.500 4-2 7H4.500z",
  link: "M6.500 9.500l3-3M7 4.500l1.500-1.500a2.800 2.800 0 0 1 4 4L11 8.500M9 11.500 7.500 13a2.800 2.800 0 0 1-4-4L5 7.500",
  download: "M8 2.500v8M4.500 7.500 8 11l3.500-3.500M3 13.500h10",
  target: "M8 4.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M8 1.500v3M8 11.500v3M1.500 8h3M11.500 8h3",
  down: "M3 6l5 5 5-5",
  up: "M3 10l5-5 5 5",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.500 6.500 12 13 4.500",
  info: "M8 1.800a6.200 6.200 0 1 0 0 12.400A6.200 6.200 0 0 0 8 1.800M8 7.200v4M8 4.600v.6",
  lasso: "M2.500 2.500h11v11h-11z",
  circle: "M8 2.200a5.800 5.800 0 1 0 0 11.600A5.800 5.800 0 0 0 8 2.200",
  edit: "M3 13l.7-3L10.500 3.200l2.300 2.300L6 12.300zM9 4.700 11.300 7",
  person:
    "M8 2.500a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600M2.800 14c.4-3 2.400-4.500 5.200-4.500s4.800 1.500 5.200 4.500",
  map: "M2 4l4-1.500 4 1.500 4-1.500v9.500l-4 1.500-4-1.500-4 1.500zM6 2.500v9.500M10 4v9.500",
} as const;

export type Icon = keyof typeof paths;

export const icon = (name: Icon, small = false): TemplateResult =>
  html`<svg class=${small ? "i s" : "i"} viewBox="0 0 16 16" aria-hidden="true"><path d=${paths[name]}></path></svg>`;

/** swatch is the sign of a legend row. */
export const swatch = (sign: SVGTemplateResult): TemplateResult =>
  html`<svg class="sw" width="20" height="14" viewBox="0 0 20 14" aria-hidden="true">${sign}</svg>`;

const textures: Partial<Record<Group, string>> = {
  partly_signed: "M-2 12 12 -2M4 16 20 0M10 18 24 4M-4 6 4 -2",
  retained: "M-4 4 10 18M2 -2 18 14M8 -4 24 12M14 -4 26 8",
  kept: "M0 2.500h20M0 7h20M0 11.500h20",
};
const dots = [3, 8, 13, 18].flatMap((x, i) =>
  i % 2
    ? [[x, 7]]
    : [
        [x, 3.5],
        [x, 10.5],
      ],
);

/** stageSign is a swatch of a group as the map paints it, texture included. */
export const stageSign = (g: Group): SVGTemplateResult =>
  svg`<rect class=${`g-${g}`} width="20" height="14"></rect>${textures[g] ? svg`<path class=${`tx-${g}`} d=${textures[g]}></path>` : ""}${
    g === "cleared" ? dots.map(([x, y]) => svg`<circle class="tx-cleared" cx=${x} cy=${y} r="1"></circle>`) : ""
  }<rect class="swl" x=".5" y=".5" width="19" height="13"></rect>`;

export const parcelSign = svg`<rect class="sign-parcel" x="1.500" y="1.500" width="17" height="11" rx="3"></rect>`;
export const zoneSign = svg`<rect class="sign-zone" x="1.500" y="1.500" width="17" height="11" rx="3"></rect>`;
