import { expect, test } from "vitest";
import { conditionsOf, groupsOf, readConditions, readGroups } from "./conditions";

const conditions = [
  { key: "model", value: ["gpt-5*", "claude*"] },
  { key: "metadata.plan", value: ["trial"], excludes: true },
];

test("conditions are written as one line, and read from it", () => {
  const line = "model = gpt-5*, claude*; metadata.plan ≠ trial";
  expect(conditionsOf({ conditions })).toBe(line);
  expect(conditionsOf({ conditions: null })).toBe("");
  expect(readConditions(line)).toEqual(conditions);
  expect(readConditions("model=gpt-5*,claude*;metadata.plan!=trial")).toEqual(conditions);
  expect(readConditions(" ; ")).toEqual([]);
  for (const wrong of ["model", "=x", "model=", "a b=c"]) {
    expect(() => readConditions(wrong), wrong).toThrow(wrong);
  }
});

test("groups are written as one line, and read from it", () => {
  expect(groupsOf({ group_by: readGroups("member, model,") })).toBe("member, model");
  expect(groupsOf({ group_by: null })).toBe("");
});
