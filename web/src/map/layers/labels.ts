import L from "leaflet";
import polylabel from "polylabel";
import type { BBox, LandFeature, Position } from "../../api/types";
import type { XY } from "../../geo/rough";
import { linesOf } from "../../geo/shape";
import { pick, t } from "../../i18n";
import type { State } from "../../state/app";
import type { PrintedRow } from "../../state/figures";
import { order } from "../../state/figures";
import { nameStatus, selected, tableOf, visibleParcels, visibleZones } from "../../state/select";
import { numberOf } from "../../ui/codes";
import { number } from "../../ui/format";
import type { Frame } from "../canvas";
import { around, type Box, place, type Wanted } from "../place";
import type { PlotMark } from "../plotmarks";
import { projected, toWorld } from "../project";
import { numberZoom, type Palette, plotZoom } from "../style";
import { drawLabel, font, type Label, sizeOf } from "../text";
import { gridded } from "./grid";
import { roomOf, shownBlocks } from "./released";

const afarZoom = 13;

/** drawLabels writes all names in one pass over the whole view, so that none is cut at a tile's edge and none touch. */
export function drawLabels(frame: Frame, state: State, palette: Palette, plots: () => readonly PlotMark[]): void {
  const { ctx, view, zoom } = frame;
  const wanted: Wanted<Label>[] = [];
  const obstacles: Box[] = [];
  const ranked = zoom < afarZoom ? state.keystones.slice(0, 3) : state.keystones; // from afar they would cover the parcel
  const markers = ranked.map((k) => ({ rank: k.rank, ...onScreen(middleOf(k.box as BBox), frame) }));
  for (const { x, y } of markers) obstacles.push({ x: x - 12, y: y - 12, width: 24, height: 24 });
  const small = view.height < 260; // the phone's map: names alone, and clear of the marks at its upper edge
  if (state.round?.demo && !small)
    obstacles.push({ x: view.x + view.width / 2 - 80, y: view.y, width: 160, height: 28 }); // the ribbon
  const room = {
    ...view,
    y: view.y + (small ? 36 : 0),
    height: view.height - (small ? 50 : 0),
    width: view.width - (gridded(frame) ? 72 : small ? 56 : 0),
  };

  const chosen = selected(state);
  const parcels = [...visibleParcels(state)].sort((a, b) => Number(b.id === chosen?.id) - Number(a.id === chosen?.id));
  const printed = new Map(tableOf(parcels, { by: "code", falling: false }).rows.map((row) => [row.feature.id, row.ha])); // as the table has them
  for (const f of parcels) {
    const box = screenBox(f, frame);
    if (!meets(box, view)) continue;
    const row = state.figures?.printed.rows.get(f.id);
    const label =
      row && row.expected !== null
        ? progressLabel(f, row, palette, zoom < plotZoom, small)
        : parcelLabel(f, printed.get(f.id) ?? 0, palette, small);
    const size = sizeOf(ctx, label);
    const inside = box.width > size.width * 1.5 && box.height > size.height * 2;
    if (inside && zoom >= numberZoom && row) continue; // its plots fill the view, and say more than its name
    const own = obstacles.length;
    if (!inside) obstacles.push(box);
    const within = inside ? insidePlaces(f, frame, size) : [];
    const beside = within.length > 0 ? within : around(box, size.width, size.height, 6);
    const places = [...beside, ...beside.map((b) => keepIn(b, room))]; // an outline at the edge is named as well
    wanted.push({ label, places, must: true, ...(inside ? {} : { own }) });
  }
  if (zoom >= plotZoom) wanted.push(...blockLabels(frame, state, palette));
  for (const f of zoom < numberZoom ? visibleZones(state) : []) {
    const label = spacedLabel(pick(f.properties.name, f.properties.name_en), palette);
    wanted.push({ label, places: insidePlaces(f, frame, sizeOf(ctx, label)), must: false });
  }
  for (const f of state.items.context ?? []) {
    const name = pick(f.properties.name, f.properties.name_en);
    if (f.properties.kind === "river") {
      const label = waterLabel(name, palette);
      wanted.push({ label, places: besideLine(f, frame, sizeOf(ctx, label)), must: false });
    }
  }
  for (const f of state.items.context ?? []) {
    if (f.properties.kind !== "metro_station" || f.geometry.type !== "Point") continue;
    const p = onScreen(f.geometry.coordinates as Position, frame);
    const dot = { x: p.x - 5, y: p.y - 5, width: 10, height: 10 };
    if (!meets(dot, view)) continue;
    const label = plainLabel(pick(f.properties.name, f.properties.name_en), palette);
    const size = sizeOf(ctx, label);
    wanted.push({ label, places: around(dot, size.width, size.height - 4, 2), must: false, own: obstacles.length });
    obstacles.push(dot);
  }
  if (zoom >= numberZoom) wanted.push(...plotNumbers(frame, state, palette, plots()));
  for (const { label, box } of place(wanted, obstacles, room)) {
    const beside = label.lines.length > 1 && !label.around ? alignTo(box, parcels, frame) : label.align;
    drawLabel(ctx, { ...label, align: beside }, box.x, box.y, box.width);
  }
  drawMarkers(ctx, markers, palette);
}

/** drawMarkers numbers the keystones in their order. */
function drawMarkers(
  ctx: CanvasRenderingContext2D,
  markers: readonly { rank: number; x: number; y: number }[],
  palette: Palette,
): void {
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const { rank, x, y } of [...markers].reverse()) {
    ctx.beginPath();
    ctx.arc(x, y, 10, 0, 2 * Math.PI);
    ctx.fillStyle = palette.ink;
    ctx.fill();
    ctx.strokeStyle = "#ffffff";
    ctx.lineWidth = 1.5;
    ctx.stroke();
    ctx.font = font(palette, 11, 600);
    ctx.fillStyle = "#ffffff";
    ctx.fillText(String(rank), x, y + 0.5);
  }
  ctx.textAlign = "start";
  ctx.textBaseline = "alphabetic";
}

const middleOf = ([w, s, e, n]: BBox): Position => [(w + e) / 2, (s + n) / 2];

/** progressLabel names a parcel with released of its area, and from afar with a bar of its stages. */
function progressLabel(f: LandFeature, row: PrintedRow, palette: Palette, afar: boolean, small: boolean): Label {
  const { name, name_en } = f.properties;
  const lines = [[{ text: pick(name, name_en), font: font(palette, 13, 600), colour: palette.ink }]];
  if (small) return { lines, halo: 5, align: "left", lineHeight: 17 };
  const figures = `${number(row.cells.stored / 100, 2)} / ${number(row.scope / 100, 2)} ${t("unit.ha")}`;
  lines.push([{ text: figures, font: font(palette, 12), colour: palette.ink }]);
  const label: Label = { lines, halo: 5, align: "left", lineHeight: 18 };
  if (afar) label.bar = order.map((g) => ({ part: row.cells[g] / (row.scope || 1), colour: palette.stages[g] }));
  return label;
}

/** blockLabels write the hectares into released blocks that have room, and say which one of a parcel is the largest. */
function blockLabels(frame: Frame, state: State, palette: Palette): Wanted<Label>[] {
  const { ctx, zoom, origin, view } = frame;
  const largest = new Set<string | null>();
  return shownBlocks(state).flatMap((block) => {
    const first = !largest.has(block.parcel);
    largest.add(block.parcel);
    const { x, y, reach } = roomOf(block, zoom);
    const at = { x: x - origin.x, y: y - origin.y };
    if (reach < 16 || !meets({ ...at, width: 1, height: 1 }, view)) return [];
    const ha = number(block.area_ha, 2);
    const run = (text: string, size: number) => [{ text, font: font(palette, size, 600), colour: "#ffffff" }];
    const label: Label = {
      lines: first && reach > 44 ? [run(`${ha} ${t("unit.ha")}`, 15), run(t("block.largest"), 12)] : [run(ha, 12)],
      halo: 3,
      around: palette.stages.stored,
      align: "centre",
      lineHeight: 18,
    };
    const size = sizeOf(ctx, label);
    if (size.width > 2 * reach + 4) return [];
    return [{ label, places: [{ x: at.x - size.width / 2, y: at.y - size.height / 2, ...size }], must: false }];
  });
}

/** plotNumbers name the plots that have room; released ones are named by their block. */
function plotNumbers(frame: Frame, state: State, palette: Palette, marks: readonly PlotMark[]): Wanted<Label>[] {
  const { ctx, zoom, origin, view } = frame;
  return marks.flatMap((mark) => {
    if (mark.group === "stored" || state.hidden.includes(mark.group)) return [];
    const scale = 2 ** (zoom - mark.zoom);
    const at = { x: mark.x * scale - origin.x, y: mark.y * scale - origin.y };
    if (mark.reach * scale < 9 || !meets({ ...at, width: 1, height: 1 }, view)) return [];
    const label: Label = {
      lines: [[{ text: numberOf(mark.code), font: font(palette, 11), colour: "#3b454a" }]],
      halo: 3,
      align: "centre",
      lineHeight: 14,
    };
    const size = sizeOf(ctx, label);
    return [{ label, places: [{ x: at.x - size.width / 2, y: at.y - size.height / 2, ...size }], must: false }];
  });
}

/** alignTo sets a label beside an outline flush with the side that it stands at. */
function alignTo(box: Box, parcels: readonly LandFeature[], frame: Frame): Label["align"] {
  for (const f of parcels) {
    const b = screenBox(f, frame);
    if (box.y > b.y + b.height || box.y + box.height < b.y) continue;
    if (Math.abs(box.x - (b.x + b.width)) < 8) return "left";
    if (Math.abs(box.x + box.width - b.x) < 8) return "right";
  }
  return "centre";
}

function parcelLabel(f: LandFeature, ha: number, palette: Palette, small: boolean): Label {
  const { name, name_en } = f.properties;
  const status = nameStatus(f);
  const asks = status === "placeholder";
  const first = [{ text: pick(name, name_en), font: font(palette, 13, 600), colour: palette.ink }];
  const tag =
    status === "confirmed"
      ? []
      : [
          {
            text: t(`name.${status}`),
            font: font(palette, 12),
            colour: asks ? palette.ask : palette.ink2,
            box: asks ? "#dcc48f" : palette.line,
          },
        ];
  const area = { text: `${number(ha / 100, 2)} ${t("unit.ha")}`, font: font(palette, 12), colour: palette.ink };
  if (small) return { lines: [first], halo: 5, align: "left", lineHeight: 17 };
  return { lines: [first, [area, ...tag]], halo: 5, align: "left", lineHeight: 19 };
}

function spacedLabel(text: string, palette: Palette): Label {
  const spacing = /[\u4e00-\u9fff]/.test(text) ? 2.6 : 1;
  return {
    lines: [[{ text, font: font(palette, 12), colour: palette.zoneLabel, spacing }]],
    halo: 3,
    align: "centre",
    lineHeight: 18,
  };
}

const waterLabel = (text: string, palette: Palette): Label => ({
  lines: [
    [
      {
        text,
        font: font(palette, 12, 400, "italic"),
        colour: palette.waterLabel,
        spacing: /[\u4e00-\u9fff]/.test(text) ? 3.6 : 1,
      },
    ],
  ],
  halo: 3,
  align: "left",
  lineHeight: 18,
});

const plainLabel = (text: string, palette: Palette): Label => ({
  lines: [[{ text, font: font(palette, 12), colour: palette.label }]],
  halo: 3,
  align: "left",
  lineHeight: 18,
});

function onScreen(position: Position, { zoom, origin }: Frame): XY {
  const p = toWorld(position, zoom);
  return { x: p.x - origin.x, y: p.y - origin.y };
}

function screenBox(f: LandFeature, { zoom, origin }: Frame): Box {
  const points = projected(f, zoom).rings.flat();
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x: x - origin.x, y: y - origin.y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function inRing(ring: readonly XY[], x: number, y: number): boolean {
  let odd = false;
  ring.forEach((p, i) => {
    const q = ring[i === 0 ? ring.length - 1 : i - 1];
    if (q && q.y > y !== p.y > y && x < ((q.x - p.x) * (y - p.y)) / (q.y - p.y) + p.x) odd = !odd;
  });
  return odd;
}

const keepIn = (b: Box, room: Box): Box => ({
  ...b,
  x: Math.max(room.x + 4, Math.min(b.x, room.x + room.width - b.width - 4)),
  y: Math.max(room.y + 2, Math.min(b.y, room.y + room.height - b.height - 2)),
});

const meets = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** insidePlaces are places in the widest part of what is on screen of a polygon, and some above and below. */
function insidePlaces(f: LandFeature, { zoom, origin, view }: Frame, size: { width: number; height: number }): Box[] {
  const ring = projected(f, zoom).rings[0]?.map((p) => L.point(p.x - origin.x, p.y - origin.y));
  if (!ring) return [];
  const window = L.bounds([view.x, view.y], [view.x + view.width, view.y + view.height]);
  const part = L.PolyUtil.clipPolygon(ring, window);
  if (part.length < 3) return [];
  const [x = 0, y = 0] = polylabel([[...part, part[0] as L.Point].map((p) => [p.x, p.y])], 4);
  const holds = (px: number, py: number) => inRing(part, px, py);
  const inside = (part: number) => {
    const reach = size.width * part;
    return grid
      .map(({ dx, dy }) => ({ cx: x + dx, cy: y + dy }))
      .filter(({ cx, cy }) => holds(cx, cy) && holds(cx - reach, cy) && holds(cx + reach, cy))
      .map(({ cx, cy }) => ({ x: cx - size.width / 2, y: cy - size.height / 2, ...size }));
  };
  return [...inside(0.55), ...inside(0.25)]; // whole inside, or at least its middle: else it would name what it does not lie in
}

/** Steps away from the middle, the nearest first. */
const grid = [-120, -90, -60, -30, 0, 30, 60, 90, 120]
  .flatMap((dx) => [-120, -100, -80, -60, -40, -20, 0, 20, 40, 60, 80, 100, 120].map((dy) => ({ dx, dy })))
  .sort((a, b) => Math.hypot(a.dx, a.dy * 1.5) - Math.hypot(b.dx, b.dy * 1.5));

/** besideLine are places to the right and left of a line, from the middle of what is on screen outwards. */
function besideLine(f: LandFeature, frame: Frame, size: { width: number; height: number }): Box[] {
  const points = linesOf(f.geometry)
    .flatMap((line) =>
      every(
        line.map((p) => onScreen(p, frame)),
        24,
      ),
    )
    .filter((p) => meets({ x: p.x, y: p.y, width: 1, height: 1 }, frame.view));
  const middle = Math.floor(points.length / 2);
  return points
    .map((p, i) => ({ p, far: Math.abs(i - middle) }))
    .sort((a, b) => a.far - b.far)
    .flatMap(({ p }) => [
      { x: p.x + 8, y: p.y - size.height / 2, ...size },
      { x: p.x - 8 - size.width, y: p.y - size.height / 2, ...size },
    ]);
}

/** every sets points along a line, no further apart than a step. */
function every(line: readonly XY[], step: number): XY[] {
  return line.flatMap((p, i) => {
    const q = line[i + 1];
    if (!q) return [p];
    const parts = Math.min(200, Math.max(1, Math.ceil(Math.hypot(q.x - p.x, q.y - p.y) / step)));
    return Array.from({ length: parts }, (_, k) => ({
      x: p.x + ((q.x - p.x) * k) / parts,
      y: p.y + ((q.y - p.y) * k) / parts,
    }));
  });
}
