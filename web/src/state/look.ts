import type { Position } from "../api/types";

/** A problem that a look at a file has found. */
export interface Found {
  severity: string;
  /** Where in the file: the place of the feature, counted from 1. */
  feature: number | null;
  id: string | null;
  reason: string;
  mend: string;
  point: Position | null;
  code?: string;
  /** How many more there are of the same kind in the same feature, which are not listed. */
  more?: number;
}

const fewAlike = 3;

/** folded lists of many problems of one kind in one feature only the first few; the last of them says how many more there are. */
export function folded(problems: readonly Found[]): Found[] {
  const seen = new Map<string, Found[]>();
  for (const p of problems) {
    const kind = `${p.feature}|${p.code ?? p.reason}`;
    seen.set(kind, [...(seen.get(kind) ?? []), p]);
  }
  return problems.flatMap((p) => {
    const alike = p.feature === null ? [p] : (seen.get(`${p.feature}|${p.code ?? p.reason}`) ?? []);
    const i = alike.indexOf(p);
    if (i >= fewAlike) return [];
    const more = alike.length - fewAlike;
    return i === fewAlike - 1 && more > 0 ? [{ ...p, more }] : [p];
  });
}

/** numbered are the problems that have a place on the map; each pin has the number of its problem in the list. */
export function numbered(problems: readonly Found[]): { places: Position[]; numbers: (number | null)[] } {
  const places: Position[] = [];
  const numbers = problems.map(({ point }) => (point ? places.push(point) : null));
  return { places, numbers };
}

/** worst puts what refuses the file before what only warns, and keeps the order of the file within each. */
export function worst(problems: readonly Found[]): Found[] {
  const rank = ({ severity }: Found) => (severity === "error" ? 0 : 1);
  return [...problems].sort((a, b) => rank(a) - rank(b));
}
