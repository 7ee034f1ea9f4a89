import { expect, test } from "vitest";
import { everyDay, forecast } from "./forecast";

const noon = new Date("2026-11-28T12:00:00Z");

test("days without calls are zero", () => {
  expect(everyDay([{ day: "2026-11-26", amount: 2 }], noon)).toEqual([
    { day: "2026-11-26", amount: 2 },
    { day: "2026-11-27", amount: 0 },
    { day: "2026-11-28", amount: 0 },
  ]);
});

test("a month comes to what is spent and the average of the last whole days", () => {
  const days = [
    { day: "2026-10-31", amount: 7 },
    { day: "2026-11-27", amount: 4 },
    { day: "2026-11-28", amount: 1 },
  ];
  // 5 spent in November; seven whole days cost 4; two and a half days are left.
  expect(forecast(days, noon)).toBeCloseTo(5 + (4 / 7) * 2.5);
  expect(forecast([], noon)).toBeUndefined();
  expect(forecast([{ day: "2026-11-28", amount: 1 }], noon)).toBeUndefined();
});
