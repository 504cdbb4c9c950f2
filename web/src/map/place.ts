/** A box in pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A label that wants one of several places, the best first. */
export interface Wanted<T> {
  label: T;
  places: readonly Box[];
  /** A label that must show takes its least bad place; any other is left out when none is free. */
  must: boolean;
  /** The number of its own obstacle, which it may touch. */
  own?: number;
}

export interface Placed<T> {
  label: T;
  box: Box;
}

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

/** grown gives a label air, so that neighbours do not read as one. */
const grown = ({ x, y, width, height }: Box): Box => ({ x: x - 4, y: y - 3, width: width + 8, height: height + 6 });

/** outside is the part of a box that is off the view; a rounding error is not. */
const outside = (a: Box, view: Box): number => {
  const off = a.width * a.height - overlap(a, view);
  return off < 0.01 ? 0 : off;
};

/**
 * place gives each label a box so that no two touch, in the order given. Labels that must show are tried several times
 * over against each other, because the first choice of one may be the only choice of the next.
 */
export function place<T>(wanted: readonly Wanted<T>[], obstacles: readonly Box[], view: Box): Placed<T>[] {
  const placed = new Map<number, Box>();
  const cost = (index: number, box: Box, rank: number): number => {
    let sum = rank * 8 + outside(box, view);
    obstacles.forEach((o, i) => {
      if (i !== wanted[index]?.own) sum += overlap(box, o);
    });
    for (const [i, other] of placed) if (i !== index) sum += 20 * overlap(box, other);
    return sum;
  };
  const best = (index: number): { box: Box; cost: number } | undefined => {
    let found: { box: Box; cost: number } | undefined;
    wanted[index]?.places.forEach((box, rank) => {
      const c = cost(index, box, rank);
      if (!found || c < found.cost) found = { box, cost: c };
    });
    return found;
  };
  for (let round = 0; round < 4; round++)
    wanted.forEach((w, i) => {
      const found = w.must ? best(i) : undefined;
      if (found) placed.set(i, found.box);
    });
  wanted.forEach((w, i) => {
    if (w.must) return;
    const free = w.places.find(
      (box) =>
        outside(box, view) === 0 &&
        obstacles.every((o, k) => k === w.own || overlap(box, o) === 0) &&
        [...placed.values()].every((other) => overlap(grown(box), other) === 0),
    );
    if (free) placed.set(i, free);
  });
  return [...placed].flatMap(([i, box]) => {
    const w = wanted[i];
    return w ? [{ label: w.label, box }] : [];
  });
}

/** around lists eight places beside a box, then inside it, for a label of a size. */
export function around(box: Box, width: number, height: number, gap: number): Box[] {
  const { x, y } = box;
  const [right, bottom] = [x + box.width + gap, y + box.height + gap];
  const [left, top] = [x - width - gap, y - height - gap];
  const [midX, midY] = [x + box.width / 2 - width / 2, y + box.height / 2 - height / 2];
  return [
    { x: right, y: midY },
    { x: left, y: midY },
    { x: midX, y: bottom },
    { x: midX, y: top },
    { x: right - gap, y: top + gap },
    { x: left + gap, y: top + gap },
    { x: right - gap, y: bottom - gap },
    { x: left + gap, y: bottom - gap },
  ].map((p) => ({ ...p, width, height }));
}
