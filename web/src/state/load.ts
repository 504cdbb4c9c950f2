import { type Clocks, Problem, Unreachable } from "../api/client";
import { fetchItem, fetchItems, fetchRound, fetchVersions } from "../api/features";
import { fetchBlocks, fetchProgress, fetchSeries } from "../api/figures";
import type { LandFeature, Round, Touched } from "../api/types";
import { app, type Detail, type Held, held, type Ref, type Shown, type State } from "./app";
import { printedOf } from "./figures";
import { find } from "./select";

let turn = 0;
let moving: Clocks | null = null;

/** A Turn is one read of the whole page; when another begins, the answers of the older are no longer shown. */
export interface Turn {
  latest(): boolean;
  end(): void;
}

/** takeTurn begins a read of the whole page; `to` names the day that it moves to. */
export function takeTurn(to: Clocks | null): Turn {
  const mine = ++turn;
  moving = to;
  return {
    latest: () => mine === turn,
    end: () => {
      if (mine === turn) moving = null;
    },
  };
}

/** bound is the day that the page is on its way to, or shows. */
export const bound = (): Clocks => moving ?? { at: app.state.at, known: app.state.known };

/** away notes that the server cannot be reached, once. */
export function away(): void {
  if (!app.state.awaySince) app.set({ awaySince: new Date() });
}

/** there notes that the server answered. */
export function there(): void {
  app.set({ asOf: new Date() });
}

/** fetchHeld reads the collections that are held whole, as of two clocks. */
export async function fetchHeld(clocks: Clocks): Promise<Record<Held, readonly LandFeature[]>> {
  const lists = await Promise.all(held.map((c) => fetchItems(c, clocks)));
  return Object.fromEntries(held.map((c, i) => [c, lists[i]?.features ?? []])) as unknown as Record<
    Held,
    LandFeature[]
  >;
}

type Day = Pick<State, "items" | "figures">;

/** fetchDay reads outlines and figures of a day. Before the round, and before anything was known, there are no figures to ask for. */
export async function fetchDay(clocks: Clocks, round: Round | null, whole: boolean): Promise<Day> {
  const items = fetchHeld(clocks);
  const before = round !== null && clocks.at !== null && clocks.at < round.starts_on;
  const figures = async () => {
    if (before || (clocks.known && (await items).parcels.length === 0)) return null;
    return fetchFigures(clocks, whole);
  };
  const [land, shown] = await Promise.all([items, figures()]);
  return { items: land, figures: shown };
}

async function fetchFigures(clocks: Clocks, whole: boolean): Promise<Shown | null> {
  try {
    const [progress, more] = await Promise.all([fetchProgress(clocks), whole ? fetchMore(clocks) : null]);
    return { progress, printed: printedOf(progress), series: null, blocks: null, ...more };
  } catch (cause) {
    if (cause instanceof Problem && /^(day|known)\.before_/.test(cause.body.code)) return null;
    throw cause;
  }
}

async function fetchMore(clocks: Clocks): Promise<Pick<Shown, "series" | "blocks">> {
  const [series, blocks] = await Promise.all([fetchSeries(clocks), fetchBlocks(clocks)]);
  return { series, blocks };
}

/** loadAll reads the round and everything shown; what is already on the page stays until the new is there. It answers whether it is. */
export async function loadAll(): Promise<boolean> {
  if (moving) return false; // somebody moves the page to another day, which reads everything as well
  const mine = takeTurn(null);
  const { at, known, figures } = app.state;
  let done = false;
  try {
    const round = fetchRound();
    const day =
      at === null
        ? fetchDay({ at, known }, null, figures !== null)
        : round.then((r) => fetchDay({ at, known }, r, figures !== null));
    const [r, d] = await Promise.all([round, day]);
    if (!mine.latest()) return false;
    app.set({ round: r, ...d });
    there();
    done = true;
  } catch (cause) {
    if (mine.latest()) await unknowable(cause);
  }
  if (mine.latest()) await Promise.all([loadDetail(), done && loadMore()]);
  return done;
}

/** loadMore reads the curve and the blocks after the first view, for the figures that are shown. */
async function loadMore(): Promise<void> {
  const { figures, at, known } = app.state;
  if (!figures || figures.series) return;
  try {
    const more = await fetchMore({ at, known });
    if (app.state.figures === figures) app.set({ figures: { ...figures, ...more } });
  } catch (cause) {
    failed(cause);
  }
}

/** unknowable shows a link to what nobody can know yet as a day without outlines, with the way back; other causes are told. */
async function unknowable(cause: unknown): Promise<void> {
  if (app.state.items.parcels !== null || !(cause instanceof Problem) || cause.body.code !== "known.in_future")
    return failed(cause);
  const round = await fetchRound().catch(() => null);
  app.set({ round, items: { zones: [], parcels: [], context: [] }, figures: null });
}

let again = 0;

/** reloadFigures reads the figures of the day shown, whole; several changes at once are read once more, not each. */
export async function reloadFigures(): Promise<void> {
  const mine = ++again;
  const { at, known, figures, items } = app.state;
  if (figures === null && items.parcels?.length === 0) return; // before the round, or before anything was known
  const of = turn;
  try {
    const shown = await fetchFigures({ at, known }, true);
    if (mine !== again || of !== turn || moving || app.state.at !== at || app.state.known !== known) return;
    app.set({ figures: shown });
    there();
  } catch (cause) {
    if (mine === again) failed(cause);
  }
}

/** loadDetail reads what the panel shows of the feature that the address names. */
export async function loadDetail(): Promise<void> {
  const { route, at, known } = app.state;
  if (route.name !== "feature") {
    app.set({ detail: null });
    return;
  }
  const ref: Ref = { collection: route.collection, id: route.id };
  const stillWanted = () => app.state.route === route && app.state.at === at && app.state.known === known;
  const before =
    app.state.detail?.id === ref.id && app.state.detail.collection === ref.collection ? app.state.detail : null;
  const heldFeature = find(app.state, ref);
  let detail: Detail = {
    ...ref,
    feature: heldFeature ?? before?.feature ?? null,
    versions: before?.versions ?? null,
    problem: null,
  };
  app.set({ detail });
  const put = (patch: Partial<Detail>) => {
    detail = { ...detail, ...patch };
    if (stillWanted()) app.set({ detail });
  };
  try {
    if (!heldFeature) put({ feature: await fetchItem(ref.collection, ref.id, { at, known }) });
    put({ versions: (await fetchVersions(ref.collection, ref.id, known)).items });
    there();
  } catch (cause) {
    if (cause instanceof Problem) put({ feature: null, problem: cause.body });
    else if (cause instanceof Unreachable) {
      away();
      put({ problem: detail.feature ? null : "away" });
    } else throw cause;
  }
}

/** reloadHeld reads again the held collections that changes touch. */
export async function reloadHeld(changes: readonly Touched[]): Promise<void> {
  const { at, known } = app.state;
  const touched = held.filter((c) => changes.some((t) => t.collection === c));
  const lists = await Promise.all(touched.map((c) => fetchItems(c, { at, known })));
  if (app.state.at !== at || app.state.known !== known) return;
  const items = { ...app.state.items };
  touched.forEach((c, i) => {
    items[c] = lists[i]?.features ?? [];
  });
  app.set({ items });
  there();
}

/** failed sorts out why a read failed: silence is a state of the page, a refusal is told. */
export function failed(cause: unknown): void {
  if (cause instanceof Unreachable) away();
  else if (cause instanceof Problem) app.set({ note: { kind: "refused", detail: cause.message } });
  else throw cause;
}
