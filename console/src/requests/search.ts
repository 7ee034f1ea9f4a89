// The filters of the list of requests stand in the address: an address is a saved view.

export const periods = ["15m", "1h", "24h", "168h", "720h"] as const;
export const cacheStates = ["HIT", "MISS", "SEMANTIC HIT", "SEMANTIC MISS", "REFRESH", "DISABLED"] as const;

export interface RequestSearch {
  since?: string;
  status?: string;
  model?: string;
  provider?: string;
  member?: string;
  api_key?: string;
  cache?: string;
  metadata?: string; // name=value
  live?: "on";
  open?: string; // id of the request in the side panel
}

type Check = (value: string) => boolean;

const short: Check = (value) => value.length > 0 && value.length <= 200;

const checks: Record<keyof RequestSearch, Check> = {
  since: (value) => (periods as readonly string[]).includes(value),
  status: (value) => /^([1-5]\d\d|[2-5]xx)$/.test(value),
  model: short,
  provider: short,
  member: short,
  api_key: short,
  cache: (value) => (cacheStates as readonly string[]).includes(value),
  metadata: (value) => /^[^=]{1,128}=.{1,128}$/.test(value),
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
