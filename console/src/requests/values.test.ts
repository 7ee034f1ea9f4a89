import { expect, test } from "vitest";
import { textOf, toggled, valuesOf } from "./values";

test("values are separated by commas, and quoted where they have one", () => {
  for (const values of [[], ["gpt-5"], ["gpt-5", "claude"], ["a, b", "c"]]) {
    expect(valuesOf(textOf(values))).toEqual(values);
  }
  expect(valuesOf(" a , ,b,")).toEqual(["a", "b"]);
  expect(valuesOf(undefined)).toEqual([]);
});

test("a value is added, and taken out again", () => {
  expect(toggled("5xx", "429")).toBe("5xx,429");
  expect(toggled("5xx,429", "5xx")).toBe("429");
  expect(toggled("429", "429")).toBe("");
});
