import { type Clocks, Problem, Unreachable } from "../api/client";
import type { BBox } from "../api/types";
import { outlineOf } from "../geo/circle";
import { boxOf } from "../geo/shape";
import {
  type Address,
  formatAddress,
  type Layer,
  layers,
  type Opened,
  parseAddress,
  type Route,
  type View,
} from "./address";
import { app, type Note, type Ref, wish } from "./app";
import { away, fetchDay, loadDetail, reloadFigures, takeTurn, there } from "./load";
import { find } from "./select";

/** The day of the entry that Back or Forward chose, until the page shows it. */
let arriving: Clocks | null = null;

/** current is what the address bar ought to say. */
function current(): Address {
  const { route, view, picked } = app.state;
  const { at, known } = arriving ?? app.state;
  return { route, at, known, view, area: picked?.area ?? null };
}

/** readAddress takes the state that the address bar names, at the start and on Back; `now` are the clocks that stay until their data are there. */
export function readAddress(now?: Clocks): Address {
  const { area, ...address } = parseAddress(new URL(location.href));
  const kept = (history.state as { hidden?: unknown } | null)?.hidden;
  app.set({
    ...address,
    ...now,
    hidden: Array.isArray(kept) ? layers.filter((l) => kept.includes(l)) : [],
    picked: area && { area, outline: outlineOf(area), answer: null, problem: null },
  });
  return { area, ...address };
}

const entry = () => ({ hidden: app.state.hidden });
const push = () => history.pushState(entry(), "", formatAddress(current()));
const replace = () => history.replaceState(entry(), "", formatAddress(current()));

/** keepAddress writes the address anew from what is shown. */
export const keepAddress = replace;

/** open shows a feature in the panel, perhaps with a holding or contract of it, and with `fit` brings the map to it. */
export function open({ collection, id }: Ref, fit: boolean, opened?: Opened): void {
  const route: Route = { name: "feature", collection, id, ...(opened && { opened }) };
  const already = formatAddress({ ...current(), route, area: null }) === formatAddress(current());
  let loaded = Promise.resolve();
  if (!already) {
    app.set({ route, folded: false, picked: null });
    push();
    loaded = loadDetail();
  }
  if (!fit) return;
  const follow = () => fitTo({ collection, id });
  if (collection === "plots")
    void loaded.then(follow); // what is not held has its place when it is loaded
  else requestAnimationFrame(() => setTimeout(follow)); // the panel answers first, the map follows
}

export function fitTo(ref: Ref): void {
  const { detail } = app.state;
  const feature = find(app.state, ref) ?? (detail?.id === ref.id ? detail.feature : null);
  const box = feature && boxOf([feature.geometry]);
  if (box) wish({ kind: "fit", box });
}

export function goTo(box: BBox): void {
  wish({ kind: "fit", box });
}

export const openOverview = (): void => openView({ name: "overview" });

/** openView shows what is no feature: the overview, the signing list, the table. */
export function openView(route: Exclude<Route, { name: "feature" }>): void {
  if (formatAddress({ ...current(), route, area: null }) === formatAddress(current())) return;
  app.set({ route, detail: null, picked: null });
  push();
}

/** moved notes where the map is; it changes the entry of the history, it makes none. */
export function moved(view: View): void {
  app.set({ view });
  replace();
}

export function setHidden(hidden: readonly Layer[]): void {
  app.set({ hidden });
  replace();
}

export const toggleLayer = (layer: Layer): void => {
  const { hidden } = app.state;
  setHidden(hidden.includes(layer) ? hidden.filter((l) => l !== layer) : [...hidden, layer]);
};

/**
 * setClocks moves the whole page to a day and a state of knowledge. The data come first: while the server is away the
 * page stays at the day that it shows, for a date above other days' figures would be untrue.
 */
export async function setClocks(at: string | null, known: string | null): Promise<boolean> {
  const day = at === app.state.round?.default_at ? null : at;
  const mine = takeTurn({ at: day, known });
  arriving = null;
  if (day === app.state.at && known === app.state.known) {
    mine.end(); // a move to another day that was under way is called off
    return true;
  }
  const { revision } = app.state;
  try {
    const next = await fetchDay({ at: day, known }, app.state.round, true);
    if (!mine.latest()) return false;
    app.set({ at: day, known, ...next, note: null });
    there();
  } catch (cause) {
    if (mine.latest()) refuse(cause);
    return false;
  } finally {
    mine.end();
  }
  push();
  if (app.state.revision !== revision) void reloadFigures(); // something changed on the way
  await loadDetail();
  return true;
}

/** refuse tells why the page stays at the day that it shows. */
function refuse(cause: unknown): void {
  app.set({ note: noteOf(cause) });
}

function noteOf(cause: unknown): Note {
  if (cause instanceof Problem) return { kind: "refused", detail: cause.message };
  if (!(cause instanceof Unreachable)) throw cause;
  away();
  return { kind: "dateFailed" };
}

/** followHistory takes the page to the entry that Back or Forward chose; its day is shown with its data, not before. */
export async function followHistory(): Promise<void> {
  const { at, known, round } = app.state;
  const address = readAddress({ at, known });
  const to = { at: address.at, known: address.known };
  const other = to.at !== at || to.known !== known;
  arriving = other ? to : null;
  const mine = takeTurn(arriving); // a move to another day that was under way is called off
  if (address.view) wish({ kind: "view", view: address.view });
  else if (address.route.name === "feature") fitTo(address.route);
  else wish({ kind: "home" });
  if (other) {
    try {
      const next = await fetchDay(to, round, true);
      if (!mine.latest()) return;
      arriving = null;
      app.set({ ...to, ...next });
    } catch (cause) {
      if (!mine.latest()) return;
      arriving = null;
      app.set({ note: noteOf(cause) });
      replace();
    } finally {
      mine.end();
    }
  }
  await loadDetail();
}
