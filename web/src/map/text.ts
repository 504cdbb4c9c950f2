import type { Palette } from "./style";

/** A run of text in one face; `box` draws the thin frame of a tag around it. */
export interface Run {
  text: string;
  font: string;
  colour: string;
  spacing?: number;
  box?: string;
}

/** A label of one or more lines. */
export interface Label {
  lines: Run[][];
  halo: number;
  align: "left" | "centre" | "right";
  lineHeight: number;
  /** A bar below the text, its parts as shares of one. */
  bar?: readonly { part: number; colour: string }[];
  /** The colour of the halo, where it is not white. */
  around?: string;
}

const barWidth = 84;
const barHeight = 6;

const widths = new Map<string, number>();
const tagPad = 4;
const runGap = 6;

function widthOf(ctx: CanvasRenderingContext2D, { text, font, spacing = 0, box }: Run): number {
  const key = `${font}|${spacing}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    ctx.font = font;
    const letters = spacing ? [...text] : [text]; // a spaced run is written letter by letter, without kerning
    width = letters.reduce((sum, letter) => sum + ctx.measureText(letter).width, 0) + spacing * (letters.length - 1);
    widths.set(key, width);
  }
  return width + (box ? 2 * tagPad : 0);
}

const lineWidth = (ctx: CanvasRenderingContext2D, line: Run[]): number =>
  line.reduce((sum, run, i) => sum + widthOf(ctx, run) + (i > 0 ? runGap : 0), 0);

export const sizeOf = (ctx: CanvasRenderingContext2D, label: Label): { width: number; height: number } => ({
  width: Math.max(label.bar ? barWidth : 0, ...label.lines.map((line) => lineWidth(ctx, line))),
  height: label.lines.length * label.lineHeight + (label.bar ? barHeight + 3 : 0),
});

/** drawLabel writes a label into its box: the halo of all lines first, so that no line is eaten by its neighbour's. */
export function drawLabel(ctx: CanvasRenderingContext2D, label: Label, x: number, y: number, width: number): void {
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.lineJoin = "round";
  for (const pass of ["halo", "fill"] as const)
    label.lines.forEach((line, i) => {
      const free = width - lineWidth(ctx, line);
      let at = x + (label.align === "left" ? 0 : label.align === "right" ? free : free / 2);
      const middle = y + (i + 0.5) * label.lineHeight;
      for (const run of line) {
        drawRun(ctx, run, at, middle, pass, label);
        at += widthOf(ctx, run) + runGap;
      }
    });
  ctx.textBaseline = "alphabetic";
  if (label.bar) drawBar(ctx, label, label.bar, x, y + label.lines.length * label.lineHeight + 1, width);
}

function drawBar(
  ctx: CanvasRenderingContext2D,
  { align }: Label,
  bar: NonNullable<Label["bar"]>,
  x: number,
  y: number,
  width: number,
): void {
  const free = width - barWidth;
  let at = x + (align === "left" ? 0 : align === "right" ? free : free / 2);
  ctx.fillStyle = "#ffffff";
  ctx.fillRect(at - 1, y - 1, barWidth + 2, barHeight + 2);
  for (const { part, colour } of bar) {
    ctx.fillStyle = colour;
    ctx.fillRect(at, y, barWidth * part, barHeight);
    at += barWidth * part;
  }
}

function drawRun(
  ctx: CanvasRenderingContext2D,
  run: Run,
  x: number,
  middle: number,
  pass: "halo" | "fill",
  { halo, around }: Label,
): void {
  const width = widthOf(ctx, run);
  ctx.font = run.font;
  if (run.box) {
    ctx.beginPath();
    ctx.roundRect(x + 0.5, middle - 8.5, width - 1, 17, 3);
    if (pass === "halo") {
      ctx.fillStyle = "#ffffff";
      ctx.fill();
      ctx.strokeStyle = run.box;
      ctx.lineWidth = 1;
      ctx.stroke();
    } else {
      ctx.fillStyle = run.colour;
      ctx.fillText(run.text, x + tagPad, middle + 0.5);
    }
    return;
  }
  ctx.strokeStyle = around ?? "rgb(255 255 255 / .92)";
  ctx.lineWidth = halo;
  ctx.fillStyle = run.colour;
  const put = (text: string, at: number) =>
    pass === "halo" ? ctx.strokeText(text, at, middle) : ctx.fillText(text, at, middle);
  if (!run.spacing) return void put(run.text, x);
  let at = x;
  for (const letter of run.text) {
    put(letter, at); // letter by letter: canvas letter spacing is not in every browser that an office has
    at += ctx.measureText(letter).width + run.spacing;
  }
}

export const font = (palette: Palette, size: number, weight = 400, style = ""): string =>
  `${style} ${weight} ${size}px ${palette.sans}`.trim();
