import { expect, test } from "vitest";
import { errorOf, pathByIndent, placeOf, readYAML, writeYAML } from "./yaml";

test("the path of a line follows from its indentation", () => {
  expect(pathByIndent("")).toEqual([]);
  expect(pathByIndent("strategy:\n  mo")).toEqual(["strategy"]);
  expect(pathByIndent("strategy:\n  mode: fallback\ntar")).toEqual([]);
  expect(pathByIndent("targets:\n  - prov")).toEqual(["targets", ""]);
  expect(pathByIndent("targets:\n- prov")).toEqual(["targets", ""]);
  expect(pathByIndent("targets:\n  - provider: mock\n    wei")).toEqual(["targets", ""]);
  expect(pathByIndent("targets:\n  - provider: mock\n  - retry:\n      att")).toEqual(["targets", "", "retry"]);
});

test("values are found in JSON and YAML", () => {
  const json = '{"targets": [{"provider": "mock"}]}';
  const { from, to } = placeOf(json, ["targets", 0, "provider"]);
  expect(json.slice(from, to)).toBe('"mock"');
  const yaml = writeYAML(JSON.parse(json));
  expect(readYAML(yaml)).toEqual(JSON.parse(json));
  expect(errorOf("a: [")).toBeDefined();
  expect(errorOf("a: 1")).toBeUndefined();
});
