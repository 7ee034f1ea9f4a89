import type { SumRow, Sums } from "../api/resources";

/** The states of calls that looked for a stored answer, as GET /v1/analytics groups them. */
const looked = ["HIT", "SEMANTIC HIT", "MISS", "SEMANTIC MISS", "REFRESH"];

/** Shares of the calls that looked for a stored answer, between 0 and 1. */
export interface Shares {
  /** Seconds since 1970: the beginnings of the intervals. */
  times: number[];
  hits: number[];
  /** Of the calls, not of the hits. */
  near: number[];
}

export interface Whole {
  looked: number;
  hits: number;
  near: number;
  savedUSD: number;
}

const isHit = (r: SumRow) => r.value === "HIT" || r.value === "SEMANTIC HIT";
const calls = (rows: SumRow[], is: (r: SumRow) => boolean) => rows.filter(is).reduce((sum, r) => sum + r.calls, 0);
const isNear = (r: SumRow) => r.value === "SEMANTIC HIT";

/** wholeOf sums up a period. */
export function wholeOf(sums: Sums): Whole {
  const rows = (sums.data ?? []).filter((r) => looked.includes(r.value ?? ""));
  return {
    looked: calls(rows, () => true),
    hits: calls(rows, isHit),
    near: calls(rows, isNear),
    savedUSD: rows.reduce((sum, r) => sum + r.saved_usd, 0),
  };
}

/** sharesOf is the share of hits in each interval of a period. Intervals in which no call looked are 0. */
export function sharesOf(sums: Sums): Shares {
  const step = sums.interval_seconds;
  const out: Shares = { times: [], hits: [], near: [] };
  if (step <= 0) {
    return out;
  }
  const at = (text: string | undefined) => Math.floor(Date.parse(text ?? "") / 1000 / step) * step;
  const byTime = new Map<number, SumRow[]>();
  for (const row of sums.data ?? []) {
    if (looked.includes(row.value ?? "")) {
      const time = at(row.timestamp);
      byTime.set(time, [...(byTime.get(time) ?? []), row]);
    }
  }
  for (let time = at(sums.since); time <= at(sums.until); time += step) {
    const rows = byTime.get(time) ?? [];
    const all = Math.max(
      1,
      calls(rows, () => true),
    );
    out.times.push(time);
    out.hits.push(calls(rows, isHit) / all);
    out.near.push(calls(rows, isNear) / all);
  }
  return out;
}
