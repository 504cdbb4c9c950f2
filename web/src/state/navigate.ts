import { type Clocks, Problem, Unreachable } from "../api/client";
import type { BBox } from "../api/types";
import { boxOf } from "../geo/shape";
import { type Address, formatAddress, type Layer, layers, parseAddress, type Route, type View } from "./address";
import { app, type Note, type Ref, wish } from "./app";
import { away, fetchDay, loadDetail, reloadFigures, takeTurn, there } from "./load";
import { find } from "./select";

/** The day of the entry that Back or Forward chose, until the page shows it. */
let arriving: Clocks | null = null;

/** current is what the address bar ought to say. */
function current(): Address {
  const { route, view } = app.state;
  const { at, known } = arriving ?? app.state;
  return { route, at, known, view };
}

/** readAddress takes the state that the address bar names, at the start and on Back; `now` are the clocks that stay until their data are there. */
export function readAddress(now?: Clocks): Address {
  const address = parseAddress(new URL(location.href));
  const kept = (history.state as { hidden?: unknown } | null)?.hidden;
  app.set({ ...address, ...now, hidden: Array.isArray(kept) ? layers.filter((l) => kept.includes(l)) : [] });
  return address;
}

const entry = () => ({ hidden: app.state.hidden });
const push = () => history.pushState(entry(), "", formatAddress(current()));
const replace = () => history.replaceState(entry(), "", formatAddress(current()));

/** keepAddress writes the address anew from what is shown. */
export const keepAddress = replace;

/** open shows a feature in the panel, and with `fit` brings the map to it. */
export function open(ref: Ref, fit: boolean): void {
  const { route } = app.state;
  const already = route.name === "feature" && route.id === ref.id && route.collection === ref.collection;
  if (!already) {
    app.set({ route: { name: "feature", ...ref }, folded: false, picked: null });
    push();
    void loadDetail();
  }
  if (fit) requestAnimationFrame(() => setTimeout(() => fitTo(ref))); // the panel answers first, the map follows
}

export function fitTo(ref: Ref): void {
  const feature = find(app.state, ref) ?? app.state.detail?.feature;
  const box = feature && boxOf([feature.geometry]);
  if (box) wish({ kind: "fit", box });
}

export function goTo(box: BBox): void {
  wish({ kind: "fit", box });
}

export const openOverview = (): void => openView({ name: "overview" });

/** openView shows what is no feature: the overview, the signing list, the table. */
export function openView(route: Exclude<Route, { name: "feature" }>): void {
  const same = formatAddress({ ...current(), route }) === formatAddress(current());
  if (same && !app.state.picked) return;
  app.set({ route, detail: null, picked: null });
  if (!same) push();
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
  app.set({ picked: null });
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
