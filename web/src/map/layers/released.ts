import polylabel from "polylabel";
import type { Block, LandFeature } from "../../api/types";
import type { State } from "../../state/app";
import type { Frame } from "../canvas";
import { projected, trace } from "../project";
import type { Palette } from "../style";
import { edgeWidth } from "./stages";

/** shownBlocks are the released blocks of the day, unless the legend hides them. */
export const shownBlocks = ({ figures, hidden }: Pick<State, "figures" | "hidden">): readonly Block[] =>
  hidden.includes("stored") ? [] : (figures?.blocks?.items ?? []);

const features = new WeakMap<Block, LandFeature>();

/** featureOf lets a block be projected as a surveyed outline is. */
function featureOf(block: Block): LandFeature {
  let f = features.get(block);
  if (!f) {
    f = {
      type: "Feature",
      id: "",
      geometry: block.geometry,
      properties: { accuracy: "surveyed", fid: 0 },
    } as LandFeature;
    features.set(block, f);
  }
  return f;
}

/** drawReleased paints the released land in the one saturated colour of the map, where plots are not painted yet. */
export function drawReleased(frame: Frame, blocks: readonly Block[], palette: Palette): void {
  const { ctx, zoom, origin } = frame;
  for (const block of blocks) {
    trace(ctx, projected(featureOf(block), zoom).rings, origin);
    ctx.fillStyle = palette.stages.stored;
    ctx.fill("evenodd");
    ctx.strokeStyle = palette.storedEdge;
    ctx.lineWidth = edgeWidth(zoom);
    ctx.lineJoin = "round";
    ctx.stroke();
  }
}

interface Room {
  zoom: number;
  x: number;
  y: number;
  reach: number;
}
const rooms = new WeakMap<Block, Room>();

/** roomOf is the widest place of a block, in pixels of the world at a zoom. */
export function roomOf(block: Block, zoom: number): Room {
  const known = rooms.get(block);
  if (known?.zoom === zoom) return known;
  const ring = projected(featureOf(block), zoom).rings[0] ?? [];
  const spot = polylabel([[...ring, ...ring.slice(0, 1)].map((p) => [p.x, p.y])], 3);
  const room = { zoom, x: spot[0] ?? 0, y: spot[1] ?? 0, reach: (spot as unknown as { distance: number }).distance };
  rooms.set(block, room);
  return room;
}
