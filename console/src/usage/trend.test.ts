import { expect, test } from "vitest";
import type { SumRow, Sums } from "../api/resources";
import { changeOf, trendOf } from "./trend";

const row = (timestamp: string, calls: number) => ({ timestamp, calls }) as SumRow;

test("the periods lie beside each other, and intervals without calls are 0", () => {
  const sums = {
    since: "2026-11-30T00:00:00Z",
    until: "2026-11-30T02:30:00Z",
    interval_seconds: 3600,
    data: [row("2026-11-30T01:00:00Z", 5)],
    previous: { since: "2026-11-29T22:00:00Z", until: "2026-11-30T00:00:00Z", data: [row("2026-11-29T23:00:00Z", 4)] },
  } as unknown as Sums;
  const begin = Date.parse("2026-11-30T00:00:00Z") / 1000;
  expect(trendOf(sums, "calls")).toEqual({
    times: [begin, begin + 3600, begin + 7200],
    now: [0, 5, 0],
    before: [0, 4, 0],
  });
});

test("a change needs something before", () => {
  expect(changeOf(3, 2)).toBe(0.5);
  expect(changeOf(3, 0)).toBeUndefined();
});
