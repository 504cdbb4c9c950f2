import type { Collection, LandFeature, NameStatus, Position } from "../api/types";
import { contains } from "../geo/shape";
import type { Layer } from "./address";
import type { Ref, Sorting, State } from "./app";
import { centihectare, centimu, levelled, sumExact } from "./level";

type Land = Pick<State, "items" | "hidden">;

export const nameStatus = (f: LandFeature): NameStatus => f.properties.name_status ?? "confirmed";
const area = (f: LandFeature): number => f.properties.area_m2 ?? 0;

/** visibleParcels passes the legend's filter. */
export const visibleParcels = ({ items, hidden }: Land): readonly LandFeature[] =>
  (items.parcels ?? []).filter((f) => !hidden.includes(nameStatus(f)));

export const visibleZones = ({ items, hidden }: Land): readonly LandFeature[] =>
  hidden.includes("zones") ? [] : (items.zones ?? []);

export function find({ items }: Pick<State, "items">, ref: Ref | null): LandFeature | null {
  if (!ref || ref.collection === "plots") return null;
  return items[ref.collection]?.find((f) => f.id === ref.id) ?? null;
}

/** hit finds the held feature under a point: a parcel before the zone that it lies in. */
export function hit(land: Land, point: Position): Ref | null {
  for (const [collection, features] of [
    ["parcels", visibleParcels(land)],
    ["zones", visibleZones(land)],
  ] as const) {
    const found = features.find((f) => contains(f.geometry, point));
    if (found) return { collection: collection as Collection, id: found.id };
  }
  return null;
}

export const same = (a: Ref | null, b: Ref | null): boolean => a?.id === b?.id && a?.collection === b?.collection;

export const selected = ({ route }: Pick<State, "route">): Ref | null => (route.name === "feature" ? route : null);

export interface Row {
  feature: LandFeature;
  /** Hundredths of a hectare and of a 亩, levelled to the totals. */
  ha: number;
  mu: number;
}

export interface Table {
  rows: Row[];
  ha: number;
  mu: number;
}

/** tableOf levels the printed areas and sorts the rows. */
export function tableOf(features: readonly LandFeature[], { by, falling }: Sorting): Table {
  const parts = features.map((f) => ({ code: f.id, m2: area(f) }));
  const ha = levelled(parts, centihectare);
  const mu = levelled(parts, centimu);
  const rows = features.map((feature) => ({
    feature,
    ha: ha.parts.get(feature.id) ?? 0,
    mu: mu.parts.get(feature.id) ?? 0,
  }));
  const order = (a: Row, b: Row) =>
    (by === "ha" ? area(a.feature) - area(b.feature) : 0) || (a.feature.id < b.feature.id ? -1 : 1);
  rows.sort((a, b) => (falling ? order(b, a) : order(a, b)));
  return { rows, ha: ha.total, mu: mu.total };
}

export interface ZoneRow extends Row {
  official: number | null;
}

/** zoneTable adds the published areas beside the measured ones, levelled over those zones that have one. */
export function zoneTable(features: readonly LandFeature[]): { rows: ZoneRow[]; ha: number; official: number | null } {
  const table = tableOf(features, { by: "code", falling: false });
  const published = features.flatMap((f) =>
    f.properties.area_official_m2 == null ? [] : [{ code: f.id, m2: f.properties.area_official_m2 }],
  );
  const official = levelled(published, centihectare);
  return {
    rows: table.rows.map((row) => ({ ...row, official: official.parts.get(row.feature.id) ?? null })),
    ha: table.ha,
    official: published.length === features.length && features.length > 0 ? official.total : null,
  };
}

export interface LegendRow {
  layer: Layer;
  ha: number;
  count: number;
  on: boolean;
}

/** legendOf is what the legend shows: parcels by the state of their name with a total, and the zones. */
export function legendOf({ items, hidden }: Land): {
  parcels: LegendRow[];
  ha: number;
  count: number;
  zones: LegendRow | null;
} {
  const all = items.parcels ?? [];
  const shown = visibleParcels({ items, hidden });
  const groups = new Map<Layer, LandFeature[]>();
  for (const status of ["confirmed", "probable", "placeholder"] as const) {
    const members = all.filter((f) => nameStatus(f) === status);
    if (members.length > 0) groups.set(status, members);
  }
  const parts = [...groups].map(([layer, members]) => ({ code: layer, m2: sumExact(members.map(area)) }));
  const level = levelled(parts, centihectare);
  const zones = items.zones ?? [];
  const on = parts.filter((p) => !hidden.includes(p.code as Layer));
  return {
    parcels: [...groups].map(([layer, members]) => ({
      layer,
      ha: level.parts.get(layer) ?? 0,
      count: members.length,
      on: !hidden.includes(layer),
    })),
    ha: on.length === parts.length ? level.total : on.reduce((sum, p) => sum + (level.parts.get(p.code) ?? 0), 0),
    count: shown.length,
    zones:
      zones.length === 0
        ? null
        : {
            layer: "zones",
            ha: tableOf(zones, { by: "code", falling: false }).ha,
            count: zones.length,
            on: !hidden.includes("zones"),
          },
  };
}

/** outlineSum is the area of all outlines of the day in hundredths of a hectare, filtered or not. */
export const outlineSum = ({ items }: Pick<State, "items">): number | null =>
  items.parcels && tableOf(items.parcels, { by: "code", falling: false }).ha;

/** day is the day that the page shows. */
export const day = ({ at, round }: Pick<State, "at" | "round">): string | null => at ?? round?.default_at ?? null;

/** unsurveyed says whether any outline on the map is not surveyed. */
export const unsurveyed = ({ items }: Pick<State, "items">): boolean =>
  [...(items.parcels ?? []), ...(items.zones ?? [])].some((f) => f.properties.accuracy !== "surveyed");
