import { callWithID, stream } from "./client";

export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface ChatRequest {
  model: string;
  messages: Message[];
}

interface Completion {
  id: string;
  choices: { message?: { content?: string | null }; delta?: { content?: string | null } }[];
}

/** callModel makes a call and returns its answer with the id of its request. */
export async function callModel(body: ChatRequest, apiKey: string): Promise<{ id: string; text: string }> {
  const { id, data } = await callWithID<Completion>("v1/chat/completions", { method: "POST", body, apiKey });
  return { id, text: data.choices[0]?.message?.content ?? "" };
}

/** streamModel makes a call and yields the pieces of its answer. */
export const streamModel = (body: ChatRequest, apiKey: string, signal: AbortSignal): AsyncGenerator<string> =>
  streamChat("v1/chat/completions", body, apiKey, signal);

/** streamChat makes a call to a path that answers as a chat, and yields the pieces of its answer. */
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
    const piece = event.choices[0]?.delta?.content;
    if (piece) {
      yield piece;
    }
  }
}
