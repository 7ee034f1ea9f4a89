import { lazy, Suspense } from "react";
import { Text } from "../elements/Text";
import { useTexts } from "../texts/language";
import type { Schema } from "./complete";

// The editor is large: it loads with the first screen that edits or compares.
const CodeMirror = lazy(() => import("./CodeMirror"));

/** Longer texts are not compared: they would keep the page busy. */
export const maxCompared = 500_000;

interface EditorProps {
  label: string;
  value: string;
  onChange?: (text: string) => void;
  readOnly?: boolean;
  schema?: Schema;
  format?: "json" | "yaml";
}

const hints = { unknown: "editor.unknown", type: "editor.type", word: "editor.word" } as const;

/** Editor edits JSON or YAML, with completion and hints by a schema. */
export function Editor(props: EditorProps) {
  const t = useTexts();
  return (
    <Suspense fallback={<Text code text={props.value} />}>
      <CodeMirror {...props} hint={(kind, wanted) => t(hints[kind], { wanted })} />
    </Suspense>
  );
}

/** Difference shows a text with what was there before. */
export function Difference({ label, before, after }: { label: string; before: string; after: string }) {
  return (
    <Suspense fallback={<Text code text={after} />}>
      <CodeMirror readOnly label={label} value={after} original={before} key={`${before.length} ${after}`} />
    </Suspense>
  );
}
