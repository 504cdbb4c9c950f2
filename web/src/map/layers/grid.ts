import { fromPlane, toPlane } from "../../geo/gauss";
import { metresPerPixel } from "../../geo/scale";
import { number } from "../../ui/format";
import type { Frame } from "../canvas";
import { toWorld } from "../project";
import type { Palette } from "../style";
import { unproject } from "../view";

const steps = [50, 100, 200, 500, 1000, 2000, 5000];
const firstZoom = 14;
const labelWidth = 72;

/** gridded says whether a view carries the coordinates of the plane along its edges. */
export const gridded = ({ zoom, view }: Frame): boolean => zoom >= firstZoom && view.height > 260;

interface Lines {
  norths: { value: number; y: number }[];
  easts: { value: number; x: number }[];
  crosses: { x: number; y: number }[];
}

/** linesOf finds the round coordinates of the CGCS2000 plane in a view. */
function linesOf({ zoom, origin, view }: Frame): Lines {
  const at = (x: number, y: number) => unproject({ x: origin.x + x, y: origin.y + y }, zoom);
  const southWest = toPlane(at(view.x, view.y + view.height));
  const northEast = toPlane(at(view.x + view.width, view.y));
  const metres = metresPerPixel(at(view.x, view.y + view.height / 2)[1], zoom);
  const step = steps.find((s) => s / metres >= 140) ?? Number.POSITIVE_INFINITY;
  const round = (from: number, to: number) => {
    const values: number[] = [];
    for (let v = Math.ceil(from / step) * step; v < to; v += step) values.push(v);
    return values;
  };
  const screen = (x: number, y: number) => {
    const p = toWorld(fromPlane({ x, y }), zoom);
    return { x: p.x - origin.x, y: p.y - origin.y };
  };
  const [xs, ys] = [round(southWest.x, northEast.x), round(southWest.y, northEast.y)];
  return {
    norths: xs.map((value) => ({ value, y: screen(value, northEast.y).y })),
    easts: ys.map((value) => ({ value, x: screen(southWest.x, value).x })),
    crosses: xs.flatMap((x) => ys.map((y) => screen(x, y))),
  };
}

/** drawGrid sets a cross on each round coordinate. */
export function drawGrid(frame: Frame): void {
  if (frame.zoom < firstZoom) return;
  const { ctx, view } = frame;
  ctx.strokeStyle = "#aab3b7";
  ctx.lineWidth = 0.8;
  for (const p of linesOf(frame).crosses) {
    if (p.x > view.x + view.width - labelWidth) continue; // the coordinate is written there
    ctx.beginPath();
    ctx.moveTo(p.x - 3, p.y);
    ctx.lineTo(p.x + 3, p.y);
    ctx.moveTo(p.x, p.y - 3);
    ctx.lineTo(p.x, p.y + 3);
    ctx.stroke();
  }
}

/** drawGridLabels writes the round coordinates along the right and the lower edge, over everything that is drawn there. */
export function drawGridLabels(frame: Frame, palette: Palette): void {
  if (!gridded(frame)) return;
  const { ctx, view } = frame;
  const { norths, easts } = linesOf(frame);
  ctx.font = `11px ${palette.mono}`;
  ctx.lineJoin = "round";
  const write = (value: number, x: number, y: number) => {
    const text = number(value).replaceAll(",", " ");
    ctx.strokeStyle = "rgb(255 255 255 / .92)";
    ctx.lineWidth = 3;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = "#5c676d";
    ctx.fillText(text, x, y);
  };
  ctx.textAlign = "right";
  for (const { value, y } of norths)
    if (y > view.y + 20 && y < view.y + view.height - 40) write(value, view.x + view.width - 8, y + 4);
  ctx.textAlign = "center";
  for (const { value, x } of easts)
    if (x > view.x + 300 && x < view.x + view.width - 100) write(value, x, view.y + view.height - 12); // clear of the legend
  ctx.textAlign = "start";
}
