import { expect, test } from "vitest";
import { variablesOf } from "./variables";

test("variables are named once, sections too", () => {
  expect(
    variablesOf({ messages: [{ content: "{{ name }} {{{raw}}} {{#items}}{{.}}{{/items}} {{name}}" }], model: "{{m}}" }),
  ).toEqual(["name", "raw", "items", "m"]);
  expect(variablesOf({ prompt: "{{a}}", test_cases: [{ name: "{{b}}" }] })).toEqual(["a"]);
  expect(variablesOf(undefined)).toEqual([]);
});
