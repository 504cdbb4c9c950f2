import { type Clocks, Problem, Unreachable } from "../api/client";
import { fetchItem, fetchItems, fetchRound, fetchVersions } from "../api/features";
import type { LandFeature, Touched } from "../api/types";
import { app, type Detail, type Held, held, type Ref } from "./app";
import { find } from "./select";

let turn = 0;

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

/** loadAll reads the round and everything shown; what is already on the page stays until the new is there. It answers whether it is. */
export async function loadAll(): Promise<boolean> {
  const mine = ++turn;
  const { at, known } = app.state;
  let done = false;
  try {
    const [round, items] = await Promise.all([fetchRound(), fetchHeld({ at, known })]);
    if (mine !== turn) return false;
    app.set({ round, items });
    there();
    done = true;
  } catch (cause) {
    if (mine === turn) failed(cause);
  }
  if (mine === turn) await loadDetail();
  return done;
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
