// What the applications in JavaScript share: the call through Sluice, and how they end.
const base = process.env.SLUICE_BASE;
export const model = process.env.SLUICE_MODEL;
export const asked = [{ role: "user", content: "Hello exporter." }];

/** The header that places a call below a span. */
export const traceparent = (span) => `00-${span.traceId}-${span.spanId}-01`;

/** The answer of the model. */
export async function ask(traceparent) {
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: "POST", body: JSON.stringify({ model, messages: asked }),
    headers: { authorization: `Bearer ${process.env.SLUICE_KEY}`, "content-type": "application/json", traceparent },
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

export const answered = (answer) => answer.choices[0].message.content;

/** Tells which trace was exported. */
export const report = (trace) => console.log(JSON.stringify({ trace }));
