import { type ReactNode, useState } from "react";
import type { Schema } from "../editor/complete";
import { Editor } from "../editor/Editor";
import { useTexts } from "../texts/language";
import { ErrorNote } from "./ErrorNote";

interface Props {
  label: string;
  value: unknown;
  readOnly: boolean;
  busy: boolean;
  error: unknown;
  onSave: (value: unknown) => void;
  save?: string;
  schema?: Schema;
  /** Told with every change that is JSON. */
  onValue?: (value: unknown) => void;
  /** Fields above the text. */
  children?: ReactNode;
}

/** JSONEditor edits a value as JSON. A text that is none is refused here; the server judges the rest. */
export function JSONEditor(props: Props) {
  const { label, value, readOnly, busy, error, onSave, save, schema, onValue, children } = props;
  const t = useTexts();
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState("");
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch (err) {
          setWrong(t("configs.badJSON", { error: err instanceof Error ? err.message : "" }));
          return;
        }
        setWrong("");
        onSave(parsed);
      }}
    >
      {children}
      <Editor
        label={label}
        value={text}
        readOnly={readOnly}
        {...(schema ? { schema } : {})}
        onChange={(next) => {
          setText(next);
          try {
            onValue?.(JSON.parse(next));
          } catch {
            // it is told when it is saved
          }
        }}
      />
      {wrong && (
        <p className="note error" role="alert">
          {wrong}
        </p>
      )}
      {error ? <ErrorNote error={error} /> : null}
      {!readOnly && (
        <footer className="actions">
          <button type="submit" className="button primary" disabled={busy}>
            {save ?? t("action.save")}
          </button>
        </footer>
      )}
    </form>
  );
}
