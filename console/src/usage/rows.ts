import type { UsageRow } from "../api/resources";
import type { GroupName } from "./UsageScreen";

/** nameOf is what a row stands for; names may be absent where only an id is known. */
export function nameOf(row: UsageRow, group: GroupName): string {
  switch (group) {
    case "day":
      return row.day ?? "";
    case "model":
      return row.model ?? "";
    case "member":
      return row.member_name || row.member || "";
    case "team":
      return row.team_name || row.team || "";
    case "api_key":
      return row.api_key_name || row.api_key || "";
  }
}

/** sumOf adds up rows. */
export function sumOf(rows: UsageRow[]): UsageRow {
  const sum = { calls: 0, errors: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0, price_usd: 0, unpriced_calls: 0 };
  for (const row of rows) {
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) {
      sum[name] += row[name];
    }
  }
  return sum;
}
