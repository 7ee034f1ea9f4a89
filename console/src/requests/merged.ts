import type { Exchange } from "../api/exchange";

/** merged puts new rows in front of the list's, newest first, each once. */
export function merged(fresh: Exchange[], listed: Exchange[]): Exchange[] {
  if (fresh.length === 0) {
    return listed;
  }
  const known = new Set(listed.map((r) => r.id));
  const added = fresh.filter((r) => !known.has(r.id));
  return [...added, ...listed].toSorted((a, b) =>
    a.time === b.time ? (a.id < b.id ? 1 : -1) : a.time < b.time ? 1 : -1,
  );
}
