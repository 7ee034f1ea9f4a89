// Compares a value with a schema of ours: unknown fields, other types, other words. The server
// judges in the end; these are hints while one writes.
import { type Schema, withAlternatives } from "./complete";

export interface Hint {
  /** Names of fields and numbers of list elements. */
  path: (string | number)[];
  kind: "unknown" | "type" | "word";
  /** What the schema names in its place. */
  wanted: string[];
}

/** So many hints are enough. */
const most = 20;

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value === "boolean" ? "boolean" : typeof value;

function takes(schema: Schema, value: unknown): boolean {
  const type = typeOf(value);
  if (schema.enum && type !== "object" && type !== "array") {
    return true; // its words are compared later
  }
  const wanted = schema.type ?? (schema.properties ? "object" : schema.items ? "array" : undefined);
  return !wanted || wanted === type || (wanted === "integer" && Number.isInteger(value));
}

/** hintsOf tells where a value departs from a schema. */
export function hintsOf(root: Schema, value: unknown): Hint[] {
  const hints: Hint[] = [];
  const walk = (schemas: Schema[], at: unknown, path: (string | number)[]) => {
    if (hints.length >= most || at === null || schemas.length === 0) {
      return;
    }
    const fitting = schemas.filter((s) => takes(s, at));
    if (fitting.length === 0) {
      hints.push({ path, kind: "type", wanted: schemas.flatMap((s) => s.type ?? []) });
      return;
    }
    if (Array.isArray(at)) {
      const items = fitting.flatMap((s) => (s.items ? withAlternatives(root, s.items) : []));
      at.forEach((item, i) => {
        walk(items, item, [...path, i]);
      });
      return;
    }
    if (typeof at === "object") {
      const named = fitting.filter((s) => s.properties);
      for (const [name, below] of Object.entries(at)) {
        const next = named.flatMap((s) => {
          const field = s.properties?.[name];
          return field ? withAlternatives(root, field) : [];
        });
        if (next.length > 0) {
          walk(next, below, [...path, name]);
        } else if (!/[A-Z]/.test(name) && named.some((s) => s.additionalProperties === false)) {
          hints.push({ path: [...path, name], kind: "unknown", wanted: [] });
        }
      }
      return;
    }
    const words = fitting.flatMap((s) => s.enum ?? []);
    if (words.length > 0 && fitting.every((s) => s.enum) && !words.includes(at as string)) {
      hints.push({ path, kind: "word", wanted: words.map(String) });
    }
  };
  walk(withAlternatives(root, root), value, []);
  return hints;
}
