// Finds what redaction put in place of values. The values themselves are kept nowhere.

export interface Replaced {
  start: number;
  text: string;
  /** "email"; "" = the text was not replaced. */
  entity: string;
}

/** Texts are cut off after so many characters before placeholders are looked for. */
const most = 200_000;

/** replacedIn cuts a text at the placeholders of these entities: [EMAIL_1], [EMAIL]. */
export function replacedIn(text: string, entities: readonly string[]): Replaced[] {
  const out: Replaced[] = [];
  const cut = (start: number, end: number, entity: string) => {
    if (end > start) {
      out.push({ start, text: text.slice(start, end), entity });
    }
  };
  let at = 0;
  for (const match of text.slice(0, most).matchAll(/\[([A-Z][A-Z0-9_]*?)(?:_\d+)?\]/g)) {
    const entity = (match[1] ?? "").toLowerCase();
    if (entities.includes(entity)) {
      cut(at, match.index, "");
      at = match.index + match[0].length;
      cut(match.index, at, entity);
    }
  }
  cut(at, Math.min(text.length, most), "");
  return out;
}
