import type { Position } from "../../api/types";
import { circleAround, distance } from "../../geo/circle";
import type { XY } from "../../geo/rough";
import type { State } from "../../state/app";
import type { Frame } from "../canvas";
import { toWorld, trace } from "../project";
import type { Palette } from "../style";

/** drawMeasuring paints what was selected, and the line or ring that is being measured or drawn, its next side following the pointer. */
export function drawMeasuring(
  { ctx, zoom, origin, view }: Frame,
  state: State,
  palette: Palette,
  byKeys: boolean,
): void {
  const { measuring, pointer, picked } = state;
  const at = (p: Position) => {
    const w = toWorld(p, zoom);
    return { x: w.x - origin.x, y: w.y - origin.y };
  };
  if (picked) paintArea(ctx, picked.outline.map(at), palette);
  if (!measuring) return;
  const fixed = measuring.points.map(at);
  const middle = { x: view.x + view.width / 2, y: view.y + view.height / 2 };
  const next = measuring.done ? null : byKeys ? middle : pointer && at(pointer);
  const centre = measuring.kind === "circle" ? measuring.points[0] : undefined;
  if (centre && pointer && !byKeys) paintArea(ctx, circleAround(centre, distance(centre, pointer)).map(at), palette);
  const path = next ? [...fixed, next] : fixed;
  if (fixed.length > 0) {
    ctx.beginPath();
    path.forEach((p, i) => {
      if (i === 0) ctx.moveTo(p.x, p.y);
      else ctx.lineTo(p.x, p.y);
    });
    if ((measuring.kind === "area" || measuring.kind === "polygon") && path.length > 2) {
      ctx.closePath();
      ctx.fillStyle = palette.accent;
      ctx.globalAlpha = 0.08;
      ctx.fill();
      ctx.globalAlpha = 1;
    }
    ctx.lineJoin = "round";
    for (const [colour, width] of [
      ["#ffffff", 5],
      [palette.accent, 2],
    ] as const) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.stroke();
    }
  }
  for (const p of fixed) {
    ctx.beginPath();
    ctx.arc(p.x, p.y, 4, 0, 2 * Math.PI);
    ctx.fillStyle = "#ffffff";
    ctx.fill();
    ctx.strokeStyle = palette.accent;
    ctx.lineWidth = 1.8;
    ctx.stroke();
  }
  if (byKeys && !measuring.done) {
    ctx.beginPath();
    ctx.moveTo(middle.x - 10, middle.y);
    ctx.lineTo(middle.x + 10, middle.y);
    ctx.moveTo(middle.x, middle.y - 10);
    ctx.lineTo(middle.x, middle.y + 10);
    ctx.strokeStyle = palette.ink;
    ctx.lineWidth = 1.5;
    ctx.stroke();
  }
}

function paintArea(ctx: CanvasRenderingContext2D, ring: readonly XY[], palette: Palette): void {
  trace(ctx, [ring], { x: 0, y: 0 });
  ctx.fillStyle = palette.accent;
  ctx.globalAlpha = 0.08;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.lineJoin = "round";
  for (const [colour, width] of [
    ["#ffffff", 5],
    [palette.accent, 2],
  ] as const) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  }
}
