/** A day's amount, as GET /v1/usage groups it: the day is in UTC. */
export interface Day {
  day: string; // 2026-11-30
  amount: number;
}

const dayLength = 86_400_000;

/** everyDay fills the days between the first and `until` that nothing was recorded on. */
export function everyDay(days: Day[], until: Date): Day[] {
  const known = new Map(days.map((d) => [d.day, d.amount]));
  const first = Math.min(...days.map((d) => Date.parse(d.day)).filter((t) => !Number.isNaN(t)), until.getTime());
  const out: Day[] = [];
  for (let at = first; at <= until.getTime(); at += dayLength) {
    const day = new Date(at).toISOString().slice(0, 10);
    out.push({ day, amount: known.get(day) ?? 0 });
  }
  return out;
}

/**
 * forecast is what the month of `now` comes to if its other days cost what the last seven whole
 * days did on average. Without a whole day there is none.
 */
export function forecast(days: Day[], now: Date): number | undefined {
  const today = now.toISOString().slice(0, 10);
  const whole = everyDay(days, now)
    .filter((d) => d.day < today)
    .slice(-7);
  if (whole.length === 0) {
    return undefined;
  }
  const rate = whole.reduce((sum, d) => sum + d.amount, 0) / whole.length;
  const month = today.slice(0, 8);
  const spent = days.filter((d) => d.day.startsWith(month)).reduce((sum, d) => sum + d.amount, 0);
  const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  return spent + rate * ((end - now.getTime()) / dayLength);
}
