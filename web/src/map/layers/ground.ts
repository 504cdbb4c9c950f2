import { fromPlane, toPlane } from "../../geo/gauss";
import { metresPerPixel } from "../../geo/scale";
import type { State } from "../../state/app";
import { visibleParcels, visibleZones } from "../../state/select";
import { number } from "../../ui/format";
import type { Frame } from "../canvas";
import { projected, toWorld, trace } from "../project";
import { type Palette, plotZoom, zoneEndZoom } from "../style";
import { unproject } from "../view";

/**
 * drawGround paints what lies under the tiles: the district, grid crosses, the zones and from z13 the white of the
 * parcels. These few outlines come whole from the items: cut into tiles, dashes would begin anew at each tile's edge,
 * the fill would show seams at the fractional zoom of a fitted view, and a roughened line could not be one line.
 */
export function drawGround(frame: Frame, state: State, palette: Palette): void {
  const { ctx, zoom, origin } = frame;
  ctx.lineJoin = "round";
  for (const f of state.items.context ?? []) {
    if (f.properties.kind !== "district") continue;
    trace(ctx, projected(f, zoom).rings, origin);
    ctx.fillStyle = palette.ground;
    ctx.fill("evenodd");
    ctx.strokeStyle = palette.edge;
    ctx.lineWidth = 1.1;
    ctx.stroke();
  }
  if (zoom >= 14) drawGrid(frame, palette);
  if (zoom < zoneEndZoom) {
    ctx.setLineDash([6, 4]);
    ctx.strokeStyle = palette.zone;
    ctx.lineWidth = 1.1;
    for (const f of visibleZones(state)) {
      const { rough, rings } = projected(f, zoom);
      trace(ctx, rough.length > 0 ? rough.map(([first]) => first) : rings, origin);
      ctx.stroke();
    }
    ctx.setLineDash([]);
  }
  if (zoom >= plotZoom) {
    ctx.fillStyle = palette.surface;
    for (const f of visibleParcels(state)) {
      trace(ctx, projected(f, zoom).rings, origin);
      ctx.fill("evenodd");
    }
  }
}

const steps = [50, 100, 200, 500, 1000, 2000, 5000];

/** drawGrid sets a cross on each round coordinate of the CGCS2000 plane, and writes the coordinates along two edges. */
function drawGrid({ ctx, zoom, origin, view }: Frame, palette: Palette): void {
  const at = (x: number, y: number) => unproject({ x: origin.x + x, y: origin.y + y }, zoom);
  const southWest = toPlane(at(view.x, view.y + view.height));
  const northEast = toPlane(at(view.x + view.width, view.y));
  const metres = metresPerPixel(at(view.x, view.y + view.height / 2)[1], zoom);
  const step = steps.find((s) => s / metres >= 140);
  if (!step) return;
  ctx.strokeStyle = "#aab3b7";
  ctx.lineWidth = 0.8;
  ctx.fillStyle = "#5c676d";
  ctx.font = `11px ${palette.mono}`;
  const first = (v: number) => Math.ceil(v / step) * step;
  const screen = (x: number, y: number) => {
    const p = toWorld(fromPlane({ x, y }), zoom);
    return { x: p.x - origin.x, y: p.y - origin.y };
  };
  const spaced = (v: number) => number(v).replaceAll(",", " ");
  for (let x = first(southWest.x); x < northEast.x; x += step) {
    for (let y = first(southWest.y); y < northEast.y; y += step) {
      const p = screen(x, y);
      if (p.x > view.x + view.width - 72) continue; // the coordinate is written there
      ctx.beginPath();
      ctx.moveTo(p.x - 3, p.y);
      ctx.lineTo(p.x + 3, p.y);
      ctx.moveTo(p.x, p.y - 3);
      ctx.lineTo(p.x, p.y + 3);
      ctx.stroke();
    }
    const edge = screen(x, northEast.y);
    if (edge.y > view.y + 20 && edge.y < view.y + view.height - 60) {
      ctx.textAlign = "right";
      ctx.fillText(spaced(x), view.x + view.width - 8, edge.y + 4);
    }
  }
  for (let y = first(southWest.y); y < northEast.y; y += step) {
    const edge = screen(southWest.x, y);
    if (edge.x < view.x + 290 || edge.x > view.x + view.width - 90) continue;
    ctx.textAlign = "center";
    ctx.fillText(spaced(y), edge.x, view.y + view.height - 38);
  }
  ctx.textAlign = "start";
}
