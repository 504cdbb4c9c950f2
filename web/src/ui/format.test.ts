import { describe, expect, it } from "vitest";
import { dayOf, isDay, minuteOf, mu, number, plusDays, signed, weekday } from "./format";

describe("figures", () => {
  it("have thousands separators, a true minus, and no sign at zero", () => {
    expect(number(1155.0158, 2)).toBe("1,155.02");
    expect(number(-0.0021, 4)).toBe("−0.0021");
    expect(number(-0.001, 2)).toBe("0.00");
    expect(signed(0.5, 2)).toBe("+0.50");
    expect(signed(0.001, 2)).toBe("0.00");
  });
  it("turn m² into 亩", () => expect(number(mu(770010.577), 2)).toBe("1,155.02"));
});

describe("days", () => {
  it("are of the calendar", () => {
    expect(isDay("2024-02-29")).toBe(true);
    expect(isDay("2023-02-29")).toBe(false);
    expect(isDay("2023-2-9")).toBe(false);
  });
  it("move and have a weekday", () => {
    expect(plusDays("2022-03-01", -1)).toBe("2022-02-28");
    expect(weekday("2022-12-30")).toBe(5);
  });
  it("are Shanghai's", () => {
    expect(dayOf("2026-11-24T16:30:00Z")).toBe("2026-11-25");
    expect(minuteOf("2026-11-24T16:05:00Z")).toBe("2026-11-25 00:05");
    expect(minuteOf("2022-03-31")).toBe("2022-03-31");
  });
});
