import type L from "leaflet";
import { Unreachable } from "../api/client";
import { fetchAt } from "../api/features";
import type { Position } from "../api/types";
import { app, type Ref } from "../state/app";
import { away } from "../state/load";
import { addPoint, dropPoint, finish, stop } from "../state/measure";
import { open, openOverview } from "../state/navigate";
import { hit, same } from "../state/select";
import { plotZoom } from "./style";

/** interact answers pointer and keys on the map; `active` says whether the keyboard is placing points. */
export function interact(map: L.Map): { active(): boolean } {
  const element = map.getContainer();
  let byKeys = false;

  const position = (e: L.LeafletMouseEvent): Position => [e.latlng.lng, e.latlng.lat];

  map.on("mousemove", (e: L.LeafletMouseEvent) => {
    byKeys = false;
    const at = position(e);
    const hover = app.state.measuring ? null : hit(app.state, at);
    app.set({ pointer: at, ...(same(hover, app.state.hover) ? {} : { hover }) });
    element.classList.toggle("over", hover !== null);
  });
  map.on("mouseout", () => app.set({ pointer: null, hover: null }));

  map.on("click", (e: L.LeafletMouseEvent) => {
    const at = position(e);
    const { measuring } = app.state;
    if (measuring) addPoint(at);
    else void choose(at, map.getZoom());
  });
  map.on("dblclick", () => {
    if (app.state.measuring) finish();
  });

  // Leaflet focuses the map by script on each press, which browsers take for the keyboard: no ring for a hand on the mouse.
  document.addEventListener("pointerdown", () => element.classList.add("pointed"), true);
  document.addEventListener("keydown", () => element.classList.remove("pointed"), true);

  element.addEventListener("keydown", (e) => {
    const { measuring } = app.state;
    if (!measuring) return;
    if (e.key === "Escape") stop();
    else if (e.key === "Enter") finish();
    else if (e.key === "Backspace") dropPoint();
    else if (e.key === " ") {
      const { lng, lat } = map.getCenter();
      addPoint([lng, lat]);
    } else {
      byKeys ||= e.key.startsWith("Arrow");
      return;
    }
    byKeys ||= e.key === " ";
    e.preventDefault();
  });
  return { active: () => byKeys };
}

/** choose opens what lies under a click: a plot where plots are drawn, else a parcel, else a zone, else nothing. */
async function choose(at: Position, zoom: number): Promise<void> {
  const here = hit(app.state, at);
  const ref = zoom >= plotZoom ? ((await plotAt(at)) ?? here) : here;
  if (ref) open(ref, false);
  else openOverview();
}

async function plotAt(at: Position): Promise<Ref | null> {
  const { known, at: day, awaySince } = app.state;
  if (awaySince) return null;
  try {
    const plot = (await fetchAt("plots", at, { at: day, known })).features[0];
    return plot ? { collection: "plots", id: plot.id } : null;
  } catch (cause) {
    if (!(cause instanceof Unreachable)) throw cause;
    away();
    return null;
  }
}
