import { expect, test } from "vitest";
import { en } from "./en";
import { fill } from "./language";
import { zh } from "./zh";

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test("both languages have the same names in each text", () => {
  for (const [key, text] of Object.entries(en)) {
    expect(names(zh[key as keyof typeof en]), key).toEqual(names(text));
  }
});

test("names are filled, and unknown ones stay", () => {
  expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
});
