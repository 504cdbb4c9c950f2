import { Problem, Unreachable } from "../api/client";
import type { BBox } from "../api/types";
import { boxOf } from "../geo/shape";
import { type Address, formatAddress, type Layer, layers, parseAddress, type View } from "./address";
import { app, type Ref, wish } from "./app";
import { away, fetchHeld, loadDetail, there } from "./load";
import { find } from "./select";

/** current is what the address bar ought to say. */
function current(): Address {
  const { route, at, known, view } = app.state;
  return { route, at, known, view };
}

/** readAddress takes the state that the address bar names, at the start and on Back. */
export function readAddress(): Address {
  const address = parseAddress(new URL(location.href));
  const kept = (history.state as { hidden?: unknown } | null)?.hidden;
  app.set({ ...address, hidden: Array.isArray(kept) ? layers.filter((l) => kept.includes(l)) : [] });
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
    app.set({ route: { name: "feature", ...ref }, folded: false });
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

export function openOverview(): void {
  if (app.state.route.name === "overview") return;
  app.set({ route: { name: "overview" }, detail: null });
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
  if (day === app.state.at && known === app.state.known) return true;
  try {
    const items = await fetchHeld({ at: day, known });
    app.set({ at: day, known, items, note: null });
    there();
  } catch (cause) {
    if (cause instanceof Unreachable) {
      away();
      app.set({ note: { kind: "dateFailed" } });
    } else if (cause instanceof Problem) app.set({ note: { kind: "refused", detail: cause.message } });
    else throw cause;
    return false;
  }
  push();
  await loadDetail();
  return true;
}

/** followHistory takes the page to the entry that Back or Forward chose. */
export async function followHistory(): Promise<void> {
  const before = app.state;
  const address = readAddress();
  if (address.view) wish({ kind: "view", view: address.view });
  else if (address.route.name === "feature") fitTo(address.route);
  else wish({ kind: "home" });
  if (address.at !== before.at || address.known !== before.known) {
    try {
      app.set({ items: await fetchHeld({ at: address.at, known: address.known }) });
    } catch (cause) {
      if (cause instanceof Unreachable) away();
      else if (!(cause instanceof Problem)) throw cause;
      const note =
        cause instanceof Problem
          ? ({ kind: "refused", detail: cause.message } as const)
          : ({ kind: "dateFailed" } as const);
      app.set({ at: before.at, known: before.known, note });
      replace();
    }
  }
  await loadDetail();
}
