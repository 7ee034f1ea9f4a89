import { expect, test } from "vitest";
import { chatOf } from "./replay";

const row = (request: unknown, operation = "chat") => ({ request, operation, model: "gpt-5-mini" }) as never;

test("a recorded chat can be sent again", () => {
  expect(
    chatOf(
      row({
        system: "Be kind.",
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: [{ type: "text", text: "Hello" }] },
          { role: "user", content: "Go on" },
        ],
      }),
    ),
  ).toEqual({
    model: "gpt-5-mini",
    system: "Be kind.",
    earlier: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
    ],
    message: "Go on",
  });
});

test("what is no chat of words is not offered", () => {
  expect(chatOf(row(undefined))).toBeUndefined();
  expect(chatOf(row({ input: "text" }, "embeddings"))).toBeUndefined();
  expect(chatOf(row({ messages: [{ role: "tool", content: "4" }] }))).toBeUndefined();
});

test("a recorded request in the chat format keeps its tools, images and parameters", () => {
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
  const called = { role: "assistant", content: null, tool_calls: [{ id: "1", type: "function" }] };
  const result = { role: "tool", tool_call_id: "1", content: "4" };
  const tools = [{ type: "function", function: { name: "add" } }];
  const request = {
    model: "echo",
    stream: true,
    user: "ada",
    temperature: 0.2,
    tools,
    messages: [
      { role: "system", content: "Be kind." },
      called,
      result,
      { role: "user", content: [{ type: "text", text: "What is it?" }, image] },
    ],
  };
  expect(chatOf({ request, operation: "chat", model: "gpt-5-mini", route: "/v1/chat/completions" } as never)).toEqual({
    model: "gpt-5-mini",
    system: "Be kind.",
    earlier: [called, result],
    message: "What is it?",
    parts: [image],
    rest: { tools },
    parameters: { temperature: 0.2 },
  });
});
