import { expect, test } from "vitest";
import { healthOf } from "./health";

test("health is by the share of errors", () => {
  const of = (calls: number, errors: number) => healthOf({ calls, errors });
  expect([of(0, 0), of(100, 0), of(100, 4), of(100, 5), of(100, 50), of(100, 51)]).toEqual([
    "idle",
    "well",
    "well",
    "failing",
    "failing",
    "broken",
  ]);
});
