import { expect, test } from "vitest";
import { requestTurns, responseTurns } from "./messages";

const hello = { role: "user", text: "Hello" };

test("the turns of every format", () => {
  expect(requestTurns({ messages: [{ role: "user", content: "Hello" }] })).toEqual([hello]);
  expect(
    requestTurns({
      system: [{ type: "text", text: "Brief." }],
      messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
    }),
  ).toEqual([{ role: "system", text: "Brief." }, hello]);
  expect(requestTurns({ instructions: "Brief.", input: "Hello" })).toEqual([{ role: "system", text: "Brief." }, hello]);
  expect(requestTurns({ input: [{ role: "user", content: [{ type: "input_text", text: "Hello" }] }] })).toEqual([
    hello,
  ]);
  expect(
    requestTurns({
      systemInstruction: { parts: [{ text: "Brief." }] },
      contents: [{ role: "user", parts: [{ text: "Hello" }] }],
    }),
  ).toEqual([{ role: "system", text: "Brief." }, hello]);
});

test("the answers of every format", () => {
  const want = [{ role: "assistant", text: "Hi" }];
  expect(responseTurns({ choices: [{ message: { role: "assistant", content: "Hi" } }] })).toEqual(want);
  expect(responseTurns({ role: "assistant", content: [{ type: "text", text: "Hi" }] })).toEqual(want);
  expect(
    responseTurns({ output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Hi" }] }] }),
  ).toEqual(want);
  expect(responseTurns({ candidates: [{ content: { role: "model", parts: [{ text: "Hi" }] } }] })).toEqual(want);
});

test("tool calls are shown, and nonsense does not throw", () => {
  const [turn] = responseTurns({
    choices: [{ message: { role: "assistant", content: null, tool_calls: [{ id: "call_1" }] } }],
  });
  expect(turn?.text).toContain("call_1");
  for (const body of [
    null,
    7,
    "x",
    [],
    { messages: 7 },
    { messages: [null, 7, { content: { a: 1 } }] },
    { choices: [null] },
  ]) {
    expect(() => [...requestTurns(body), ...responseTurns(body)]).not.toThrow();
  }
});
