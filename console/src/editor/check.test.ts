import { expect, test } from "vitest";
import schema from "../../../gateway/route/document/config.schema.json";
import { hintsOf } from "./check";
import type { Schema } from "./complete";

const hints = (value: unknown) => hintsOf(schema as Schema, value).map((h) => `${h.kind} ${h.path.join(".")}`);

test("a config of the schema has no hints", () => {
  expect(hints({ retry: 3, cache: "semantic", targets: [{ provider: "mock", retry: { attempts: 1 } }] })).toEqual([]);
  expect(hints({})).toEqual([]);
});

test("unknown fields, other types and other words are told with their place", () => {
  expect(hints({ retires: 3 })).toEqual(["unknown retires"]);
  expect(hints({ strategy: { mode: "random" }, targets: [{ weight: "2" }] })).toEqual([
    "word strategy.mode",
    "type targets.0.weight",
  ]);
  expect(hints([])).toEqual(["type "]);
});
