import type { BBox } from "../api/types";

const buffer = 64 / 4096; // what a tile holds beyond its edge, as a part of its side

/** zxy reads the name of a tile, x:y:z. */
export const zxy = (key: string) => {
  const [x = 0, y = 0, z = 0] = key.split(":").map(Number);
  return { x, y, z };
};

/** tileBox is what a tile and its buffer cover. */
export function tileBox(key: string): BBox {
  const { x, y, z } = zxy(key);
  const n = 2 ** z;
  const lon = (i: number) => (i / n) * 360 - 180;
  const lat = (j: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * j) / n))) * 180) / Math.PI;
  return [lon(x - buffer), lat(y + 1 + buffer), lon(x + 1 + buffer), lat(y - buffer)];
}
