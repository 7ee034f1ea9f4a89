// How values are written. Times are local, with the zone told in the title of the element.

/** duration writes milliseconds with three significant digits: 1.23 ms, 45.6 ms, 1.2 s, 3 min. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) {
    return "–";
  }
  if (ms < 1) {
    return `${Math.round(ms * 1000)} µs`;
  }
  if (ms < 1000) {
    return `${Number(ms.toPrecision(3))} ms`;
  }
  return ms < 60_000 ? `${Number((ms / 1000).toPrecision(3))} s` : `${Math.round(ms / 60_000)} min`;
}

/** money writes US dollars with as many digits as the amount needs to be told from zero. */
export function money(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) {
    return "–";
  }
  if (usd === 0) {
    return "$0";
  }
  const digits = Math.abs(usd) >= 1 ? 2 : Math.min(9, 2 - Math.floor(Math.log10(Math.abs(usd))));
  return `$${usd.toFixed(digits)}`;
}

/** count writes an integer with separators. */
export function count(n: number, language: string): string {
  return n.toLocaleString(language);
}

/** clock writes a time of today as a clock, else with its date. */
export function clock(time: string, language: string, now = new Date()): string {
  const t = new Date(time);
  if (Number.isNaN(t.getTime())) {
    return time;
  }
  const sameDay = t.toDateString() === now.toDateString();
  return t.toLocaleString(
    language,
    sameDay
      ? { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }
      : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false },
  );
}

/** tick writes a time, in seconds since 1970, at an axis with so many seconds between two of them. */
export function tick(seconds: number, step: number, language: string): string {
  const t = new Date(seconds * 1000);
  const midnight = t.getHours() === 0 && t.getMinutes() === 0;
  return step >= 86_400 || midnight
    ? t.toLocaleDateString(language, { month: "short", day: "numeric" })
    : t.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** bytes writes a size with three significant digits. */
export function bytes(n: number, language: string): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, n > 0 ? Math.floor(Math.log10(n) / 3) : 0);
  return `${Number((n / 1000 ** power).toPrecision(3)).toLocaleString(language)} ${units[power]}`;
}

/** percent writes a share with three significant digits. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
