import type { Message } from "../api/chat";
import type { Exchange } from "../api/exchange";
import { requestTurns } from "./messages";

export interface Chat {
  model: string;
  system: string;
  /** The turns before the last message. */
  earlier: Message[];
  message: string;
  /** Parts of the last message that are no text: images, files, audio. */
  parts?: unknown[];
  /** What the request asked for besides: tools, their choice, the form of the answer. */
  rest?: Record<string, unknown>;
  /** Numbers and the like that change how a model answers. */
  parameters?: Record<string, unknown>;
}

type JSONObject = Record<string, unknown>;
const isObject = (v: unknown): v is JSONObject => typeof v === "object" && v !== null && !Array.isArray(v);

/** Fields of a chat that are no parameter of the model, and stay as they are. */
const structured = ["tools", "tool_choice", "parallel_tool_calls", "response_format", "functions", "function_call"];
/** Fields that the playground writes itself, or that belong to the call that was made. */
const own = ["model", "messages", "stream", "stream_options", "user", "metadata", "store", "config"];

/**
 * chatOf is what a recorded request asked, as a chat that can be sent again; undefined where its
 * body was not kept or does not end in words of a user. A request in the chat format keeps its tools,
 * images and parameters; of other formats the words are kept.
 */
export function chatOf(row: Pick<Exchange, "request" | "model" | "operation" | "route">): Chat | undefined {
  if (row.operation !== "chat") {
    return undefined;
  }
  const turns = requestTurns(row.request);
  const last = turns.at(-1);
  if (last?.role !== "user" || last.text === "") {
    return undefined;
  }
  const whole = isObject(row.request) && row.route?.endsWith("/chat/completions") ? wholeChat(row.request) : undefined;
  if (whole) {
    return { model: row.model ?? "", ...whole };
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

/** wholeChat takes a body in the chat format apart without losing anything; undefined where it is none. */
function wholeChat(body: JSONObject): Omit<Chat, "model"> | undefined {
  const messages = Array.isArray(body.messages) ? body.messages.filter(isObject) : [];
  const last = messages.at(-1);
  const first = messages[0];
  if (last?.role !== "user") {
    return undefined;
  }
  const parts: unknown[] = Array.isArray(last.content) ? last.content : [{ type: "text", text: String(last.content) }];
  const isText = (part: unknown): part is { text: string } =>
    isObject(part) && part.type === "text" && typeof part.text === "string";
  const system = first?.role === "system" && typeof first.content === "string" ? first.content : "";
  const pick = (names: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(body).filter(([name]) => !own.includes(name) && names(name)));
  return {
    system,
    earlier: messages.slice(system ? 1 : 0, -1) as unknown as Message[],
    message: parts
      .filter(isText)
      .map((part) => part.text)
      .join("\n"),
    parts: parts.filter((part) => !isText(part)),
    rest: pick((name) => structured.includes(name)),
    parameters: pick((name) => !structured.includes(name)),
  };
}
