import { expect, test } from "vitest";
import type { SumRow, Sums } from "../api/resources";
import { sharesOf, wholeOf } from "./tiers";

const row = (timestamp: string, value: string, calls: number, saved_usd = 0) =>
  ({ timestamp, value, calls, saved_usd }) as SumRow;
const sums = {
  since: "2026-11-30T00:10:00Z",
  until: "2026-11-30T02:10:00Z",
  interval_seconds: 3600,
  data: [
    row("2026-11-30T00:00:00Z", "HIT", 3, 0.25),
    row("2026-11-30T00:00:00Z", "SEMANTIC HIT", 1, 0.5),
    row("2026-11-30T00:00:00Z", "MISS", 4),
    row("2026-11-30T00:00:00Z", "DISABLED", 100),
    row("2026-11-30T02:00:00Z", "SEMANTIC MISS", 2),
  ],
} as Sums;

test("shares are of the calls that looked for an answer, in each interval", () => {
  expect(sharesOf(sums)).toEqual({
    times: [0, 1, 2].map((hour) => Date.UTC(2026, 10, 30, hour) / 1000),
    hits: [0.5, 0, 0],
    near: [0.125, 0, 0],
  });
  expect(sharesOf({ ...sums, interval_seconds: 0 })).toEqual({ times: [], hits: [], near: [] });
});

test("a period is summed up", () => {
  expect(wholeOf(sums)).toEqual({ looked: 10, hits: 4, near: 1, savedUSD: 0.75 });
});
