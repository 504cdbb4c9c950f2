/** A point in pixels. */
export interface XY {
  x: number;
  y: number;
}

/**
 * roughen pushes a ring out of line every few pixels, so that an approximate outline looks approximate. The offset of a
 * point depends on the seed and its number along the ring only: the same outline looks the same each time it is drawn.
 */
export function roughen(ring: readonly XY[], seed: number, step = 10, reach = 2): XY[] {
  const out: XY[] = [];
  let number = 0;
  for (let i = 0; i < ring.length; i++) {
    const from = ring[i];
    const to = ring[(i + 1) % ring.length];
    if (!from || !to) continue;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const parts = Math.max(1, Math.round(length / step));
    const nx = length ? -(to.y - from.y) / length : 0;
    const ny = length ? (to.x - from.x) / length : 0;
    for (let k = 0; k < parts; k++) {
      const push = (2 * noise(seed, number++) - 1) * reach;
      const t = k / parts;
      out.push({ x: from.x + (to.x - from.x) * t + nx * push, y: from.y + (to.y - from.y) * t + ny * push });
    }
  }
  return out;
}

/** noise is a number in [0, 1) that depends on its arguments only. */
export function noise(seed: number, number: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}
