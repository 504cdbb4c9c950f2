import { expect, it } from "vitest";
import { daysOf, shift } from "./calendar";

it("shows whole weeks, Monday first", () => {
  const days = daysOf("2022-02");
  expect(days[0]).toBe("2022-01-31");
  expect(days.at(-1)).toBe("2022-03-06");
  expect(days.length % 7).toBe(0);
});

it("turns months over the year", () => {
  expect(shift("2022-01", -1)).toBe("2021-12");
  expect(shift("2022-12", 1)).toBe("2023-01");
});
