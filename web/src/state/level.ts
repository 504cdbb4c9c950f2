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

/**
 * levelled rounds the parts of a printed column so that they add up to the rounded total: each part is cut, and what is
 * missing goes to the largest remainders, ties by the order of the codes.
 */
export function levelled(
  parts: readonly { code: string; m2: number }[],
  unit: PrintedUnit,
): { parts: Map<string, number>; total: number } {
  const over = unit.over * perSquareMetre;
  const cut = parts.map(({ code, m2 }) => {
    const units = exact(m2) * unit.times;
    return { code, units, whole: Math.floor(units / over), rest: units % over };
  });
  const total = Math.round(cut.reduce((sum, p) => sum + p.units, 0) / over);
  let missing = total - cut.reduce((sum, p) => sum + p.whole, 0);
  for (const p of [...cut].sort((a, b) => b.rest - a.rest || (a.code < b.code ? -1 : 1))) {
    if (missing-- <= 0) break;
    p.whole++;
  }
  return { parts: new Map(cut.map((p) => [p.code, p.whole])), total };
}
