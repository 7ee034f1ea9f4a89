// The filters of the list of requests stand in the address: an address is a saved view.
import { valuesOf } from "./values";

export const periods = ["15m", "1h", "24h", "168h", "720h"] as const;
export const cacheStates = ["HIT", "MISS", "SEMANTIC HIT", "SEMANTIC MISS", "REFRESH", "DISABLED"] as const;
export const statuses = ["2xx", "4xx", "5xx", "429"] as const;
export const verdicts = ["none", "allow", "flag", "redact", "deny"] as const;

/** Filters of texts take several values, of which one must match. */
export const textFilters = [
  "model",
  "provider",
  "member",
  "api_key",
  "virtual_key",
  "team",
  "config",
  "prompt",
  "variant",
] as const;

export interface RequestSearch extends Partial<Record<(typeof textFilters)[number], string>> {
  since?: string;
  status?: string;
  cache?: string;
  verdict?: string;
  session_id?: string;
  metadata?: string; // name=value
  text?: string; // words in what was asked or answered
  live?: "on";
  open?: string; // id of the request in the side panel
}

type Check = (value: string) => boolean;

/** Together with all its values, a filter has at most so many characters. */
const longest = 1000;
const short: Check = (value) => value.length > 0 && value.length <= 200;
const each =
  (check: Check): Check =>
  (value) => {
    const values = valuesOf(value);
    return value.length <= longest && values.length > 0 && values.length <= 20 && values.every(check);
  };
const oneOf =
  (allowed: readonly string[]): Check =>
  (value) =>
    allowed.includes(value);

const checks: Record<keyof RequestSearch, Check> = {
  since: oneOf(periods),
  status: each((value) => /^([1-5]\d\d|[2-5]xx)$/.test(value)),
  cache: each(oneOf(cacheStates)),
  verdict: each(oneOf(verdicts)),
  model: each(short),
  provider: each(short),
  member: each(short),
  api_key: each(short),
  virtual_key: each(short),
  team: each(short),
  config: each(short),
  prompt: each(short),
  variant: each(short),
  session_id: short,
  metadata: (value) => /^[^=]{1,128}=.{1,128}$/.test(value),
  text: short,
  live: (value) => value === "on",
  open: short,
};

/** readSearch keeps the parameters that mean something, and names the others. */
export function readSearch(raw: Record<string, unknown>): { search: RequestSearch; ignored: string[] } {
  const search: Record<string, string> = {};
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof RequestSearch] : undefined;
    if (check && typeof value === "string" && check(value)) {
      search[name] = value;
    } else if (value !== undefined && value !== "") {
      ignored.push(name);
    }
  }
  return { search: search as RequestSearch, ignored };
}

/** queryOf is the search as GET /v1/logs takes it. */
export function queryOf({ metadata, live: _, open: __, ...rest }: RequestSearch): Record<string, string> {
  const query: Record<string, string> = { ...rest };
  if (metadata) {
    const cut = metadata.indexOf("=");
    query[`metadata.${metadata.slice(0, cut)}`] = metadata.slice(cut + 1);
  }
  return query;
}

/** viewOf is the search as a saved view keeps it: in the parameters of GET /v1/logs, so that every client can use it. */
export function viewOf(search: RequestSearch): string {
  return new URLSearchParams(queryOf(search)).toString();
}

/** searchOf reads a saved view. Of several metadata the first counts; earlier versions kept them as name=value. */
export function searchOf(view: string): RequestSearch {
  const raw: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(view)) {
    const key = name.startsWith("metadata.") ? name.slice("metadata.".length) : undefined;
    if (key === undefined) {
      raw[name] = value;
    } else {
      raw.metadata ??= `${key}=${value}`;
    }
  }
  return readSearch(raw).search;
}
