import type { Exchange } from "../api/exchange";

/** quote writes a text as one word of a POSIX shell. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** curlOf is a command that asks the same again, with the reader's own key. */
export function curlOf(row: Pick<Exchange, "method" | "route" | "request">, server: URL): string {
  const url = new URL(row.route.replace(/^\//, ""), server);
  return [
    `curl -X ${row.method} ${quote(url.href)}`,
    `-H "Authorization: Bearer $SLUICE_API_KEY"`,
    `-H 'Content-Type: application/json'`,
    `-d ${quote(typeof row.request === "string" ? row.request : JSON.stringify(row.request))}`,
  ].join(" \\\n  ");
}
