import { type ReactNode, useState } from "react";
import { useTexts } from "../texts/language";
import { ErrorNote } from "./ErrorNote";
import { Area } from "./Field";

interface Props {
  label: string;
  value: unknown;
  readOnly: boolean;
  busy: boolean;
  error: unknown;
  onSave: (value: unknown) => void;
  /** Fields above the text. */
  children?: ReactNode;
}

/** JSONEditor edits a value as JSON. A text that is none is refused here; the server judges the rest. */
export function JSONEditor({ label, value, readOnly, busy, error, onSave, children }: Props) {
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
      <Area code label={label} rows={18} value={text} onChange={setText} />
      {wrong && (
        <p className="note error" role="alert">
          {wrong}
        </p>
      )}
      {error ? <ErrorNote error={error} /> : null}
      {!readOnly && (
        <footer className="actions">
          <button type="submit" className="button primary" disabled={busy}>
            {t("action.save")}
          </button>
        </footer>
      )}
    </form>
  );
}
