import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { pathByIndent } from "./yaml";

/** The part of JSON Schema that names fields and values. */
export interface Schema {
  $ref?: string;
  type?: string;
  additionalProperties?: boolean;
  $defs?: Record<string, Schema>;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  enum?: (string | number | boolean | null)[];
}

/** pathOf is where a node stands: names of fields, and "" for an element of a list. */
function pathOf(state: EditorState, node: SyntaxNode | null): string[] {
  const path: string[] = [];
  for (let at = node; at; at = at.parent) {
    const name = at.name === "Property" ? at.getChild("PropertyName") : null;
    if (name) {
      path.unshift(state.sliceDoc(name.from + 1, name.to - 1));
    } else if (at.name === "Array") {
      path.unshift("");
    }
  }
  return path;
}

/** withAlternatives follows a reference, and lists a schema with its alternatives. */
export function withAlternatives(root: Schema, schema: Schema): Schema[] {
  const target = schema.$ref?.startsWith("#/$defs/") ? root.$defs?.[schema.$ref.slice("#/$defs/".length)] : undefined;
  const here = target ?? schema;
  return [here, ...(here.anyOf ?? []).flatMap((s) => withAlternatives(root, s))];
}

/** schemasAt is what a schema says about a path, with alternatives side by side. */
export function schemasAt(root: Schema, path: string[]): Schema[] {
  const resolve = (s: Schema) => withAlternatives(root, s);
  let found = resolve(root);
  for (const step of path) {
    found = found
      .map((s) => (step === "" ? s.items : s.properties?.[step]))
      .filter((s) => s !== undefined)
      .flatMap(resolve);
  }
  return found;
}

/** completeFrom offers the fields of a schema where a field's name is written, and its words where a value is. */
export function completeFrom(schema: Schema) {
  return (context: CompletionContext): CompletionResult | null => {
    const node = syntaxTree(context.state).resolveInner(context.pos, -1);
    if (syntaxTree(context.state).topNode.name === "Stream") {
      return completeYAML(schema, context);
    }
    const word = context.matchBefore(/"?[\w-]*/);
    if (!word || (word.from === word.to && !context.explicit)) {
      return null;
    }
    const property = node.name === "PropertyName" ? node.parent : null;
    const object = property ? property.parent : node.name === "Object" || node.parent?.name === "Object" ? node : null;
    if (object) {
      const fields = schemasAt(schema, pathOf(context.state, object)).flatMap((s) =>
        Object.entries(s.properties ?? {}),
      );
      const closed = context.state.sliceDoc(context.pos, context.pos + 1) === '"';
      return {
        from: word.from,
        options: fields.map(([name, s]) => ({
          label: `"${name}"`,
          apply: closed ? `"${name}` : `"${name}": `,
          type: "property",
          ...(s.description ? { info: s.description } : {}),
        })),
      };
    }
    const words = schemasAt(schema, pathOf(context.state, node)).flatMap((s) => s.enum ?? []);
    return words.length > 0
      ? { from: word.from, options: words.map((w) => ({ label: JSON.stringify(w), type: "enum" })) }
      : null;
  };
}

/** completeYAML offers fields at the beginning of a line, and words behind a field's name. */
function completeYAML(schema: Schema, context: CompletionContext): CompletionResult | null {
  const before = context.state.sliceDoc(0, context.pos);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const value = /^\s*(?:- +)*([\w$-]+): *([\w-]*)$/.exec(line);
  if (value) {
    const path = [...pathByIndent(before), value[1] ?? ""];
    const words = schemasAt(schema, path).flatMap((s) => s.enum ?? []);
    return words.length > 0
      ? {
          from: context.pos - (value[2]?.length ?? 0),
          options: words.map((w) => ({ label: String(w), type: "enum" })),
        }
      : null;
  }
  const word = /^\s*(?:- +)*([\w-]*)$/.exec(line)?.[1];
  if (word === undefined || (word === "" && !context.explicit)) {
    return null;
  }
  const fields = schemasAt(schema, pathByIndent(before)).flatMap((s) => Object.entries(s.properties ?? {}));
  return {
    from: context.pos - word.length,
    options: fields.map(([label, s]) => ({
      label,
      apply: `${label}: `,
      type: "property",
      ...(s.description ? { detail: s.description } : {}),
    })),
  };
}
