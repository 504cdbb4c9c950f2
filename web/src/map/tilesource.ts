import { VectorTile } from "@mapbox/vector-tile";
import Protobuf from "pbf";
import type { Feature, TileSource, Zxy } from "protomaps-leaflet";
import { type Clocks, query, request, Unreachable } from "../api/client";

type Decoded = Map<string, Feature[]>;

/**
 * ServerTiles fetches tiles for protomaps-leaflet. Its own source knows neither the two clocks nor a server that is
 * away: here a tile that cannot be had is the one had before, or empty and asked for again when the server is back.
 */
export class ServerTiles implements TileSource {
  clocks: Clocks = { at: null, known: null };
  readonly missing = new Set<string>();
  readonly #had = new Map<string, Decoded>();
  readonly #away: () => void;
  readonly #came: () => void;

  constructor(away: () => void, came: () => void) {
    this.#away = away;
    this.#came = came;
  }

  async get(tile: Zxy, tileSize: number): Promise<Decoded> {
    const clocks = this.clocks;
    const path = `/tiles/${tile.z}/${tile.x}/${tile.y}.mvt${query({ ...clocks })}`;
    try {
      const decoded = decode(await (await request(path)).arrayBuffer(), tileSize);
      if (this.clocks !== clocks) return this.get(tile, tileSize); // the page has moved to another day meanwhile
      this.missing.delete(index(tile));
      this.#keep(path, decoded);
      setTimeout(this.#came); // once the cache holds it
      return decoded;
    } catch (cause) {
      if (cause instanceof Unreachable) this.#away();
      this.missing.add(index(tile));
      return this.#had.get(path) ?? new Map();
    }
  }

  #keep(path: string, decoded: Decoded): void {
    this.#had.delete(path);
    this.#had.set(path, decoded);
    for (const oldest of this.#had.keys()) {
      if (this.#had.size <= 512) break;
      this.#had.delete(oldest);
    }
  }
}

/** index names a tile as protomaps-leaflet's cache does. */
export const index = ({ x, y, z }: Zxy): string => `${x}:${y}:${z}`;

export function decode(buffer: ArrayBuffer, tileSize: number): Decoded {
  const layers: Decoded = new Map();
  if (buffer.byteLength === 0) return layers;
  for (const [name, layer] of Object.entries(new VectorTile(new Protobuf(buffer)).layers)) {
    const scale = tileSize / layer.extent;
    layers.set(
      name,
      Array.from({ length: layer.length }, (_, i): Feature => {
        const feature = layer.feature(i);
        const geom = feature.loadGeometry();
        const bbox = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
        for (const point of geom.flat()) {
          point.x *= scale;
          point.y *= scale;
          bbox.minX = Math.min(bbox.minX, point.x);
          bbox.minY = Math.min(bbox.minY, point.y);
          bbox.maxX = Math.max(bbox.maxX, point.x);
          bbox.maxY = Math.max(bbox.maxY, point.y);
        }
        const numVertices = geom.reduce((sum, part) => sum + part.length, 0);
        return { props: feature.properties, geomType: feature.type as Feature["geomType"], geom, bbox, numVertices };
      }),
    );
  }
  return layers;
}
