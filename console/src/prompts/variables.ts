/** variablesOf names the variables that a template uses, in the order in which they come first. */
export function variablesOf(body: unknown): string[] {
  const text = JSON.stringify(body ?? "", (key, value: unknown) => (key === "test_cases" ? undefined : value));
  const found = text.matchAll(/\{\{\{?[#^/&]?\s*([\w.-]+)\s*\}?\}\}/g);
  return [...new Set([...found].map((m) => m[1] ?? "").filter((name) => name !== "." && name !== ""))];
}
