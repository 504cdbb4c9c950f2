import { type Clocks, getJson, query } from "./client";
import type { Collection, FoundList, LandCollection, LandFeature, Position, Round, Versions } from "./types";

const whole = 10_000;

export const fetchRound = () => getJson<Round>("/api/v1/round");

export const fetchItems = (collection: Collection, clocks: Clocks) =>
  getJson<LandCollection>(`/ogc/collections/${collection}/items${query({ ...clocks, limit: whole })}`);

/** fetchAt asks which features lie under a point. */
export const fetchAt = (collection: Collection, [lon, lat]: Position, clocks: Clocks) =>
  getJson<LandCollection>(
    `/ogc/collections/${collection}/items${query({ ...clocks, bbox: [lon, lat, lon, lat].join(","), limit: 5 })}`,
  );

export const itemPath = (collection: Collection, id: string, clocks: Clocks) =>
  `/ogc/collections/${collection}/items/${encodeURIComponent(id)}${query({ ...clocks })}`;

export const fetchItem = (collection: Collection, id: string, clocks: Clocks) =>
  getJson<LandFeature>(itemPath(collection, id, clocks));

export const fetchVersions = (collection: Collection, id: string, known: string | null) =>
  getJson<Versions>(`/api/v1/features/${collection}/${encodeURIComponent(id)}/versions${query({ known })}`);

export const search = (q: string, clocks: Clocks, limit: number, signal: AbortSignal) =>
  getJson<FoundList>(`/api/v1/search${query({ q, ...clocks, limit })}`, signal);
