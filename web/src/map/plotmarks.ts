import polylabel from "polylabel";
import type { Feature } from "protomaps-leaflet";
import type { Group } from "../state/figures";
import { groupOfFeature } from "./layers/stages";
import { zxy } from "./tilebox";

/** A plot in the tiles on screen: where its number may stand, in pixels of the world at `zoom`. */
export interface PlotMark {
  code: string;
  group: Group;
  zoom: number;
  x: number;
  y: number;
  /** The radius of the largest circle inside it, in the same pixels. */
  reach: number;
}

const side = 512; // pixels of a data tile, which is shown one zoom above its own
const spots = new WeakMap<Feature, { x: number; y: number; reach: number } | null>();

/** spotOf finds the widest place of a plot inside its tile, once. */
function spotOf(f: Feature): { x: number; y: number; reach: number } | null {
  const known = spots.get(f);
  if (known !== undefined) return known;
  let best: { x: number; y: number; reach: number } | null = null;
  const ring = f.geom[0];
  if (ring && ring.length > 3) {
    const spot = polylabel([ring.map((p) => [p.x, p.y])], 2);
    const [x = 0, y = 0] = spot;
    const reach = (spot as unknown as { distance: number }).distance;
    if (x >= 0 && y >= 0 && x <= side && y <= side) best = { x, y, reach };
  }
  spots.set(f, best);
  return best;
}

/** marksIn lists the plots of decoded tiles, each once: a plot that tiles cut is marked in its largest piece. */
export function marksIn(tiles: Iterable<readonly [key: string, data: Map<string, Feature[]>]>): PlotMark[] {
  const found = new Map<string, PlotMark>();
  for (const [key, data] of tiles) {
    const { x, y, z } = zxy(key);
    for (const f of data.get("plots") ?? []) {
      const code = f.props.code;
      const spot = typeof code === "string" ? spotOf(f) : null;
      if (!spot || typeof code !== "string") continue;
      const before = found.get(code);
      if (before && before.reach >= spot.reach) continue;
      found.set(code, {
        code,
        group: groupOfFeature(f),
        zoom: z + 1,
        x: x * side + spot.x,
        y: y * side + spot.y,
        reach: spot.reach,
      });
    }
  }
  return [...found.values()];
}
