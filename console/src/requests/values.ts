// Several values of one filter stand in one text, as the API takes them: separated by commas, and in
// double quotes where a value has a comma.

/** valuesOf reads the values of a filter. */
export function valuesOf(text: string | undefined): string[] {
  const values: string[] = [];
  let value = "";
  let quoted = false;
  for (const char of text ?? "") {
    if (char === '"') {
      quoted = !quoted;
    } else if (char === "," && !quoted) {
      values.push(value.trim());
      value = "";
    } else {
      value += char;
    }
  }
  return [...values, value.trim()].filter(Boolean);
}

/** textOf is valuesOf the other way round. */
export function textOf(values: string[]): string {
  return values.map((v) => (v.includes(",") ? `"${v}"` : v)).join(",");
}

/** toggled adds a value to a filter, or takes it out. */
export function toggled(text: string | undefined, value: string): string {
  const values = valuesOf(text);
  return textOf(values.includes(value) ? values.filter((v) => v !== value) : [...values, value]);
}
