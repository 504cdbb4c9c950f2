import L from "leaflet";
import type { LandFeature, Position } from "../api/types";
import { roughen, type XY } from "../geo/rough";
import { polygonsOf } from "../geo/shape";

const project = ([lon, lat]: Position, zoom: number): XY => L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), zoom);

/** Rings of a feature in pixels of the world at a zoom, as surveyed and as roughened, kept while the zoom stays. */
interface Projected {
  zoom: number;
  rings: XY[][];
  rough: [first: XY[], second: XY[]][];
}

const cache = new WeakMap<LandFeature, Projected>();

export function projected(feature: LandFeature, zoom: number): Projected {
  const known = cache.get(feature);
  if (known?.zoom === zoom) return known;
  const rings = polygonsOf(feature.geometry)
    .flat()
    .map((ring) => ring.slice(0, -1).map((p) => project(p, zoom)));
  const seed = feature.properties.fid;
  const rough: Projected["rough"] =
    feature.properties.accuracy === "surveyed" || feature.properties.kind === "plot" // tiles draw plots as they are
      ? []
      : rings.map((ring, i) => {
          const reach = reachOf(ring);
          return [roughen(ring, seed * 31 + i, 10, reach), roughen(ring, seed * 31 + i + 1009, 10, reach * 1.25)];
        });
  const fresh = { zoom, rings, rough };
  cache.set(feature, fresh);
  return fresh;
}

export const toWorld = project;

/** reachOf is how far a ring is pushed out of line: 2 pixels, less where the whole ring is small. */
function reachOf(ring: readonly XY[]): number {
  const xs = ring.map((p) => p.x);
  return Math.min(2, Math.max(1, (Math.max(...xs) - Math.min(...xs)) / 40));
}

/** trace makes a closed path of rings; `origin` is the corner of the canvas. */
export function trace(ctx: CanvasRenderingContext2D, rings: readonly (readonly XY[])[], origin: XY): void {
  ctx.beginPath();
  for (const ring of rings) {
    ring.forEach((p, i) => {
      if (i === 0) ctx.moveTo(p.x - origin.x, p.y - origin.y);
      else ctx.lineTo(p.x - origin.x, p.y - origin.y);
    });
    ctx.closePath();
  }
}
