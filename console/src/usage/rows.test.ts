import { expect, test } from "vitest";
import { nameOf, sumOf } from "./rows";

const row = {
  calls: 2,
  errors: 1,
  input_tokens: 3,
  output_tokens: 4,
  cost_usd: 0.5,
  price_usd: 0.75,
  unpriced_calls: 1,
};

test("rows add up", () => {
  expect(sumOf([row, row])).toEqual({
    calls: 4,
    errors: 2,
    input_tokens: 6,
    output_tokens: 8,
    cost_usd: 1,
    price_usd: 1.5,
    unpriced_calls: 2,
  });
  expect(sumOf([]).calls).toBe(0);
});

test("a row has the name of its group, else its id", () => {
  const named = {
    ...row,
    day: "2026-11-29",
    model: "m",
    member: "1",
    member_name: "ada",
    team: "t",
    api_key: "k",
    api_key_name: "ci",
  };
  expect((["day", "model", "member", "team", "api_key"] as const).map((g) => nameOf(named, g))).toEqual([
    "2026-11-29",
    "m",
    "ada",
    "t",
    "ci",
  ]);
});
