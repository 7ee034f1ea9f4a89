import { expect, test } from "vitest";
import { clock, duration, money, percent, tick } from "./format";

test("durations keep three significant digits", () => {
  expect([null, 0.0421, 2.736, 45.61, 999.4, 1234, 59_900, 200_000].map(duration)).toEqual([
    "–",
    "42 µs",
    "2.74 ms",
    "45.6 ms",
    "999 ms",
    "1.23 s",
    "59.9 s",
    "3 min",
  ]);
});

test("money is told from zero", () => {
  expect([null, 0, 0.000002, 0.0123, 1.5, 1234.567].map(money)).toEqual([
    "–",
    "$0",
    "$0.00000200",
    "$0.0123",
    "$1.50",
    "$1234.57",
  ]);
});

test("a time of another day has its date", () => {
  const now = new Date("2026-11-29T12:00:00");
  expect(clock("2026-11-29T10:01:02", "en-GB", now)).toBe("10:01:02");
  expect(clock("2026-11-27T10:01:02", "en-GB", now)).toContain("27");
  expect(clock("no time", "en-GB", now)).toBe("no time");
});

test("shares keep three significant digits", () => {
  expect([0, 0.00012, 0.1634, 1].map(percent)).toEqual(["0 %", "0.012 %", "16.3 %", "100 %"]);
});

test("an axis has hours of 24, and dates at midnight", () => {
  const at = (time: string) => new Date(time).getTime() / 1000;
  expect(tick(at("2026-11-29T18:00:00"), 3_600, "en-GB")).toBe("18:00");
  expect(tick(at("2026-11-29T00:00:00"), 3_600, "en-GB")).toBe("29 Nov");
  expect(tick(at("2026-11-29T12:00:00"), 86_400, "en-GB")).toBe("29 Nov");
});
