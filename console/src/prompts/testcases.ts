// The test cases of a template, judged as the command `sluice prompts test` judges them.

export interface Expect {
  contains?: string[];
  not_contains?: string[];
  equals?: string;
  max_output_tokens?: number;
}

export interface TestCase {
  name: string;
  variables?: Record<string, unknown>;
  expect: Expect;
}

/** One expectation that an answer does not satisfy, and its text or number. */
export interface Failure {
  check: keyof Expect;
  want: string;
}

/** testCasesOf are the test cases of a template's body, which the server has checked. */
export function testCasesOf(body: unknown): TestCase[] {
  const cases = (body as { test_cases?: TestCase[] } | null | undefined)?.test_cases;
  return Array.isArray(cases) ? cases : [];
}

const trim = (text: string) => text.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");

/** judge compares an answer with what is expected. tokens are the output tokens, undefined if nobody counted them. */
export function judge(expect: Expect, answer: string, tokens: number | undefined): Failure[] {
  const failed: Failure[] = [];
  for (const want of expect.contains ?? []) {
    if (!answer.includes(want)) {
      failed.push({ check: "contains", want });
    }
  }
  for (const want of expect.not_contains ?? []) {
    if (answer.includes(want)) {
      failed.push({ check: "not_contains", want });
    }
  }
  if (expect.equals !== undefined && trim(answer) !== trim(expect.equals)) {
    failed.push({ check: "equals", want: expect.equals });
  }
  const most = expect.max_output_tokens;
  if (most !== undefined && (tokens === undefined || tokens > most)) {
    failed.push({ check: "max_output_tokens", want: String(most) });
  }
  return failed;
}
