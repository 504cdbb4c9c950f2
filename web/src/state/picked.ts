import { Problem, Unreachable } from "../api/client";
import { type Area, askSelection } from "../api/figures";
import type { Position } from "../api/types";
import { circleAround, distance } from "../geo/circle";
import { sentenceGap } from "../i18n";
import { app } from "./app";
import { away } from "./load";

let asked: { area: Area; outline: readonly Position[] } | null = null;
let turn = 0;

/** pickArea sums what lies inside what was drawn. */
export async function pickArea(kind: "polygon" | "circle", points: readonly Position[]): Promise<void> {
  const [centre, edge] = points;
  if (!centre || !edge) return;
  if (kind === "circle") {
    const radius_m = Math.round(distance(centre, edge) * 100) / 100;
    asked = { area: { circle: { centre, radius_m } }, outline: circleAround(centre, radius_m) };
  } else asked = { area: { polygon: { type: "Polygon", coordinates: [[...points, centre]] } }, outline: points };
  app.set({
    picked: { outline: asked.outline, answer: null, problem: null },
    folded: false,
    sheet: app.state.sheet === "low" ? "mid" : app.state.sheet,
  });
  await sum();
}

export function dropPicked(): void {
  turn++;
  app.set({ picked: null });
}

/** wordsOf is what the server refused, and how to mend it. */
const wordsOf = ({ message, body }: Problem): string =>
  [...new Set([message, ...(body.errors ?? []).map((e) => e.mend)])].filter(Boolean).join(sentenceGap());

/** sum asks anew, as the day or what is known moves; an answer of before is not shown over a later one. */
async function sum(): Promise<void> {
  if (!asked) return;
  const mine = ++turn;
  const { at, known } = app.state;
  const { area, outline } = asked;
  const put = (answer: NonNullable<typeof app.state.picked>["answer"], problem: string | null) => {
    if (mine === turn && app.state.picked) app.set({ picked: { outline, answer, problem } });
  };
  try {
    put(await askSelection(area, { at, known }), null);
  } catch (cause) {
    if (cause instanceof Problem) put(null, wordsOf(cause));
    else if (cause instanceof Unreachable) away();
    else throw cause;
  }
}

app.watch(
  (s) => [s.at, s.known, s.revision, s.language],
  () => {
    if (app.state.picked) void sum();
  },
);
