import { describe, expect, it } from "vitest";
import type { LandFeature, NameStatus } from "../api/types";
import { hit, legendOf, outlineSum, tableOf, visibleParcels, zoneTable } from "./select";

function feature(
  id: string,
  kind: "parcel" | "zone",
  x: number,
  size: number,
  area: number,
  more: Partial<LandFeature["properties"]> = {},
): LandFeature {
  return {
    type: "Feature",
    id,
    geometry: {
      type: "Polygon",
      coordinates: [
        [
          [x, 0],
          [x + size, 0],
          [x + size, size],
          [x, size],
          [x, 0],
        ],
      ],
    },
    properties: {
      code: id,
      fid: x + 1,
      name: id,
      name_en: id,
      kind,
      version: 1,
      accuracy: "approximate",
      area_m2: area,
      area_plane_m2: area,
      area_official_m2: null,
      source: "",
      source_en: "",
      published: {},
      reason: "",
      document_no: null,
      valid_from: "2021-06-01",
      valid_to: null,
      updated_at: "2026-11-24T00:00:00Z",
      updated_by: "test",
      demo: false,
      ...more,
    },
  };
}
const named = (s: NameStatus) => ({ name_status: s });

// Z-01 0---------10   P-01 1-2, P-02 3-4 inside it, P-03 20-21 outside
const items = {
  zones: [feature("Z-01", "zone", 0, 10, 1_000_040, { area_official_m2: 1_000_000 })],
  parcels: [
    feature("P-01", "parcel", 1, 1, 10_040, named("confirmed")),
    feature("P-02", "parcel", 3, 1, 30_040, named("placeholder")),
    feature("P-03", "parcel", 20, 1, 20_040, named("placeholder")),
  ],
  context: [],
};

describe("selectors", () => {
  it("hit takes a parcel before its zone, and nothing that the filter hides", () => {
    expect(hit({ items, hidden: [] }, [1.5, 0.5])).toEqual({ collection: "parcels", id: "P-01" });
    expect(hit({ items, hidden: ["confirmed"] }, [1.5, 0.5])).toEqual({ collection: "zones", id: "Z-01" });
    expect(hit({ items, hidden: ["confirmed", "zones"] }, [1.5, 0.5])).toBeNull();
  });
  it("table, legend and top bar agree", () => {
    const table = tableOf(items.parcels, { by: "code", falling: false });
    const legend = legendOf({ items, hidden: [] });
    expect(table.ha).toBe(601);
    expect(legend.ha).toBe(601);
    expect(outlineSum({ items })).toBe(601);
    expect(legend.parcels.reduce((sum, row) => sum + row.ha, 0)).toBe(601);
    expect(legend.parcels.map((r) => [r.layer, r.count])).toEqual([
      ["confirmed", 1],
      ["placeholder", 2],
    ]);
  });
  it("sorts by area both ways, ties by code", () => {
    const order = (falling: boolean) => tableOf(items.parcels, { by: "ha", falling }).rows.map((r) => r.feature.id);
    expect(order(true)).toEqual(["P-02", "P-03", "P-01"]);
    expect(order(false)).toEqual(["P-01", "P-03", "P-02"]);
  });
  it("filters parcels by how sure their name is", () =>
    expect(visibleParcels({ items, hidden: ["placeholder"] }).map((f) => f.id)).toEqual(["P-01"]));
  it("compares zones with what was published, and gives no total where one is missing", () => {
    expect(zoneTable(items.zones)).toMatchObject({ ha: 10_000, official: 10_000 });
    expect(zoneTable([...items.zones, feature("Z-02", "zone", 50, 1, 10_000)]).official).toBeNull();
  });
});
