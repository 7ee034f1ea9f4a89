// Reads the turns of a conversation out of the bodies of every format that Sluice speaks: chat,
// Messages, Responses and generateContent. What it does not know is shown as JSON.

export interface Turn {
  role: string;
  text: string;
}

type JSONObject = Record<string, unknown>;

const isObject = (v: unknown): v is JSONObject => typeof v === "object" && v !== null && !Array.isArray(v);
const list = (v: unknown): unknown[] => (Array.isArray(v) ? v : []);
const json = (v: unknown): string => JSON.stringify(v, null, 2) ?? "";

/** partText is the text of one part of a message; a part that is no text is shown as JSON. */
function partText(part: unknown): string {
  if (typeof part === "string") {
    return part;
  }
  if (!isObject(part)) {
    return part === null || part === undefined ? "" : json(part);
  }
  for (const name of ["text", "thinking", "refusal"]) {
    if (typeof part[name] === "string") {
      return part[name];
    }
  }
  return json(part);
}

function contentText(content: unknown): string {
  return Array.isArray(content) ? content.map(partText).filter(Boolean).join("\n") : partText(content);
}

/** messageTurn reads one message of chat or Messages, with its tool calls. */
function messageTurn(message: unknown): Turn {
  if (!isObject(message)) {
    return { role: "", text: json(message) };
  }
  const calls = list(message.tool_calls).map(json);
  const thoughts = typeof message.reasoning_content === "string" ? [message.reasoning_content] : [];
  return {
    role: String(message.role ?? message.type ?? ""),
    text: [
      ...thoughts,
      contentText(message.content ?? message.parts ?? message.summary ?? (message.role ? "" : message)),
      ...calls,
    ]
      .filter(Boolean)
      .join("\n"),
  };
}

/** requestTurns are the turns that a request brought. */
export function requestTurns(body: unknown): Turn[] {
  if (!isObject(body)) {
    return [];
  }
  const turns: Turn[] = [];
  for (const system of [
    body.system,
    body.instructions,
    isObject(body.systemInstruction) ? body.systemInstruction.parts : undefined,
  ]) {
    if (system !== undefined && system !== null) {
      turns.push({ role: "system", text: contentText(system) });
    }
  }
  if (typeof body.input === "string") {
    turns.push({ role: "user", text: body.input });
  }
  for (const message of [...list(body.messages), ...list(body.contents), ...list(body.input)]) {
    turns.push(typeof message === "string" ? { role: "user", text: message } : messageTurn(message));
  }
  return turns;
}

/** responseTurns are the turns of an answer. */
export function responseTurns(body: unknown): Turn[] {
  if (!isObject(body)) {
    return [];
  }
  const turns: Turn[] = [];
  for (const choice of list(body.choices)) {
    turns.push(isObject(choice) ? messageTurn(choice.message ?? choice.delta ?? choice) : messageTurn(choice));
  }
  for (const candidate of list(body.candidates)) {
    const turn = messageTurn(isObject(candidate) ? (candidate.content ?? candidate) : candidate);
    turns.push({ ...turn, role: turn.role === "model" ? "assistant" : turn.role });
  }
  for (const item of list(body.output)) {
    turns.push(messageTurn(item));
  }
  if (body.content !== undefined && turns.length === 0) {
    turns.push(messageTurn({ role: "assistant", ...body }));
  }
  return turns;
}
