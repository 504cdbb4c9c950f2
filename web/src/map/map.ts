import L from "leaflet";
import type { BBox } from "../api/types";
import { boxOf } from "../geo/shape";
import { t } from "../i18n";
import type { View } from "../state/address";
import { app, onWish, type Wish } from "../state/app";
import { moved } from "../state/navigate";
import { find } from "../state/select";
import { Canvas } from "./canvas";
import { interact } from "./interact";
import { drawGridLabels } from "./layers/grid";
import { drawGround } from "./layers/ground";
import { drawLabels } from "./layers/labels";
import { drawMeasuring } from "./layers/measuring";
import { drawOutlines } from "./layers/outlines";
import { Tiles } from "./layers/tiles";
import { numberZoom, readPalette } from "./style";

const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** createMap makes the map in its element and keeps it with the state of the page. */
export function createMap(element: HTMLElement): void {
  const palette = readPalette();
  const map = L.map(element, {
    zoomControl: false,
    attributionControl: false,
    fadeAnimation: false, // a tile that fades in is a tile that flickers
    zoomAnimation: !calm,
    inertia: !calm,
    minZoom: 8,
    maxZoom: 20,
    zoomSnap: 1,
    doubleClickZoom: false, // a double click ends a measurement; the wheel, the keys and the buttons zoom
  });
  map.createPane("ground").classList.add("pane-ground");
  const keys = interact(map);
  const ground = new Canvas("ground", (frame) => drawGround(frame, app.state, palette));
  const top = new Canvas("overlayPane", (frame) => {
    drawOutlines(frame, app.state, palette);
    drawMeasuring(frame, app.state, palette, keys.active());
    drawGridLabels(frame, palette);
    drawLabels(frame, app.state, palette, () => tiles.marks());
  });
  const tiles: Tiles = new Tiles(palette, { at: app.state.at, known: app.state.known }, () => {
    if (map.getZoom() >= numberZoom) top.redraw(); // the numbers of the plots come with their tiles
  });

  const name = () => {
    element.setAttribute("role", "application");
    element.setAttribute("aria-label", t("map.label"));
  };
  name();

  const setView = ({ lat, lon, zoom }: View) => exactly(map, () => map.setView([lat, lon], zoom, { animate: false }));
  const fit = (box: BBox, most: number, whole = false) =>
    exactly(map, () =>
      map.fitBounds(
        [
          [box[1], box[0]],
          [box[3], box[2]],
        ],
        { ...margins(map, whole), maxZoom: most, animate: false },
      ),
    );
  const home = () => {
    const box = homeBox();
    if (box) fit(box, 16, true);
    return box !== null;
  };
  const first = () => {
    const { view, route, detail } = app.state;
    if (view) {
      setView(view);
      return true;
    }
    if (route.name === "feature") {
      const feature = find(app.state, route) ?? detail?.feature;
      const box = feature && boxOf([feature.geometry]);
      if (box) {
        fit(box, 17);
        return true;
      }
      if (!detail?.problem) return false; // it may still come
    }
    if (route.name === "signing" && route.parcel) {
      const parcel = find(app.state, { collection: "parcels", id: route.parcel });
      const box = parcel && boxOf([parcel.geometry]);
      if (box) {
        fit(box, 17);
        return true;
      }
    }
    return home();
  };

  tiles.layer.once("load", () => performance.mark("map-drawn")); // read by the test that holds the first view to its time
  let ready = false;
  const start = () => {
    if (ready || !first()) return;
    ready = true;
    app.set({ view: viewOf(map) }); // the address stays as it was given until somebody moves the map
    ground.addTo(map);
    tiles.addTo(map);
    top.addTo(map);
    map.on("dragend zoomend moveend", () => moved(viewOf(map)));
  };
  start();

  const redraw = () => {
    ground.redraw();
    top.redraw();
  };
  app.watch((s) => [s.items, s.round, s.detail], start);
  app.watch((s) => [s.items, s.hidden], redraw);
  app.watch(
    (s) => [s.hidden],
    () => tiles.repaint(),
  );
  app.watch(
    (s) => [s.language],
    () => {
      name();
      redraw();
    },
  );
  app.watch(
    (s) => [
      s.route,
      s.detail?.feature,
      s.hover,
      s.measuring,
      s.measuring && s.pointer,
      s.figures,
      s.keystones,
      s.lit,
      s.marks,
      s.picked?.outline,
      s.round,
    ],
    () => top.redraw(),
  );
  app.watch(
    (s) => [s.at, s.known],
    () => tiles.setClocks({ at: app.state.at, known: app.state.known }),
  );
  new ResizeObserver(() => {
    if (!ready) return start();
    map.invalidateSize({ animate: false, pan: true });
    redraw();
  }).observe(element);

  onWish((wish: Wish) => {
    if (wish.kind === "view") setView(wish.view);
    else if (wish.kind === "fit") fit(wish.box, 17);
    else if (wish.kind === "home") home();
    else if (wish.kind === "zoom") map.setZoom(map.getZoom() + wish.by);
    else if (wish.kind === "refresh") void tiles.refresh(wish.changes.map((c) => c.bbox));
    else void tiles.revalidate();
  });
}

/** exactly lets a fitted or given view keep its fractional zoom; steps by hand land on whole zooms again. */
function exactly(map: L.Map, move: () => void): void {
  map.options.zoomSnap = 0.01;
  move();
  map.options.zoomSnap = 1;
}

const viewOf = (map: L.Map): View => {
  const { lat, lng } = map.getCenter();
  return { zoom: map.getZoom(), lat, lon: lng };
};

/** margins keep a fitted box clear of tools and, save for the whole district, of the legend; a small map has no room to give. */
function margins(map: L.Map, whole: boolean): L.FitBoundsOptions {
  const { x, y } = map.getSize();
  if (y < 360 || x < 600) return { paddingTopLeft: [40, 34], paddingBottomRight: [40, 34] };
  return { paddingTopLeft: [whole ? 60 : 276, 20], paddingBottomRight: [whole ? 60 : 40, 20] };
}

/** homeBox is the district, or what there is of parcels, or what the round says. */
function homeBox(): BBox | null {
  const { items, round, phone } = app.state;
  const parcels = boxOf((items.parcels ?? []).map((f) => f.geometry));
  const district = boxOf((items.context ?? []).filter((f) => f.properties.kind === "district").map((f) => f.geometry));
  return (phone ? parcels : district) ?? district ?? parcels ?? round?.extent ?? null;
}
