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
