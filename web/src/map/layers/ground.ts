import type { State } from "../../state/app";
import { visibleParcels, visibleZones } from "../../state/select";
import type { Frame } from "../canvas";
import { projected, trace } from "../project";
import { type Palette, plotZoom, zoneEndZoom } from "../style";
import { drawGrid } from "./grid";

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
  drawGrid(frame);
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
