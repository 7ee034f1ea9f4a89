import { expect, test } from "vitest";
import { placeCalls } from "./place";

test("calls are placed in the time of their session", () => {
  const rows = [
    { time: "2026-11-30T10:00:00Z", latency_ms: 1000 },
    { time: "2026-11-30T10:00:02Z", latency_ms: 2000 },
  ];
  expect(placeCalls(rows).map(({ left, width }) => [left, width])).toEqual([
    [0, 0.25],
    [0.5, 0.5],
  ]);
  expect(placeCalls([])).toEqual([]);
});
