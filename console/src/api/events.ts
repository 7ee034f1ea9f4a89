/** An event of a stream: its name, "" where it has none, and its data. */
export interface StreamEvent {
  name: string;
  data: string;
}

/** readEvents cuts whole events off a text, and returns what follows them. */
export function readEvents(text: string): { events: StreamEvent[]; rest: string } {
  const parts = text.split("\n\n");
  const rest = parts.pop() ?? "";
  const events: StreamEvent[] = [];
  for (const part of parts) {
    const data: string[] = [];
    let name = "";
    for (const line of part.split("\n")) {
      if (line.startsWith("data:")) {
        data.push(line.slice(5).trimStart());
      } else if (line.startsWith("event:")) {
        name = line.slice(6).trim();
      }
    }
    if (data.length > 0) {
      events.push({ name, data: data.join("\n") });
    }
  }
  return { events, rest };
}
