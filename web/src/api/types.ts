import type { Geometry } from "geojson";

export type Collection = "zones" | "parcels" | "plots" | "context";
export type Kind = "zone" | "parcel" | "plot" | "district" | "metro_station" | "metro_line" | "river";
export type Accuracy = "approximate" | "schematic" | "surveyed";
export type NameStatus = "confirmed" | "probable" | "placeholder";
export type BBox = [west: number, south: number, east: number, north: number];
export type Position = [lon: number, lat: number];

export interface Round {
  code: string;
  name: string;
  name_en: string;
  starts_on: string;
  target_ha: number;
  deadline: string | null;
  source: string;
  source_en?: string | null;
  extent: BBox;
  default_at: string;
  demo: boolean;
  version: string;
}

export interface LandProperties {
  code: string;
  fid: number;
  name: string;
  name_en: string;
  kind: Kind;
  parcel?: string | null;
  zone?: string | null;
  version: number;
  accuracy: Accuracy;
  name_status?: NameStatus | null;
  subdistrict?: string | null;
  subdistrict_en?: string | null;
  locality?: string | null;
  locality_en?: string | null;
  area_m2?: number | null;
  area_plane_m2?: number | null;
  area_official_m2?: number | null;
  disposition?: string | null;
  use_class?: string | null;
  source?: string | null;
  source_en?: string | null;
  published?: Record<string, unknown>;
  valid_from: string;
  valid_to: string | null;
  updated_at: string;
  updated_by: string;
  reason?: string | null;
  document_no?: string | null;
  demo: boolean;
}

export interface LandFeature {
  type: "Feature";
  id: string;
  geometry: Geometry;
  properties: LandProperties;
}

export interface LandCollection {
  type: "FeatureCollection";
  features: LandFeature[];
  numberMatched: number;
  numberReturned: number;
  timeStamp: string;
  at: string;
  known: string;
  settled: boolean;
  links: { rel: string; href: string; type?: string; title?: string }[];
}

export type VersionChange = "created" | "changed" | "corrected" | "noded" | "retired";

export interface Version {
  version: number;
  change: VersionChange;
  valid_from: string;
  valid_to: string | null;
  known_from: string;
  known_to: string | null;
  updated_at: string;
  updated_by: string;
  reason: string | null;
  document_no: string | null;
  accuracy: Accuracy;
  area_m2: number | null;
}

export interface Page<T> {
  items: T[];
  next: string | null;
  matched: number;
}

export interface Found {
  collection: Collection;
  id: string;
  kind: Kind;
  name: string;
  name_en: string;
  place: string | null;
  place_en?: string | null;
  bbox: BBox;
}

export interface Touched {
  collection: Collection;
  id: string;
  fid: number;
  bbox: BBox;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  request_id?: string;
}
