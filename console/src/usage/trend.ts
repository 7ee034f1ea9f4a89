import type { SumRow, Sums } from "../api/resources";

/** What a graph shows of a period: a number of each interval, and one of the whole. */
export const metrics = {
  price: { value: (r: SumRow) => r.price_usd, adds: true },
  calls: { value: (r: SumRow) => r.calls, adds: true },
  tokens: { value: (r: SumRow) => r.input_tokens + r.output_tokens, adds: true },
  errors: { value: (r: SumRow) => (r.calls > 0 ? r.errors / r.calls : 0), adds: false },
  cache: { value: (r: SumRow) => (r.calls > 0 ? r.cache_hits / r.calls : 0), adds: false },
  latency: { value: (r: SumRow) => r.latency_ms.p95, adds: false },
} as const;

export type Metric = keyof typeof metrics;

export interface Trend {
  /** Seconds since 1970: the beginnings of the intervals. */
  times: number[];
  now: number[];
  /** The same intervals of the period before. */
  before: number[];
}

/** trendOf lays the intervals of a period and of the one before beside each other. Intervals without a call are 0. */
export function trendOf(sums: Sums, metric: Metric): Trend {
  const step = sums.interval_seconds;
  const out: Trend = { times: [], now: [], before: [] };
  if (step <= 0) {
    return out;
  }
  const { value } = metrics[metric];
  const at = (text: string | undefined) => Math.floor(Date.parse(text ?? "") / 1000 / step) * step;
  const valuesOf = (rows: SumRow[] | null | undefined) => new Map((rows ?? []).map((r) => [at(r.timestamp), value(r)]));
  const now = valuesOf(sums.data);
  const before = valuesOf(sums.previous?.data);
  const length = at(sums.since) - at(sums.previous?.since ?? sums.since);
  for (let time = at(sums.since); time <= at(sums.until); time += step) {
    out.times.push(time);
    out.now.push(now.get(time) ?? 0);
    out.before.push(before.get(time - length) ?? 0);
  }
  return out;
}

/** changeOf is how much a number differs from the one before, as a share; undefined without one before. */
export const changeOf = (now: number, before: number): number | undefined =>
  before > 0 ? (now - before) / before : undefined;
