import type { Position } from "../api/types";

// CGCS2000 / 3-degree Gauss-Krueger CM 114E (EPSG:4547): transverse Mercator by Krueger's series to the sixth order in
// the third flattening, which is exact to well under a micrometre within three degrees of the central meridian.
const a = 6378137;
const f = 1 / 298.257222101;
const n = f / (2 - f);
const e = Math.sqrt(f * (2 - f));
const centralMeridian = 114;
const falseEasting = 500000;
const A = (a / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64 + n ** 6 / 256);

const alpha = [
  n / 2 - (2 * n ** 2) / 3 + (5 * n ** 3) / 16 + (41 * n ** 4) / 180 - (127 * n ** 5) / 288 + (7891 * n ** 6) / 37800,
  (13 * n ** 2) / 48 - (3 * n ** 3) / 5 + (557 * n ** 4) / 1440 + (281 * n ** 5) / 630 - (1983433 * n ** 6) / 1935360,
  (61 * n ** 3) / 240 - (103 * n ** 4) / 140 + (15061 * n ** 5) / 26880 + (167603 * n ** 6) / 181440,
  (49561 * n ** 4) / 161280 - (179 * n ** 5) / 168 + (6601661 * n ** 6) / 7257600,
  (34729 * n ** 5) / 80640 - (3418889 * n ** 6) / 1995840,
  (212378941 * n ** 6) / 319334400,
];

const beta = [
  n / 2 - (2 * n ** 2) / 3 + (37 * n ** 3) / 96 - n ** 4 / 360 - (81 * n ** 5) / 512 + (96199 * n ** 6) / 604800,
  n ** 2 / 48 + n ** 3 / 15 - (437 * n ** 4) / 1440 + (46 * n ** 5) / 105 - (1118711 * n ** 6) / 3870720,
  (17 * n ** 3) / 480 - (37 * n ** 4) / 840 - (209 * n ** 5) / 4480 + (5569 * n ** 6) / 90720,
  (4397 * n ** 4) / 161280 - (11 * n ** 5) / 504 - (830251 * n ** 6) / 7257600,
  (4583 * n ** 5) / 161280 - (108847 * n ** 6) / 3991680,
  (20648693 * n ** 6) / 638668800,
];

/** Plane is a point as Chinese surveyors write it: X is north, Y is east. */
export interface Plane {
  x: number;
  y: number;
}

const rad = Math.PI / 180;

/** toPlane projects longitude and latitude in degrees to the plane, in metres. */
export function toPlane([lon, lat]: Position): Plane {
  const dl = (lon - centralMeridian) * rad;
  const sin = Math.sin(lat * rad);
  const t = Math.sinh(Math.atanh(sin) - e * Math.atanh(e * sin));
  const xi = Math.atan2(t, Math.cos(dl));
  const eta = Math.asinh(Math.sin(dl) / Math.hypot(t, Math.cos(dl)));
  let north = xi;
  let east = eta;
  alpha.forEach((c, i) => {
    const k = 2 * (i + 1);
    north += c * Math.sin(k * xi) * Math.cosh(k * eta);
    east += c * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  return { x: A * north, y: falseEasting + A * east };
}

/** fromPlane is the inverse of toPlane. */
export function fromPlane({ x, y }: Plane): Position {
  const xi = x / A;
  const eta = (y - falseEasting) / A;
  let u = xi;
  let v = eta;
  beta.forEach((c, i) => {
    const k = 2 * (i + 1);
    u -= c * Math.sin(k * xi) * Math.cosh(k * eta);
    v -= c * Math.cos(k * xi) * Math.sinh(k * eta);
  });
  const conformal = Math.sin(u) / Math.hypot(Math.sinh(v), Math.cos(u)); // tangent of the conformal latitude
  const target = Math.asinh(conformal);
  let sin = Math.tanh(target);
  for (let i = 0; i < 6; i++) sin = Math.tanh(target + e * Math.atanh(e * sin));
  return [centralMeridian + Math.atan2(Math.sinh(v), Math.cos(u)) / rad, Math.asin(sin) / rad];
}
