import type { Exchange } from "../api/exchange";

type Timed = Pick<Exchange, "time" | "latency_ms">;

/** placeCalls gives each call its begin and length as shares of the whole, 0 to 1. */
export function placeCalls<Row extends Timed>(rows: Row[]): { row: Row; left: number; width: number }[] {
  const begins = rows.map((r) => Date.parse(r.time));
  const first = Math.min(...begins);
  const whole = Math.max(1, ...rows.map((r, i) => (begins[i] ?? first) + r.latency_ms - first));
  return rows.map((row, i) => ({ row, left: ((begins[i] ?? first) - first) / whole, width: row.latency_ms / whole }));
}
