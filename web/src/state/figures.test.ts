import { describe, expect, it } from "vitest";
import vectors from "../../../internal/land/testdata/level.json";
import type { Figures, Progress } from "../api/types";
import {
  amountOf,
  balance,
  type Group,
  groupOf,
  groups,
  type PrintedRow,
  printedOf,
  tableRows,
  tiles,
  weeksOf,
} from "./figures";

const stageNames = [
  "planned",
  "partly_signed",
  "all_signed",
  "cleared",
  "title_accepted",
  "site_accepted",
  "accepted",
  "stored",
  "supplied",
  "retained",
  "kept",
] as const;

function figures(m2: Partial<Record<(typeof stageNames)[number], number>>): Figures {
  const stages = Object.fromEntries(stageNames.map((s) => [s, { area_m2: m2[s] ?? 0, plots: m2[s] ? 1 : 0 }]));
  const scope = Object.values(m2).reduce((a, b) => a + Math.round(b * 1e4), 0) / 1e4;
  return {
    stages,
    counts: { plots: Object.values(m2).filter((v) => v > 0).length, holdings: 0, buildings: 0, contracts: 0, facts: 0 },
    closure: { scope_m2: scope, storage_m2: 0, retained_m2: 0, kept_m2: 0, residual_m2: 0 },
  } as unknown as Figures;
}

const add = (list: Figures[]): Figures =>
  figures(
    Object.fromEntries(
      stageNames.map((s) => [s, list.reduce((sum, f) => sum + Math.round(f.stages[s].area_m2 * 1e4), 0) / 1e4]),
    ),
  );

const progress = (list: Figures[], target: number | null): Progress =>
  ({
    round: { target_ha: target, figures: add(list) },
    parcels: list.map((f, i) => ({ code: `P-0${i + 1}`, figures: f })),
  }) as unknown as Progress;

let seed = 7;
const random = () => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed / 0x7fffffff;
};
const some = () => figures(Object.fromEntries(stageNames.map((s) => [s, Math.round(random() ** 3 * 3e9) / 1e4])));

describe("groups", () => {
  it("gather every stage once", () => {
    expect(stageNames.map((s) => groupOf(s)).filter((g, i, all) => all.indexOf(g) === i)).toEqual([...groups]);
    expect(groupOf(undefined, "retained")).toBe("retained");
    expect(groupOf(undefined, "storage")).toBe("planned");
    expect(amountOf(figures({ title_accepted: 1, accepted: 2.5 }), "accepted")).toEqual({ m2: 3.5, plots: 2 });
  });
});

describe("what is printed", () => {
  it("agrees everywhere: tiles, legend, rows and columns add up, and the lead figures are rounded as they are", () => {
    for (let n = 0; n < 300; n++) {
      const list = Array.from({ length: 6 }, some);
      const all = progress(list, 500);
      const { round, tiles: shown, rows, toTarget, gap } = printedOf(all);
      const released = amountOf(all.round.figures, "stored").m2 / 100;
      expect(shown.released).toBe(Math.round(released));
      const sum = (of: number[]) => of.reduce((a, b) => a + b, 0);
      expect(sum(tiles.map((tile) => shown[tile]))).toBe(round.expected);
      expect(sum(groups.map((g) => round.cells[g]))).toBe(round.scope);
      expect(round.scope).toBe(Math.round(all.round.figures.closure.scope_m2 / 100));
      expect([toTarget, gap]).toEqual([50_000 - shown.released, 50_000 - (round.expected ?? 0)]);
      for (const g of groups) {
        expect(sum([...rows.values()].map((r) => r.cells[g]))).toBe(round.cells[g]);
        expect(Math.abs(round.cells[g] - amountOf(all.round.figures, g).m2 / 100)).toBeLessThan(2);
      }
      expect(sum([...rows.values()].map((r) => r.expected ?? 0))).toBe(round.expected);
      expect(sum([...rows.values()].map((r) => r.scope))).toBe(round.scope);
      for (const [code, r] of rows) {
        expect(sum(groups.map((g) => r.cells[g]))).toBe(r.scope);
        const f = list[Number(code.slice(2)) - 1] as Figures;
        for (const g of groups) expect(Math.abs(r.cells[g] - amountOf(f, g).m2 / 100)).toBeLessThan(2);
      }
    }
  });
  it("is what the terminal prints: both are tested with the same vectors", () => {
    type Row = { scope: number; land: number[] };
    const read = ({ scope, land }: Row): Figures => {
      const f = figures(Object.fromEntries(vectors.stages.map((s, k) => [s, (land[k] ?? 0) / 1e4])));
      f.closure.scope_m2 = scope / 1e4;
      f.closure.residual_m2 = (scope - land.reduce((a, b) => a + b, 0)) / 1e4;
      return f;
    };
    expect(vectors.columns).toEqual([...groups]);
    for (const { name, round, rows } of vectors.cases) {
      const got = printedOf({
        round: { target_ha: null, figures: read(round) },
        parcels: rows.map((r) => ({ code: r.code, figures: read(r) })),
      } as unknown as Progress);
      const shown = (r: PrintedRow | undefined) => ({ cells: groups.map((g) => r?.cells[g]), expected: r?.expected });
      expect(shown(got.round), name).toEqual(round.printed);
      for (const r of rows) expect(shown(got.rows.get(r.code)), `${name}: ${r.code}`).toEqual(r.printed);
    }
  });
  it("levels the week as the terminal does", () => {
    for (const { name, printed: total, rows } of vectors.weeks) {
      const list = rows.map((r) => ({ code: r.code, figures: { delta_week_m2: r.area / 1e4 } as Figures }));
      const got = weeksOf(list, null);
      expect([got.total, ...got.parts.values()], name).toEqual([total, ...rows.map((r) => r.printed)]);
    }
  });
  it("says nothing of what is not known", () => {
    const none = progress([figures({})], null);
    expect(printedOf(none)).toMatchObject({ toTarget: null, gap: null, round: { expected: null } });
  });
  it("moves units along a chain of rows where a direct move is barred", () => {
    // row 0 prints one too much in column 0, where only row 1 may take; row 1 gives in column 1 to row 2
    const matrix = [
      [2, 1],
      [1, 3],
      [4, 0],
    ];
    const exact = [
      [1.4, 1],
      [1.6, 2.5],
      [4, 0.5],
    ];
    balance(matrix, exact, [2, 4, 5]);
    expect(matrix).toEqual([
      [1, 1],
      [2, 2],
      [4, 1],
    ]);
  });
  it("levels any grouping to the printed total", () => {
    const list = Array.from({ length: 3 }, some);
    const { round } = printedOf(progress(list, null));
    const rows = [
      ...tableRows(
        list.map((f, i) => ({ code: `F-0${i}`, figures: f })),
        round,
      ).values(),
    ];
    for (const g of groups as readonly Group[])
      expect(rows.reduce((sum, r) => sum + r.cells[g], 0)).toBe(round.cells[g]);
  });
});
