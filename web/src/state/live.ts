import { listen } from "../api/events";
import type { Touched } from "../api/types";
import { dayOf } from "../ui/format";
import { app, wish } from "./app";
import { away, failed, loadAll, loadDetail, reloadFigures, reloadHeld, there } from "./load";
import { same, selected } from "./select";

const grace = 1_500; // a stream that comes back at once was never worth a word

/** follow keeps the page as the server has it, and says calmly when it cannot. */
export function follow(): void {
  let lost: ReturnType<typeof setTimeout> | undefined;
  let started = false;

  const gone = () => {
    lost ??= setTimeout(away, grace);
  };
  const found = () => {
    clearTimeout(lost);
    lost = undefined;
    const missed = started && app.state.awaySince !== null;
    const neverLoaded = app.state.items.parcels === null;
    started = true;
    if (missed || neverLoaded) void catchUp();
    else there();
  };

  listen({
    ready: ({ default_at }) => {
      const { round } = app.state;
      if (round && round.default_at !== default_at) app.set({ round: { ...round, default_at } }); // midnight passed
      found();
    },
    back: found,
    reload: () => void catchUp(),
    change: (changes) => void apply(changes),
    away: gone,
    lost: gone,
  });

  // What is shown was last known to be true when the stream was last heard.
  let today = dayOf(new Date().toISOString());
  setInterval(() => {
    const now = dayOf(new Date().toISOString());
    if (now !== today && app.state.awaySince === null) {
      today = now;
      void loadAll(); // past midnight in Shanghai, "today" is another day
    }
    if (!started || lost !== undefined) return;
    if (app.state.awaySince === null) there();
    else void catchUp(); // one answer failed to come, but the stream is there: ask again
  }, 5_000);
}

/** catchUp reads everything shown again after an absence; most of it is answered with "not modified". */
async function catchUp(): Promise<void> {
  const wasAway = app.state.awaySince !== null;
  if (!(await loadAll())) return;
  app.set({ awaySince: null, ...(wasAway && { note: { kind: "back", at: new Date() } }) });
  wish({ kind: "revalidate" });
}

async function apply(changes: readonly Touched[]): Promise<void> {
  const onMap = changes.filter((c) => c.bbox); // a change of the ledger alone has no place
  app.set({ revision: app.state.revision + 1 });
  try {
    await Promise.all([reloadHeld(onMap), reloadFigures(), wish({ kind: "refresh", changes: onMap })]);
  } catch (cause) {
    return failed(cause);
  }
  if (onMap.some((c) => same(c, selected(app.state)))) await loadDetail();
  if (onMap.length > 0)
    app.set({
      note: { kind: "changed", at: new Date(), what: onMap.map(({ collection, id }) => ({ collection, id })) },
    });
}
