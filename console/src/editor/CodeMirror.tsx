import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, defaultHighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { hintsOf } from "./check";
import { completeFrom, type Schema } from "./complete";
import { colours, highlight } from "./theme";
import { errorOf, placeOf, readYAML } from "./yaml";

interface Props {
  label: string;
  value: string;
  readOnly?: boolean;
  onChange?: (text: string) => void;
  /** The schema that names of fields are completed from. */
  schema?: Schema;
  /** The text to compare with: what was there before. */
  original?: string;
  format?: "json" | "yaml";
  /** Writes a hint that the schema gives. */
  hint?: (kind: "unknown" | "type" | "word", wanted: string) => string;
}

/**
 * A text that is typed over a selection is written by the editor itself: the browser would keep the
 * look of what it replaces by styles that the content security policy refuses.
 */
const overSelection = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    if (event.inputType !== "insertText" || !event.data || view.composing || view.state.selection.main.empty) {
      return false;
    }
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { scrollIntoView: true, userEvent: "input.type" });
    return true;
  },
});

/** diagnose tells where a text is not what the format and the schema say. */
function diagnose(
  text: string,
  format: "json" | "yaml",
  schema: Schema | undefined,
  hint: Props["hint"],
): readonly Diagnostic[] {
  if (text.trim() === "") {
    return [];
  }
  const wrong = errorOf(text);
  if (wrong) {
    return [{ ...wrong, severity: "error" }];
  }
  if (format === "json") {
    try {
      JSON.parse(text);
    } catch (err) {
      return [
        { from: 0, to: Math.min(1, text.length), severity: "error", message: err instanceof Error ? err.message : "" },
      ];
    }
  }
  if (!schema || !hint) {
    return [];
  }
  return hintsOf(schema, readYAML(text)).map((h) => ({
    ...placeOf(text, h.path),
    severity: "warning",
    message: hint(h.kind, h.wanted.join(", ")),
  }));
}

/** Comparing gives up on details after this time, in milliseconds. */
const patience = 500;

/**
 * CodeMirror edits or compares JSON or YAML. It stands in a shadow root: there its styles are constructed
 * sheets, which the content security policy of the console allows.
 */
export default function CodeMirror(props: Props) {
  const { label, value, readOnly = false, onChange, schema, original, format = "json", hint } = props;
  const host = useRef<HTMLDivElement>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const hinting = useRef(hint);
  hinting.current = hint;
  const first = useRef(value);
  first.current = value;
  useEffect(() => {
    if (!host.current) {
      return;
    }
    const shadow = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const extensions: Extension[] = [
      lineNumbers(),
      format === "yaml" ? yaml() : json(),
      syntaxHighlighting(highlight),
      syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
      bracketMatching(),
      drawSelection(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label }),
      colours,
    ];
    if (readOnly) {
      extensions.push(EditorState.readOnly.of(true));
    } else {
      extensions.push(
        history(),
        overSelection,
        indentOnInput(),
        linter((view) => diagnose(view.state.doc.toString(), format, schema, hinting.current)),
        lintGutter(),
        autocompletion(schema ? { override: [completeFrom(schema)] } : {}),
        keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        EditorView.updateListener.of((u) => u.docChanged && changed.current?.(u.state.doc.toString())),
      );
    }
    if (original !== undefined) {
      extensions.push(
        unifiedMergeView({
          original,
          mergeControls: false,
          collapseUnchanged: { margin: 3, minSize: 6 },
          diffConfig: { scanLimit: 1000, timeout: patience },
        }),
      );
    }
    const view = new EditorView({ doc: first.current, extensions, parent: shadow, root: shadow });
    return () => view.destroy();
  }, [label, readOnly, schema, original, format]);
  return <div className="editor" ref={host} />;
}
