import type { Polygon } from "geojson";
import { type Clocks, getJson, postJson, query } from "./client";
import type {
  Blocks,
  Building,
  CommandPost,
  Contract,
  Fact,
  Holding,
  Keystones,
  List,
  Party,
  Position,
  Progress,
  Selection,
  Series,
  UseClass,
  WhatIf,
} from "./types";

export const fetchProgress = (clocks: Clocks, use: UseClass | null = null) =>
  getJson<Progress>(`/api/v1/progress${query({ ...clocks, use_class: use })}`);

export const fetchSeries = (clocks: Clocks) => getJson<Series>(`/api/v1/progress/series${query({ ...clocks })}`);

export const fetchBlocks = (clocks: Clocks) => getJson<Blocks>(`/api/v1/blocks${query({ ...clocks })}`);

export const fetchKeystones = (clocks: Clocks, parcel: string | null, limit: number) =>
  getJson<Keystones>(`/api/v1/keystones${query({ ...clocks, parcel, limit })}`);

export type Area = { polygon: Polygon } | { circle: { centre: Position; radius_m: number } };

export const askSelection = (area: Area, clocks: Clocks) =>
  postJson<Selection>("/api/v1/progress/selection", { ...area, ...given(clocks) });

export const askWhatIf = (holdings: readonly string[], clocks: Clocks) =>
  postJson<WhatIf>("/api/v1/progress/what-if", { holdings, ...given(clocks) });

const given = ({ at, known }: Clocks) => ({ ...(at && { at }), ...(known && { known }) });

interface Lists {
  facts: Fact;
  holdings: Holding;
  buildings: Building;
  contracts: Contract;
  parties: Party;
  "command-posts": CommandPost;
}

export const fetchList = <K extends keyof Lists>(
  list: K,
  filters: Record<string, string | number | null>,
  clocks: Clocks,
  signal?: AbortSignal,
) => getJson<List<Lists[K]>>(`/api/v1/${list}${query({ ...filters, ...clocks })}`, signal);

export const fetchContract = (code: string, clocks: Clocks) =>
  getJson<Contract>(`/api/v1/contracts/${encodeURIComponent(code)}${query({ ...clocks })}`);

export const fetchHolding = (code: string, clocks: Clocks) =>
  getJson<Holding>(`/api/v1/holdings/${encodeURIComponent(code)}${query({ ...clocks })}`);
