import type { Figures, Progress, StageName } from "../api/types";
import { centihectare, levelled, printed, sumExact } from "./level";

/** The groups that the map colours and the legend names, in their order; each is one or more stages of a plot. */
export const groups = [
  "planned",
  "partly_signed",
  "all_signed",
  "cleared",
  "accepted",
  "stored",
  "retained",
  "kept",
] as const;
export type Group = (typeof groups)[number];

/** What is furthest stands first, as on the map's bars. */
export const order: readonly Group[] = [
  "stored",
  "accepted",
  "cleared",
  "all_signed",
  "partly_signed",
  "planned",
  "retained",
  "kept",
];

export const members: Record<Group, readonly StageName[]> = {
  planned: ["planned"],
  partly_signed: ["partly_signed"],
  all_signed: ["all_signed"],
  cleared: ["cleared"],
  accepted: ["title_accepted", "site_accepted", "accepted"],
  stored: ["stored", "supplied"],
  retained: ["retained"],
  kept: ["kept"],
};

const groupOfStage = new Map<string, Group>(groups.flatMap((g) => members[g].map((s) => [s, g] as const)));

/** groupOf is the group of a plot's stage; a plot without a stage is as planned as its disposition lets it be. */
export const groupOf = (stage: unknown, disposition?: unknown): Group =>
  groupOfStage.get(String(stage)) ??
  (disposition === "retained" ? "retained" : disposition === "kept" ? "kept" : "planned");

export interface Amount {
  m2: number;
  plots: number;
}

/** amountOf is the land of a group, to the square metre that is stored. */
export function amountOf(figures: Figures, group: Group): Amount {
  const stages = members[group].map((s) => figures.stages[s]);
  return { m2: sumExact(stages.map((s) => s.area_m2)), plots: stages.reduce((sum, s) => sum + s.plots, 0) };
}

/** The four tiles: disjoint, adding up to expected. */
export const tiles = ["released", "in_procedure", "clearable", "remaining"] as const;
export type Tile = (typeof tiles)[number];
export const tileGroups: Record<Tile, readonly Group[]> = {
  released: ["stored"],
  in_procedure: ["cleared", "accepted"],
  clearable: ["all_signed"],
  remaining: ["planned", "partly_signed"],
};

export type Cells = Record<Group, number>;

/** A row as it is printed, in hundredths of a hectare. */
export interface PrintedRow {
  cells: Cells;
  /** What can be released: the six stages of storage plots; null where nothing is known of any plot. */
  expected: number | null;
  scope: number;
}

/** Everything that is printed of one day, levelled once, so that legend, tiles, top bar, table and map say the same. */
export interface Printed {
  round: PrintedRow;
  tiles: Record<Tile, number>;
  rows: Map<string, PrintedRow>;
  /** target − released, and target − expected; null without a target. */
  toTarget: number | null;
  gap: number | null;
  target: number | null;
}

const storage = groups.filter((g) => g !== "retained" && g !== "kept");
const sumOf = (cells: Cells, of: readonly Group[]): number => of.reduce((sum, g) => sum + cells[g], 0);
export const hasPlots = (figures: Figures): boolean => figures.counts.plots > 0;

/** landOf is all land of the plots, whatever their stage. */
const landOf = (f: Figures): number => sumExact(groups.map((g) => amountOf(f, g).m2));

/** printedRound levels the round from the top down: released and expected as rounded, then the tiles, then the stages. */
export function printedRound(f: Figures): { row: PrintedRow; tiles: Record<Tile, number> } {
  const m2 = (of: readonly Group[]) => sumExact(of.map((g) => amountOf(f, g).m2));
  const cells = Object.fromEntries(groups.map((g) => [g, 0])) as Cells;
  const expected = printed(m2(storage), centihectare);
  const released = printed(m2(tileGroups.released), centihectare);
  const scope = printed(f.closure.scope_m2, centihectare);
  const others = tiles.filter((tile) => tile !== "released");
  const rest = levelled(
    others.map((tile) => ({ code: tile, m2: m2(tileGroups[tile]) })),
    centihectare,
    expected - released,
  );
  const shown = { released } as Record<Tile, number>;
  for (const tile of others) shown[tile] = rest.parts.get(tile) ?? 0;
  const spread = (of: readonly Group[], total: number) => {
    const parts = levelled(
      of.map((g) => ({ code: g, m2: amountOf(f, g).m2 })),
      centihectare,
      total,
    ).parts;
    for (const g of of) cells[g] = parts.get(g) ?? 0;
  };
  for (const tile of tiles) spread(tileGroups[tile], shown[tile]);
  const other = ["retained", "kept"] as const;
  const closed = Math.abs(f.closure.residual_m2) < 100; // a residual below what is printed belongs to nobody's row
  spread(other, closed ? scope - expected : printed(m2(other), centihectare));
  return { row: { cells, expected: hasPlots(f) ? expected : null, scope }, tiles: shown };
}

/** printedOf levels all that is printed of a day; rows are those of a table that adds up to the round. */
export function printedOf(progress: Progress): Printed {
  const { figures, target_ha } = progress.round;
  const { row, tiles } = printedRound(figures);
  const rows = tableRows(progress.parcels, row);
  const target = target_ha === null ? null : Math.round(target_ha * 100);
  return {
    round: row,
    tiles,
    rows,
    target,
    toTarget: target === null ? null : target - tiles.released,
    gap: target === null || row.expected === null ? null : target - row.expected,
  };
}

export interface Grouping {
  code: string;
  figures: Figures;
}

/** totalOf is the printed total of a list that is no part of the round's own sum, as the zones are. */
export function totalOf(list: readonly Grouping[]): PrintedRow {
  const cells = Object.fromEntries(
    groups.map((g) => [g, printed(sumExact(list.map(({ figures }) => amountOf(figures, g).m2)), centihectare)]),
  ) as Cells;
  return { cells, expected: sumOf(cells, storage), scope: sumOf(cells, groups) };
}

/** weeksOf levels what rows released in a week to the printed sum of the round, or to their own where they are no part of it. */
export const weeksOf = (
  list: readonly Grouping[],
  round: Figures | null,
): { parts: Map<string, number>; total: number } =>
  levelled(
    list.map(({ code, figures }) => ({ code, m2: figures.delta_week_m2 })),
    centihectare,
    printed(round ? round.delta_week_m2 : sumExact(list.map(({ figures }) => figures.delta_week_m2)), centihectare),
  );

/** useRows levels the rows of the uses of one row to its printed cells. */
export function useRows(list: readonly Grouping[], of: PrintedRow): Map<string, PrintedRow> {
  const columns = groups.map(
    (g) =>
      levelled(
        list.map(({ code, figures }) => ({ code, m2: amountOf(figures, g).m2 })),
        centihectare,
        of.cells[g],
      ).parts,
  );
  return new Map(
    list.map(({ code }) => {
      const cells = Object.fromEntries(groups.map((g, k) => [g, columns[k]?.get(code) ?? 0])) as Cells;
      return [code, { cells, expected: sumOf(cells, storage), scope: sumOf(cells, groups) }];
    }),
  );
}

/**
 * tableRows levels a table of rows by stages to the printed total of each column, and moves hundredths between rows until
 * each row adds up to its own levelled scope: both ways the printed parts add up to what is printed.
 */
export function tableRows(list: readonly Grouping[], total: PrintedRow): Map<string, PrintedRow> {
  const scopes = levelled(
    list.map(({ code, figures }) => ({ code, m2: landOf(figures) })),
    centihectare,
    sumOf(total.cells, groups),
  ).parts;
  const columns = groups.map(
    (g) =>
      levelled(
        list.map(({ code, figures }) => ({ code, m2: amountOf(figures, g).m2 })),
        centihectare,
        total.cells[g],
      ).parts,
  );
  const matrix = list.map(({ code }) => columns.map((column) => column.get(code) ?? 0));
  const exact = list.map(({ figures }) => groups.map((g) => amountOf(figures, g).m2 / 100));
  balance(
    matrix,
    exact,
    list.map(({ code }) => scopes.get(code) ?? 0),
  );
  return new Map(
    list.map(({ code, figures }, i) => {
      const cells = Object.fromEntries(groups.map((g, k) => [g, matrix[i]?.[k] ?? 0])) as Cells;
      return [
        code,
        {
          cells,
          expected: hasPlots(figures) ? sumOf(cells, storage) : null,
          scope: hasPlots(figures) ? (scopes.get(code) ?? 0) : printed(figures.closure.scope_m2, centihectare),
        },
      ];
    }),
  );
}

/** What areas are kept to, in hundredths of a hectare: half of it hides no area, only the error of a binary fraction. */
const grain = 1e-6;

/**
 * balance moves single units within columns, from rows that print too much to rows that print too little, as long as each
 * cell stays its own value cut or rounded up. A direct move may be barred; then a chain of rows is found, breadth first.
 */
export function balance(matrix: number[][], exact: readonly (readonly number[])[], rows: readonly number[]): void {
  const cell = (i: number, k: number) => matrix[i]?.[k] ?? 0;
  const value = (i: number, k: number) => exact[i]?.[k] ?? 0;
  const over = (i: number) => (matrix[i]?.reduce((a, b) => a + b, 0) ?? 0) - (rows[i] ?? 0);
  const width = matrix[0]?.length ?? 0;
  const mayGive = (i: number, k: number) => cell(i, k) > Math.floor(value(i, k) + grain / 2);
  const mayTake = (i: number, k: number) => cell(i, k) < Math.ceil(value(i, k) - grain / 2);
  for (let guard = 0; guard < 1000; guard++) {
    const start = matrix.findIndex((_, i) => over(i) > 0);
    if (start < 0) return;
    const from = new Map<number, { row: number; column: number }>();
    const queue = [start];
    let end = -1;
    while (queue.length > 0 && end < 0) {
      const i = queue.shift() as number;
      for (let k = 0; k < width && end < 0; k++) {
        if (!mayGive(i, k)) continue;
        for (let j = 0; j < matrix.length; j++) {
          if (j === start || from.has(j) || !mayTake(j, k)) continue;
          from.set(j, { row: i, column: k });
          queue.push(j);
          if (over(j) < 0) {
            end = j;
            break;
          }
        }
      }
    }
    if (end < 0) return; // the totals do not allow it: columns stay right
    for (let j = end; j !== start; ) {
      const step = from.get(j);
      const taker = matrix[j];
      const giver = step && matrix[step.row];
      if (!step || !taker || !giver) return;
      taker[step.column] = (taker[step.column] ?? 0) + 1;
      giver[step.column] = (giver[step.column] ?? 0) - 1;
      j = step.row;
    }
  }
}

/** share is a rate in percent with so many digits, as a number; null over nothing. */
export const percent = (rate: number | null): number | null => (rate === null ? null : rate * 100);
