import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, defaultHighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { completeFrom, type Schema } from "./complete";
import { colours, highlight } from "./theme";

interface Props {
  label: string;
  value: string;
  readOnly?: boolean;
  onChange?: (text: string) => void;
  /** The schema that names of fields are completed from. */
  schema?: Schema;
  /** The text to compare with: what was there before. */
  original?: string;
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

/** Comparing gives up on details after this time, in milliseconds. */
const patience = 500;

/**
 * CodeMirror edits or compares JSON. It stands in a shadow root: there its styles are constructed
 * sheets, which the content security policy of the console allows.
 */
export default function CodeMirror({ label, value, readOnly = false, onChange, schema, original }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef(value);
  first.current = value;
  useEffect(() => {
    if (!host.current) {
      return;
    }
    const shadow = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const extensions: Extension[] = [
      lineNumbers(),
      json(),
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
        linter(jsonParseLinter()),
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
  }, [label, readOnly, schema, original]);
  return <div className="editor" ref={host} />;
}
