import { expect, test } from "vitest";
import type { Span } from "../api/exchange";
import { lineOf, placeSpans } from "./spans";

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

test("a line names the provider of an attempt, and what came of it", () => {
  const attempt = {
    ...span("POST", "root", 0, 10),
    kind: "client",
    attributes: {
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-5",
      "http.response.status_code": 503,
      "sluice.target": "config.targets[0]",
    } as unknown as Span["attributes"],
  };
  expect(lineOf(attempt)).toEqual({ name: "POST openai", remark: "config.targets[0] · gpt-5 · 503" });
  expect(lineOf({ ...attempt, kind: "internal", name: "chat gpt-5" })).toEqual({
    name: "chat gpt-5",
    remark: "config.targets[0] · 503",
  });
  expect(lineOf(span("redact", "root", 0, 1))).toEqual({ name: "redact", remark: "" });
});
