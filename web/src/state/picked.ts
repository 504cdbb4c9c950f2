import { Problem, Unreachable } from "../api/client";
import { askSelection } from "../api/figures";
import type { Position } from "../api/types";
import { distance, outlineOf } from "../geo/circle";
import { sentenceGap } from "../i18n";
import type { Area } from "./address";
import { app, type Picked } from "./app";
import { away } from "./load";
import { keepAddress } from "./navigate";

let turn = 0;

/** sixth keeps a place as the address has it, so that a link sums exactly what was drawn. */
const sixth = ([lon, lat]: Position): Position => [Number(lon.toFixed(6)), Number(lat.toFixed(6))];

/** pickArea sums what lies inside what was drawn. */
export function pickArea(kind: Area["kind"], points: readonly Position[]): void {
  const corners = points.map(sixth);
  const [centre, edge] = corners;
  if (!centre || !edge) return;
  const radius_m = Math.round(distance(centre, edge) * 100) / 100;
  const area: Area = kind === "circle" ? { kind, centre, radius_m } : { kind, corners };
  app.set({
    picked: { area, outline: outlineOf(area), answer: null, problem: null },
    folded: false,
    sheet: app.state.sheet === "low" ? "mid" : app.state.sheet,
  });
  keepAddress();
}

export function dropPicked(): void {
  app.set({ picked: null });
  keepAddress();
}

/** wordsOf is what the server refused, and how to mend it. */
const wordsOf = ({ message, body }: Problem): string =>
  [...new Set([message, ...(body.errors ?? []).map((e) => e.mend)])].filter(Boolean).join(sentenceGap());

/** asked is an area as the server takes it. */
const asked = (area: Area) =>
  area.kind === "circle"
    ? { circle: { centre: area.centre, radius_m: area.radius_m } }
    : { polygon: { type: "Polygon" as const, coordinates: [[...area.corners, area.corners[0] as Position]] } };

/** sum asks anew, as the area, the day or what is known moves; an answer of before is not shown over a later one. */
async function sum(): Promise<void> {
  const mine = ++turn;
  const { at, known, picked } = app.state;
  if (!picked) return;
  const { area, outline } = picked;
  const put = (answer: Picked["answer"], problem: string | null) => {
    if (mine === turn && app.state.picked) app.set({ picked: { area, outline, answer, problem } });
  };
  try {
    put(await askSelection(asked(area), { at, known }), null);
  } catch (cause) {
    if (cause instanceof Problem) put(null, wordsOf(cause));
    else if (cause instanceof Unreachable) away();
    else throw cause;
  }
}
app.watch(
  (s) => [s.picked?.area, s.at, s.known, s.revision, s.language],
  () => void sum(),
);
