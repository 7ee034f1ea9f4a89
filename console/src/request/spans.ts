import type { Span } from "../api/exchange";

export interface PlacedSpan extends Span {
  depth: number;
  /** Begin and length as shares of the whole, 0 to 1. */
  left: number;
  width: number;
}

const maxDepth = 32;

/** placeSpans orders spans as a tree, each behind its parent, and places them in the whole's time. */
export function placeSpans(spans: Span[]): PlacedSpan[] {
  const known = new Set(spans.map((s) => s.id));
  const children = new Map<string, Span[]>();
  for (const span of spans) {
    const parent = span.parent && known.has(span.parent) && span.parent !== span.id ? span.parent : "";
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const begin = Math.min(...spans.map((s) => s.start_us));
  const whole = Math.max(1, Math.max(...spans.map((s) => s.start_us + s.duration_us)) - begin);
  const placed: PlacedSpan[] = [];
  const place = (parent: string, depth: number) => {
    const list = (children.get(parent) ?? []).toSorted((a, b) => a.start_us - b.start_us);
    for (const span of list) {
      placed.push({ ...span, depth, left: (span.start_us - begin) / whole, width: span.duration_us / whole });
      if (depth < maxDepth) {
        place(span.id, depth + 1);
      }
    }
  };
  place("", 0);
  return placed;
}

/** The attributes that a span's line shows, in this order, as `sluice trace` does. */
const remarks = [
  "sluice.target",
  "gen_ai.request.model",
  "http.response.status_code",
  "sluice.cache.status",
  "gen_ai.prompt.name",
  "sluice.prompt.variant",
  "sluice.guardrail.action",
  "error.type",
];

/** lineOf is what a span's line says: its name, with an attempt's provider, and what is worth a remark. */
export function lineOf(span: Span): { name: string; remark: string } {
  const attributes = (span.attributes ?? {}) as Record<string, unknown>;
  const provider = attributes["gen_ai.provider.name"];
  const attempt = span.kind === "client" && typeof provider === "string";
  const said = remarks.filter((name) => !span.name.includes(String(attributes[name])));
  return {
    name: attempt ? `${span.name} ${provider}` : span.name,
    remark: said.flatMap((name) => attributes[name] ?? []).join(" · "),
  };
}
