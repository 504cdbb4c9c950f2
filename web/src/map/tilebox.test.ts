import { expect, it } from "vitest";
import { tileBox } from "./tilebox";

it("knows the box of a tile with its buffer", () => {
  const [w, s, e, n] = tileBox("0:0:0");
  expect([w, e].map((v) => v.toFixed(3))).toEqual(["-185.625", "185.625"]);
  expect(n).toBeGreaterThan(85.05);
  expect(s).toBeLessThan(-85.05);
  const [west, south, east, north] = tileBox("13381:7131:14"); // Longhua
  expect(west < 114.02 && east > 114.02 && south < 22.69 && north > 22.69).toBe(true);
});
