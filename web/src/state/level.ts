/** Areas are kept to a ten-thousandth of a square metre; in that unit sums of them are exact. */
const perSquareMetre = 10_000;

const exact = (m2: number): number => Math.round(m2 * perSquareMetre);

/** sumExact adds areas without the drift of binary fractions. */
export const sumExact = (areas: readonly number[]): number =>
  areas.reduce((sum, m2) => sum + exact(m2), 0) / perSquareMetre;

/** A printed unit: how many of it are in an area of `over / times` square metres. */
export interface PrintedUnit {
  times: number;
  over: number;
}

export const centihectare: PrintedUnit = { times: 1, over: 100 };
export const centimu: PrintedUnit = { times: 3, over: 20 }; // a hundredth of a 亩 is 20/3 m², so both sides stay whole

/** A part of a printed column: a code, for ties, and an area. */
export interface Part {
  code: string;
  m2: number;
}

/** printed rounds an area to a printed unit. */
export const printed = (m2: number, unit: PrintedUnit): number =>
  Math.sign(m2) * Math.round((Math.abs(exact(m2)) * unit.times) / (unit.over * perSquareMetre)); // halves away from nothing, as the server has it

/**
 * levelled rounds the parts of a printed column so that they add up to the rounded total, or to a total that is printed
 * already: each part is cut, and what is missing goes to the largest remainders, ties by the order of the codes.
 */
export function levelled(
  parts: readonly Part[],
  unit: PrintedUnit,
  given?: number,
): { parts: Map<string, number>; total: number } {
  const over = unit.over * perSquareMetre;
  const cut = parts.map(({ code, m2 }) => {
    const units = exact(m2) * unit.times;
    const whole = Math.floor(units / over);
    return { code, units, whole, rest: units - whole * over };
  });
  const total = given ?? Math.round(cut.reduce((sum, p) => sum + p.units, 0) / over);
  const falling = [...cut].sort((a, b) => b.rest - a.rest || (a.code < b.code ? -1 : 1));
  let missing = total - cut.reduce((sum, p) => sum + p.whole, 0);
  for (let i = 0; missing > 0 && falling.length > 0; i++, missing--) {
    const p = falling[i % falling.length];
    if (p) p.whole++;
  }
  for (const p of falling.reverse()) {
    if (missing >= 0) break;
    p.whole--; // a total printed before may be smaller than the cut parts: the smallest remainder gives way
    missing++;
  }
  return { parts: new Map(cut.map((p) => [p.code, p.whole])), total };
}
