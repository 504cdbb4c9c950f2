import type { Position } from "../api/types";
import { app, type Measuring } from "./app";
import { pickArea } from "./picked";

/** least is how many points each kind of drawing needs. */
const least = { distance: 2, area: 3, polygon: 3, circle: 2 } as const;

export const selecting = (m: Measuring | null): boolean => m?.kind === "polygon" || m?.kind === "circle";

/** begin starts a measurement, or leaves it when it is the one going on. */
export function begin(kind: Measuring["kind"]): void {
  const going = app.state.measuring;
  const stops = going?.kind === kind;
  app.set({
    measuring: stops ? null : { kind, points: [], done: false },
    hover: null,
    ...(app.state.phone && !stops && { sheet: "low" }), // the map needs the room to be drawn on
  });
}

export const stop = (): void => app.set({ measuring: null });

/** addPoint adds a point; after the end of a measurement it begins the next. */
export function addPoint(point: Position): void {
  const { measuring } = app.state;
  if (!measuring) return;
  const points = measuring.done ? [] : measuring.points;
  const last = points[points.length - 1];
  if (last && last[0] === point[0] && last[1] === point[1]) return; // the second half of a double click
  app.set({ measuring: { ...measuring, points: [...points, point], done: false } });
  if (measuring.kind === "circle" && points.length === 1) finish(); // its centre and its edge are all of a circle
}

export function dropPoint(): void {
  const { measuring } = app.state;
  if (measuring && !measuring.done) app.set({ measuring: { ...measuring, points: measuring.points.slice(0, -1) } });
}

export function finish(): void {
  const { measuring } = app.state;
  if (!measuring || measuring.points.length < least[measuring.kind]) return;
  if (measuring.kind === "polygon" || measuring.kind === "circle") {
    app.set({ measuring: null });
    pickArea(measuring.kind, measuring.points);
  } else app.set({ measuring: { ...measuring, done: true } });
}

export function restart(): void {
  const { measuring } = app.state;
  if (measuring) app.set({ measuring: { ...measuring, points: [], done: false } });
}
