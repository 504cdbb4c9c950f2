import L from "leaflet";
import {
  CircleSymbolizer,
  type Feature,
  LineSymbolizer,
  leafletLayer,
  type PaintRule,
  type View,
} from "protomaps-leaflet";
import type { Clocks } from "../../api/client";
import type { BBox } from "../../api/types";
import { meet } from "../../geo/shape";
import { app } from "../../state/app";
import { away } from "../../state/load";
import { marksIn, type PlotMark } from "../plotmarks";
import type { Palette } from "../style";
import { tileBox, zxy } from "../tilebox";
import { index, ServerTiles } from "../tilesource";
import { stageRules } from "./stages";

// protomaps-leaflet finds Leaflet as a global when it makes the layer.
(window as unknown as { L: typeof L }).L = L;

type ProtomapsLayer = L.GridLayer & { views: Map<string, View>; rerenderTiles(): void };

/** Tiles is the layer of everything that may be many: plots, and the lines and points of the context. */
export class Tiles {
  readonly layer: ProtomapsLayer;
  readonly #source: ServerTiles;
  readonly #view: View;
  /** The tiles of the day before, which keep the numbers of the plots in place until the new ones are there. */
  #before = new Map<string, Map<string, Feature[]>>();
  #stretch = 1;

  constructor(palette: Palette, clocks: Clocks, came: () => void) {
    this.#source = new ServerTiles(away, came);
    this.#source.clocks = clocks;
    this.layer = leafletLayer({
      url: "/tiles/{z}/{x}/{y}.mvt",
      attribution: "",
      maxDataZoom: 18,
      tileDelay: 0.001, // tiles are painted as they come: they are few, and a wave of them would be seen
      devicePixelRatio: Math.max(2, window.devicePixelRatio), // a fitted view stretches tiles by up to 1.4
      paintRules: paintRules(palette, () => this.#stretch),
      labelRules: [],
    }) as unknown as ProtomapsLayer;
    this.#view = this.layer.views.get("") as View;
    this.#view.tileCache.source = this.#source;
  }

  addTo(map: L.Map): void {
    this.#stretch = stretchOf(map);
    this.layer.addTo(map);
    this.layer.on("load", () => this.#before.clear());
    map.on("zoomend", () => {
      const stretch = stretchOf(map);
      if (stretch === this.#stretch) return;
      this.#stretch = stretch;
      this.layer.rerenderTiles(); // lines keep their width on the screen
    });
  }

  /** setClocks shows another day: each tile stays until its new self is decoded. */
  setClocks(clocks: Clocks): void {
    this.#source.clocks = clocks;
    const { cache } = this.#view.tileCache;
    for (const [key, { data }] of cache) this.#before.set(key, data);
    cache.clear();
    this.layer.rerenderTiles();
  }

  /** refresh fetches the tiles that boxes meet, all at once, and only then paints them. */
  async refresh(boxes: readonly BBox[]): Promise<void> {
    await this.#again((key) => boxes.some((box) => meet(tileBox(key), box)));
  }

  /** revalidate asks for every tile again after an absence; those unchanged are answered with 304. */
  async revalidate(): Promise<void> {
    for (const key of this.#source.missing) this.#view.tileCache.cache.delete(key);
    await this.#again(() => true);
  }

  async #again(chosen: (key: string) => boolean): Promise<void> {
    const { cache, source, tileSize } = this.#view.tileCache;
    const keys = [...new Set([...cache.keys(), ...this.#source.missing])].filter(chosen);
    const wanted = new Set(this.#shown());
    await Promise.all(
      keys.map(async (key) => {
        if (!wanted.has(key)) return void cache.delete(key); // fetched when it is next looked at
        const data = await source.get(zxy(key), tileSize);
        cache.set(key, { used: performance.now(), data });
      }),
    );
    if (keys.some((k) => wanted.has(k))) this.layer.rerenderTiles();
  }

  /** repaint paints what is loaded again, as the legend has it. */
  repaint(): void {
    this.layer.rerenderTiles();
  }

  /** marks are the plots of the tiles on screen, with a place for their number. */
  marks(): PlotMark[] {
    const { cache } = this.#view.tileCache;
    const keys = [...new Set(this.#shown())];
    return marksIn(
      keys.flatMap((key) => {
        const data = cache.get(key)?.data ?? this.#before.get(key);
        return data ? [[key, data] as const] : [];
      }),
    );
  }

  #shown(): string[] {
    const tiles = (this.layer as unknown as { _tiles?: Record<string, { coords: L.Coords }> })._tiles;
    return Object.values(tiles ?? {}).map(({ coords }) => index(this.#view.dataTileForDisplayTile(coords).dataTile));
  }
}

const stretchOf = (map: L.Map): number => map.getZoomScale(map.getZoom(), Math.round(map.getZoom()));

function paintRules(palette: Palette, stretch: () => number): PaintRule[] {
  const px = (width: number) => () => width / stretch();
  const kind = (k: string) => (_zoom: number, f: Feature) => f.props.kind === k;
  const rail = kind("metro_line");
  return [
    {
      dataLayer: "context",
      filter: kind("river"),
      symbolizer: new LineSymbolizer({ color: palette.water, width: px(3.5), lineCap: "round", lineJoin: "round" }),
    },
    {
      dataLayer: "context",
      filter: rail,
      symbolizer: new LineSymbolizer({ color: palette.ground, width: px(4.5), lineJoin: "round" }),
    },
    {
      dataLayer: "context",
      filter: rail,
      symbolizer: new LineSymbolizer({ color: palette.rail, width: px(2), lineJoin: "round" }),
    },
    ...stageRules(palette, stretch, (g) => !app.state.hidden.includes(g)),
    {
      dataLayer: "context",
      filter: kind("metro_station"),
      symbolizer: new CircleSymbolizer({ radius: px(2.6), fill: "#ffffff", stroke: "#98a2a7", width: px(1.2) }),
    },
  ];
}
