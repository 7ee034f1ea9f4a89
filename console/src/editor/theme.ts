import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The colours are the page's variables, so that they change with its theme. */
export const colours = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--ground)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-content": { fontFamily: "ui-monospace, Menlo, Consolas, monospace", caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
  ".cm-scroller": { maxHeight: "60vh", overflow: "auto" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": { backgroundColor: "var(--warn-ground) !important" },
  ".cm-matchingBracket": { backgroundColor: "var(--panel)", outline: "1px solid var(--line)" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--text)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-changedLine": { backgroundColor: "var(--good-ground) !important" },
  ".cm-changedText": { background: "none !important", textDecoration: "underline" },
  ".cm-deletedChunk": { backgroundColor: "var(--bad-ground) !important", color: "var(--bad)" },
  ".cm-deletedChunk .cm-deletedText": { background: "none !important", textDecoration: "underline" },
  ".cm-collapsedLines": { background: "var(--panel)", color: "var(--quiet)" },
});

export const highlight = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
]);
