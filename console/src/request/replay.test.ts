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
