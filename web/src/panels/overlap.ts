import type { Geometry } from "geojson";
import type { Problem } from "../api/client";
import type { BBox, LandFeature } from "../api/types";
import { boxOf } from "../geo/shape";

/** Where something would overlap what is there: with what, by how much, and the place. */
export interface Overlap {
  id: string;
  /** Null where it cannot be told. */
  area_m2: number | null;
  mark: LandFeature | null;
  box: BBox | null;
}

/** overlapsOf reads the conflicts of a refusal, the largest first. */
export function overlapsOf({ body }: Problem): Overlap[] {
  return (body.conflicts ?? [])
    .map(({ id, area_m2, geometry }) => {
      const shape = geometry as unknown as Geometry | null; // OpenAPI leaves geometry open
      return { id, area_m2, mark: shape && markOf(id, shape), box: shape && boxOf([shape]) };
    })
    .sort((a, b) => (b.area_m2 ?? 0) - (a.area_m2 ?? 0) || (a.id < b.id ? -1 : 1));
}

/** markOf is a shape as the map draws features: as it is, without the roughness of what is not surveyed. */
export const markOf = (id: string, geometry: Geometry): LandFeature =>
  ({ type: "Feature", id, geometry, properties: { fid: 0, kind: "plot", accuracy: "surveyed" } }) as LandFeature;
