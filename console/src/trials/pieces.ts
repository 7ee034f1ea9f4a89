interface Span {
  entity: string;
  start: number; // in characters
  end: number;
}

export interface Piece {
  start: number;
  text: string;
  entity: string; // "" = nothing was found in it
}

/** piecesOf cuts a text at the spans, which are ordered and count characters. */
export function piecesOf(text: string, spans: Span[]): Piece[] {
  const characters = Array.from(text);
  const pieces: Piece[] = [];
  let at = 0;
  const cut = (start: number, end: number, entity: string) => {
    if (end > start) {
      pieces.push({ start, text: characters.slice(start, end).join(""), entity });
    }
  };
  for (const span of spans) {
    cut(at, span.start, "");
    cut(span.start, span.end, span.entity);
    at = span.end;
  }
  cut(at, characters.length, "");
  return pieces;
}
