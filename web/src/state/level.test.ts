import { describe, expect, it } from "vitest";
import { centihectare, centimu, levelled, sumExact } from "./level";

const parts = (...areas: number[]) => areas.map((m2, i) => ({ code: `P-0${i + 1}`, m2 }));

describe("levelled", () => {
  it("makes printed parts add up to the rounded total, the largest remainders first", () => {
    // 1.004 + 1.004 + 1.004 = 3.012 → 3.01: one of three equal remainders takes the hundredth, the first by code
    const { parts: printed, total } = levelled(parts(10040, 10040, 10040), centihectare);
    expect(total).toBe(301);
    expect([...printed.values()]).toEqual([101, 100, 100]);
  });
  it("prefers the larger remainder over the earlier code", () => {
    expect([...levelled(parts(10010, 10080), centihectare).parts.values()]).toEqual([100, 101]);
  });
  it("levels 亩, whose hundredth is no whole number of m²", () => {
    const { parts: printed, total } = levelled(parts(770010.577, 1079994.56), centimu);
    expect(total).toBe(Math.round(((770010.577 + 1079994.56) * 3) / 20));
    expect([...printed.values()].reduce((a, b) => a + b)).toBe(total);
  });
  it("is empty for nothing", () => {
    expect(levelled([], centihectare)).toEqual({ parts: new Map(), total: 0 });
  });
  it("holds for any areas", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let run = 0; run < 200; run++) {
      const areas = Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.round(random() * 1e10) / 1e4);
      const { parts: printed, total } = levelled(parts(...areas), centihectare);
      expect([...printed.values()].reduce((a, b) => a + b, 0)).toBe(total);
      [...printed.values()].forEach((v, i) => {
        expect(Math.abs(v - (areas[i] ?? 0) / 100)).toBeLessThan(1);
      });
    }
  });
});

describe("sumExact", () => {
  it("has no drift", () => expect(sumExact([0.1, 0.2, 770010.5774])).toBe(770010.8774));
});
