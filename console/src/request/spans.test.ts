import { expect, test } from "vitest";
import type { Span } from "../api/exchange";
import { placeSpans } from "./spans";

const span = (id: string, parent: string, start_us: number, duration_us: number): Span => ({
  id,
  parent,
  name: id,
  kind: "internal",
  start_us,
  duration_us,
  self_us: 0,
  status: "unset",
  attributes: {},
});

test("children stand behind their parent, in order of time", () => {
  const placed = placeSpans([
    span("late", "root", 60, 40),
    span("root", "", 0, 100),
    span("early", "root", 10, 20),
    span("in", "early", 10, 5),
  ]);
  expect(placed.map((s) => `${s.depth} ${s.id} ${s.left} ${s.width}`)).toEqual([
    "0 root 0 1",
    "1 early 0.1 0.2",
    "2 in 0.1 0.05",
    "1 late 0.6 0.4",
  ]);
});

test("a parent elsewhere, a loop and no length do not lose a span", () => {
  expect(placeSpans([span("a", "elsewhere", 5, 0), span("self", "self", 5, 0)]).map((s) => s.id)).toEqual([
    "a",
    "self",
  ]);
});
