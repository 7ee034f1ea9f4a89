import type { Message } from "../api/chat";
import type { Exchange } from "../api/exchange";
import { requestTurns } from "./messages";

export interface Chat {
  model: string;
  system: string;
  /** The turns before the last message. */
  earlier: Message[];
  message: string;
}

/**
 * chatOf is what a recorded request asked, as a chat that can be sent again; undefined where its
 * body was not kept or does not end in words of a user. Tools and parameters are left out.
 */
export function chatOf(row: Pick<Exchange, "request" | "model" | "operation">): Chat | undefined {
  if (row.operation !== "chat") {
    return undefined;
  }
  const turns = requestTurns(row.request);
  const last = turns.at(-1);
  if (last?.role !== "user" || last.text === "") {
    return undefined;
  }
  const system = turns.filter((t) => t.role === "system" || t.role === "developer").map((t) => t.text);
  const earlier = turns
    .slice(0, -1)
    .flatMap(({ role, text }): Message[] =>
      role === "user" || role === "assistant" || role === "model"
        ? [{ role: role === "user" ? "user" : "assistant", content: text }]
        : [],
    );
  return { model: row.model ?? "", system: system.join("\n\n"), earlier, message: last.text };
}
