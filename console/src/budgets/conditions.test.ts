import { expect, test } from "vitest";
import { conditionsOf } from "./conditions";

test("conditions are read as one line", () => {
  expect(
    conditionsOf({
      conditions: [
        { key: "model", value: ["gpt-5*", "claude*"] },
        { key: "metadata.plan", value: ["trial"], excludes: true },
      ],
    }),
  ).toBe("model = gpt-5*, claude*; metadata.plan ≠ trial");
  expect(conditionsOf({ conditions: null })).toBe("");
});
