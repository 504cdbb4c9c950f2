import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "./address";

const parse = (path: string) => parseAddress(new URL(path, "http://x"));

describe("address", () => {
  it.each([
    "/",
    "/parcels/P-02",
    "/zones/Z-04?at=2022-03-31",
    "/plots/L-000123?at=2022-03-31&known=2022-04-01T00:00:00Z",
    "/parcels/P-02?known=2022-03-31#15/22.69000/114.02000",
    "/#12.38/22.67123/114.01987",
    "/plots/L-000123?holding=H-0001&at=2022-03-31",
    "/parcels/P-02?contract=C-0001",
    "/signing",
    "/signing?parcel=P-02&at=2022-03-31#15/22.69000/114.02000",
    "/?polygon=114.01,22.68;114.02,22.68;114.02,22.690001#15/22.69000/114.02000",
    "/parcels/P-02?at=2022-03-31&circle=114.0215,22.692;351.42",
    "/table",
    "/table?by=command_posts&at=2022-03-31",
    "/accounts",
    "/accounts?account=zhang.san",
    "/audit?account=zhang.san&from=2026-01-01&at=2022-03-31",
  ])("reads and writes %s", (path) => expect(formatAddress(parse(path))).toBe(path));

  it("reads the short form of a view", () =>
    expect(parse("/#15/22.69/114.02").view).toEqual({ zoom: 15, lat: 22.69, lon: 114.02 }));

  it.each([
    "/?polygon=114,22;115,22",
    "/?polygon=114,22;115,x;115,23",
    "/?circle=114,22",
    "/?circle=114,22;-5",
    "/?circle=214,22;5",
    "/?at=yesterday",
    "/?at=2022-02-30",
    "/?known=soon",
    "/?known=2999-01-01",
    "/?known=2999-01-01T00:00:00Z",
    "/#a/b/c",
    "/#99/22/114",
    "/holders/1",
  ])("takes what it cannot read in %s as not given", (path) =>
    expect(parse(path)).toEqual({ route: { name: "overview" }, at: null, known: null, view: null, area: null }),
  );

  it("knows the page of the imports, on the day that is shown", () => {
    expect(parse("/imports?at=2022-06-30")).toMatchObject({ route: { name: "imports" }, at: "2022-06-30" });
    expect(formatAddress(parse("/imports?at=2022-06-30"))).toBe("/imports?at=2022-06-30");
  });

  it("keeps an odd code as it is", () => {
    expect(parse("/parcels/%E4%BD%A0").route).toEqual({ name: "feature", collection: "parcels", id: "你" });
    expect(parse("/parcels/%E4").route).toEqual({ name: "feature", collection: "parcels", id: "%E4" });
  });
});
