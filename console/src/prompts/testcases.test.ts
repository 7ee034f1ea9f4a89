import { expect, test } from "vitest";
import table from "../../../prompts/testcase/testdata/judge.json";
import { type Expect, judge, testCasesOf } from "./testcases";

test("answers are judged as the command judges them", () => {
  for (const c of table) {
    expect(judge(c.expect as Expect, c.answer, c.tokens < 0 ? undefined : c.tokens), JSON.stringify(c)).toEqual(
      c.failed,
    );
  }
});

test("a body without test cases has none", () => {
  expect(testCasesOf(undefined)).toEqual([]);
  expect(testCasesOf({ test_cases: 7 })).toEqual([]);
  expect(testCasesOf({ test_cases: [{ name: "a", expect: {} }] })).toHaveLength(1);
});
