import { parse, parseDocument, stringify } from "yaml";

/** readYAML parses a text, JSON included; it throws an Error that says where it is none. */
export const readYAML = (text: string): unknown => parse(text);

/** writeYAML writes a value as YAML. */
export const writeYAML = (value: unknown): string => stringify(value);

export interface Place {
  from: number;
  to: number;
}

/** placeOf finds the value at a path of a JSON or YAML text; the whole text if it is not there. */
export function placeOf(text: string, path: readonly (string | number)[]): Place {
  const node = parseDocument(text).getIn(path, true) as { range?: [number, number, number] } | undefined;
  return node?.range ? { from: node.range[0], to: node.range[1] } : { from: 0, to: Math.min(1, text.length) };
}

/** errorOf is the first error of a text, with its place. */
export function errorOf(text: string): (Place & { message: string }) | undefined {
  const error = parseDocument(text).errors[0];
  return error && { from: error.pos[0], to: Math.min(error.pos[1], text.length), message: error.message };
}

/** pathByIndent is where the last line of a text stands: names of fields, and "" for an element of a list. */
export function pathByIndent(text: string): string[] {
  const lines = text.split("\n");
  const last = /^(\s*)((?:- +)*)/.exec(lines.pop() ?? "");
  const path: string[] = [];
  let at = (last?.[1]?.length ?? 0) + (last?.[2]?.length ?? 0);
  let inList = false;
  const enterList = (column: number) => {
    path.unshift("");
    at = column;
    inList = true;
  };
  if (last?.[2]) {
    enterList(last[1]?.length ?? 0);
  }
  for (const line of lines.reverse()) {
    const key = /^(\s*)((?:- +)*)["']?([\w$-]+)["']?:/.exec(line);
    if (!key) {
      continue;
    }
    const indent = key[1]?.length ?? 0;
    const column = indent + (key[2]?.length ?? 0);
    const parent = column < at || (inList && column <= at && !key[2]);
    if (parent) {
      path.unshift(key[3] ?? "");
      at = column;
      inList = false;
    }
    if (key[2] && !inList && column <= at) {
      enterList(indent);
    }
  }
  return path;
}
