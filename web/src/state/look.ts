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
