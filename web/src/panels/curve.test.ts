import { expect, test } from "vitest";
import type { Figures } from "../api/types";
import { beyond } from "./curve";

test("an aim that is not reached within ten years is named; one that is reached, or has a day, is not", () => {
  const f = (pace_ha: number, forecast_expected_on: string | null, forecast_on: string | null, released_ha = 100) =>
    ({ pace_ha, released_ha, expected_ha: 394, forecast_expected_on, forecast_on }) as Figures;
  expect(beyond(f(0.1, null, null), 500)).toBe("curve.neither");
  expect(beyond(f(0.5, "2031-01-01", null), 500)).toBe("curve.notTarget");
  expect(beyond(f(0.5, null, "2031-01-01"), 300)).toBe("curve.notExpected");
  expect(beyond(f(3, "2024-01-01", "2025-01-01"), 500)).toBeNull();
  expect(beyond(f(0, null, null), 500)).toBeNull();
  expect(beyond(f(1, null, null, 394), null)).toBeNull();
});
