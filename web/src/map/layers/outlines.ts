import type { LandFeature, Position } from "../../api/types";
import type { State } from "../../state/app";
import { find, same, selected, visibleParcels, visibleZones } from "../../state/select";
import type { Frame } from "../canvas";
import { projected, toWorld, trace } from "../project";
import { type Palette, plotZoom } from "../style";
import { drawReleased, shownBlocks } from "./released";

/** drawOutlines paints the parcels' firm outlines over the tiles, then what the pointer or the panel singles out. */
export function drawOutlines(frame: Frame, state: State, palette: Palette): void {
  const chosen = selected(state);
  const parcels = visibleParcels(state);
  for (const f of parcels) {
    if (frame.zoom < plotZoom) fill(frame, f, palette.surface);
    stroke(frame, f, "#ffffff", 4.5, 0.9);
  }
  if (frame.zoom < plotZoom) drawReleased(frame, shownBlocks(state), palette);
  for (const f of parcels) if (!same(ref("parcels", f), chosen)) outline(frame, f, palette.parcel, 1.5);
  const zones = visibleZones(state);
  const hovered = [...parcels, ...zones].find((f) => state.hover?.id === f.id);
  if (hovered && hovered.id !== chosen?.id) {
    if (hovered.properties.kind === "zone") stroke(frame, hovered, palette.accent, 1.5, 0.8);
    else outline(frame, hovered, palette.accent, 2);
  }
  const single = (f: LandFeature, colour: string) => {
    fill(frame, f, colour, 0.16);
    stroke(frame, f, "#ffffff", 6, 1);
    stroke(frame, f, colour, 2.5, 1);
  };
  for (const f of state.lit) single(f, palette.accent);
  const feature = find(state, chosen) ?? state.detail?.feature;
  if (feature) {
    stroke(frame, feature, "#ffffff", 6, 1);
    outline(frame, feature, palette.accent, 2.5);
  }
  const { outline: proposed, clashes, present, places } = state.marks;
  for (const f of present) single(f, palette.accent);
  for (const f of proposed) single(f, palette.ink);
  for (const f of clashes) single(f, palette.bad);
  for (const [i, place] of places.entries()) pin(frame, place, String(i + 1), palette);
}

/** pin marks a place that a list speaks of, with its number there. */
function pin({ ctx, zoom, origin }: Frame, place: Position, number: string, palette: Palette): void {
  const p = toWorld(place, zoom);
  ctx.beginPath();
  ctx.arc(p.x - origin.x, p.y - origin.y, 9, 0, 2 * Math.PI);
  ctx.fillStyle = palette.bad;
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = ctx.fillStyle = palette.surface;
  ctx.stroke();
  ctx.font = `600 11px ${palette.sans}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(number, p.x - origin.x, p.y - origin.y);
}

const ref = (collection: "parcels" | "zones", f: LandFeature) => ({ collection, id: f.id });

function fill({ ctx, zoom, origin }: Frame, feature: LandFeature, colour: string, alpha = 1): void {
  trace(ctx, projected(feature, zoom).rings, origin);
  ctx.fillStyle = colour;
  ctx.globalAlpha = alpha;
  ctx.fill("evenodd");
  ctx.globalAlpha = 1;
}

function stroke(
  { ctx, zoom, origin }: Frame,
  feature: LandFeature,
  colour: string,
  width: number,
  alpha: number,
): void {
  const { rough, rings } = projected(feature, zoom);
  trace(ctx, rough.length > 0 ? rough.map(([first]) => first) : rings, origin);
  ctx.lineJoin = "round";
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.globalAlpha = alpha;
  ctx.stroke();
  ctx.globalAlpha = 1;
}

/** outline draws a surveyed boundary as one line, any other as two that do not quite agree. */
function outline(frame: Frame, feature: LandFeature, colour: string, width: number): void {
  stroke(frame, feature, colour, width, 1);
  const { rough } = projected(feature, frame.zoom);
  if (rough.length === 0) return;
  trace(
    frame.ctx,
    rough.map(([, second]) => second),
    frame.origin,
  );
  frame.ctx.strokeStyle = colour;
  frame.ctx.lineWidth = width * 0.45;
  frame.ctx.globalAlpha = 0.55;
  frame.ctx.stroke();
  frame.ctx.globalAlpha = 1;
}
