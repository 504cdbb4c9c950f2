import type { Feature, PaintRule, PaintSymbolizer } from "protomaps-leaflet";
import { type Group, groupOf } from "../../state/figures";
import { type Palette, plotZoom } from "../style";

type Path = Parameters<PaintSymbolizer["draw"]>[1];

const textureZoom = 15;
const period = 8; // pixels; it divides the side of a tile, so that a texture runs on across tiles
const fine = 4;

type Texture = (ctx: CanvasRenderingContext2D) => void;
const diagonal =
  (colour: string, back: boolean): Texture =>
  (ctx) => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1;
    ctx.globalAlpha = 0.62;
    for (const shift of [-period, 0, period]) {
      ctx.beginPath();
      ctx.moveTo(back ? shift - 1 : shift + period + 1, -1);
      ctx.lineTo(back ? shift + period + 1 : shift - 1, period + 1);
      ctx.stroke();
    }
  };
const level =
  (colour: string): Texture =>
  (ctx) => {
    ctx.fillStyle = colour;
    ctx.fillRect(0, 1.5, period, 1);
    ctx.fillRect(0, 5.5, period, 1);
  };
const dotted =
  (colour: string): Texture =>
  (ctx) => {
    ctx.fillStyle = colour;
    ctx.globalAlpha = 0.75;
    for (const at of [2, 6]) {
      ctx.beginPath();
      ctx.arc(at, at, 0.9, 0, 2 * Math.PI);
      ctx.fill();
    }
  };

function image(draw: Texture): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = period * fine;
  const ctx = canvas.getContext("2d");
  if (ctx) {
    ctx.scale(fine, fine);
    draw(ctx);
  }
  return canvas;
}

function trace(ctx: CanvasRenderingContext2D, geom: Path): void {
  ctx.beginPath();
  for (const ring of geom)
    ring.forEach((p, i) => {
      if (i === 0) ctx.moveTo(p.x, p.y);
      else ctx.lineTo(p.x, p.y);
    });
}

export const groupOfFeature = (f: Feature): Group => groupOf(f.props.stage, f.props.disposition);

/** PlotSymbolizer fills a plot with the colour of its group, and from z15 with the texture that tells like colours apart. */
class PlotSymbolizer implements PaintSymbolizer {
  readonly #palette: Palette;
  readonly #stretch: () => number;
  readonly #images: Partial<Record<Group, HTMLCanvasElement>>;

  constructor(palette: Palette, stretch: () => number) {
    this.#palette = palette;
    this.#stretch = stretch;
    this.#images = {
      partly_signed: image(diagonal(palette.textures.partly_signed, false)),
      retained: image(diagonal(palette.textures.retained, true)),
      kept: image(level(palette.textures.kept)),
      cleared: image(dotted(palette.textures.cleared)),
    };
  }

  draw(ctx: CanvasRenderingContext2D, geom: Path, z: number, f: Feature): void {
    const group = groupOfFeature(f);
    trace(ctx, geom);
    ctx.fillStyle = this.#palette.stages[group];
    ctx.fill();
    const texture = z >= textureZoom ? this.#images[group] : undefined;
    const pattern = texture && ctx.createPattern(texture, "repeat");
    if (pattern) {
      pattern.setTransform(new DOMMatrix().scale(1 / fine));
      ctx.fillStyle = pattern;
      ctx.fill();
    }
    ctx.strokeStyle = "#ffffff";
    ctx.lineWidth = (group === "stored" ? 0.5 : z < textureZoom ? 0.35 : 0.8) / this.#stretch();
    ctx.globalAlpha = group === "stored" ? 0.38 : 1; // within released land the plots step back
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
}

/** EdgeSymbolizer draws the firm edge of released land over its plots. */
class EdgeSymbolizer implements PaintSymbolizer {
  readonly #colour: string;
  readonly #stretch: () => number;

  constructor(colour: string, stretch: () => number) {
    this.#colour = colour;
    this.#stretch = stretch;
  }

  draw(ctx: CanvasRenderingContext2D, geom: Path, z: number): void {
    trace(ctx, geom);
    ctx.strokeStyle = this.#colour;
    ctx.lineJoin = "round";
    ctx.lineWidth = edgeWidth(z) / this.#stretch();
    ctx.stroke();
  }
}

/** edgeWidth is how wide the edge of a released block is, in pixels. */
export const edgeWidth = (zoom: number): number => (zoom >= 15 ? 1.6 : zoom >= 13 ? 1 : 0.7);

/** stageRules paint the plots that the legend leaves on, and the edge of what is released. */
export function stageRules(palette: Palette, stretch: () => number, shown: (g: Group) => boolean): PaintRule[] {
  return [
    {
      dataLayer: "plots",
      minzoom: plotZoom,
      filter: (_zoom, f) => shown(groupOfFeature(f)),
      symbolizer: new PlotSymbolizer(palette, stretch),
    },
    {
      dataLayer: "released",
      minzoom: plotZoom,
      filter: () => shown("stored"),
      symbolizer: new EdgeSymbolizer(palette.storedEdge, stretch),
    },
  ];
}
