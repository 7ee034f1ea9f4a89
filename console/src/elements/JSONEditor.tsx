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
  /** The label of the same text as YAML, where it may be edited so. */
  labelYAML?: string;
  /** Told with every change that is JSON. */
  onValue?: (value: unknown) => void;
  /** Fields above the text. */
  children?: ReactNode;
}

/** JSONEditor edits a value as JSON, or as YAML. A text that is none is refused here; the server judges the rest. */
export function JSONEditor(props: Props) {
  const { label, labelYAML, value, readOnly, busy, error, onSave, save, schema, onValue, children } = props;
  const t = useTexts();
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState("");
  const [format, setFormat] = useState<"json" | "yaml">("json");
  const parse = async (written: string): Promise<unknown> =>
    format === "json" ? JSON.parse(written) : (await import("../editor/yaml")).readYAML(written);
  const refuse = (err: unknown) =>
    setWrong(
      t(format === "json" ? "configs.badJSON" : "configs.badYAML", { error: err instanceof Error ? err.message : "" }),
    );
  const convert = async () => {
    try {
      const parsed = await parse(text);
      setText(format === "json" ? (await import("../editor/yaml")).writeYAML(parsed) : JSON.stringify(parsed, null, 2));
      setFormat(format === "json" ? "yaml" : "json");
      setWrong("");
    } catch (err) {
      refuse(err);
    }
  };
  return (
    <form
      onSubmit={async (e) => {
        e.preventDefault();
        let parsed: unknown;
        try {
          parsed = await parse(text);
        } catch (err) {
          refuse(err);
          return;
        }
        setWrong("");
        onSave(parsed);
      }}
    >
      {children}
      {labelYAML && (
        <p className="actions">
          <button type="button" className="button small" onClick={convert}>
            {t(format === "json" ? "configs.asYAML" : "configs.asJSON")}
          </button>
        </p>
      )}
      <Editor
        key={format}
        label={format === "yaml" && labelYAML ? labelYAML : label}
        value={text}
        readOnly={readOnly}
        format={format}
        {...(schema ? { schema } : {})}
        onChange={async (next) => {
          setText(next);
          try {
            onValue?.(await parse(next));
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
