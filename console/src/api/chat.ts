import { callWithID, type Options, stream } from "./client";

export interface Message {
  role: "system" | "user" | "assistant" | "tool";
  /** A text, or parts: texts, images, files. */
  content: string | unknown[] | null;
}

export interface ChatRequest {
  model: string;
  messages: Message[];
}

interface ToolCall {
  function?: { name?: string; arguments?: string };
}

interface Completion {
  id: string;
  choices: {
    message?: { content?: string | null };
    delta?: { content?: string | null; tool_calls?: ToolCall[] | null };
  }[];
}

/** callModel makes a call and returns its answer with the id of its request. */
export async function callModel(body: ChatRequest, apiKey: string): Promise<{ id: string; text: string }> {
  const { id, data } = await callWithID<Completion>("v1/chat/completions", { method: "POST", body, apiKey });
  return { id, text: data.choices[0]?.message?.content ?? "" };
}

/** streamChat makes a call to a path that answers as a chat, and yields the pieces of its answer, tool calls as text. */
export async function* streamChat(
  path: string,
  body: object,
  apiKey: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const data of stream(path, { method: "POST", body: { ...body, stream: true }, apiKey, signal })) {
    if (data === "[DONE]") {
      return;
    }
    const event = JSON.parse(data) as Completion & { error?: { message?: string } };
    if (event.error) {
      throw new Error(event.error.message ?? "");
    }
    const delta = event.choices[0]?.delta;
    for (const { function: called } of delta?.tool_calls ?? []) {
      yield `${called?.name ? `\n→ ${called.name} ` : ""}${called?.arguments ?? ""}`;
    }
    if (delta?.content) {
      yield delta.content;
    }
  }
}

/** chatAnswer makes a call to a path that answers as a chat, and returns the text of the answer and its output tokens, if counted. */
export async function chatAnswer(
  path: string,
  body: object,
  options: Options,
): Promise<{ text: string; tokens: number | undefined }> {
  const sent = { ...body, stream: true, stream_options: { include_usage: true } };
  let text = "";
  let tokens: number | undefined;
  for await (const data of stream(path, { ...options, method: "POST", body: sent })) {
    if (data === "[DONE]") {
      break;
    }
    const event = JSON.parse(data) as Completion & {
      error?: { message?: string };
      usage?: { completion_tokens?: number } | null;
    };
    if (event.error) {
      throw new Error(event.error.message ?? "");
    }
    text += event.choices?.[0]?.delta?.content ?? "";
    tokens = event.usage?.completion_tokens ?? tokens;
  }
  return { text, tokens };
}
