import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type TextKey, useTexts } from "../texts/language";
import { ErrorNote } from "./ErrorNote";
import { Area, Choice, Field } from "./Field";

/** An Input is one field of the object that a form makes. Fields that are left empty are not sent. */
export interface Input {
  name: string;
  text: TextKey;
  hint?: TextKey;
  /** A list is written with commas. JSON is any value. Default: text. */
  kind?: "text" | "secret" | "url" | "number" | "list" | "json" | "choice";
  choices?: readonly string[];
  /** Reads the text where no kind does; it throws an Error that says what is wrong. */
  read?: (text: string) => unknown;
  required?: boolean;
  value?: string;
}

interface Props<Made> {
  inputs: readonly Input[];
  submit: TextKey;
  send: (body: Record<string, unknown>) => Promise<Made>;
  onDone: (made: Made) => void;
}

/** read is the value of a text as the API takes it; undefined where nothing was given. */
export function read(input: Input, text: string): unknown {
  const value = input.kind === "secret" ? text : text.trim();
  if (value === "") {
    return undefined;
  }
  if (input.read) {
    return input.read(value);
  }
  switch (input.kind) {
    case "number":
      return Number(value);
    case "list":
      return value
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean);
    case "json":
      return JSON.parse(value);
    default:
      return value;
  }
}

/** ObjectForm asks for the fields of an object and sends it. The server judges it, and names the wrong field. */
export function ObjectForm<Made>({ inputs, submit, send, onDone }: Props<Made>) {
  const t = useTexts();
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(inputs.map((i) => [i.name, i.value ?? ""])),
  );
  const [wrong, setWrong] = useState("");
  const make = useMutation({ mutationFn: send, onSuccess: onDone });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        const body: Record<string, unknown> = {};
        for (const input of inputs) {
          try {
            const value = read(input, texts[input.name] ?? "");
            if (value !== undefined) {
              body[input.name] = value;
            }
          } catch (err) {
            const error = err instanceof Error ? err.message : "";
            setWrong(`${t(input.text)}: ${input.kind === "json" ? t("configs.badJSON", { error }) : error}`);
            return;
          }
        }
        setWrong("");
        make.mutate(body);
      }}
    >
      {inputs.map((input) => (
        <One
          key={input.name}
          input={input}
          value={texts[input.name] ?? ""}
          change={(value) => setTexts({ ...texts, [input.name]: value })}
        />
      ))}
      {wrong && (
        <p className="note error" role="alert">
          {wrong}
        </p>
      )}
      {make.error && <ErrorNote error={make.error} />}
      <footer className="actions">
        <button type="submit" className="button primary" disabled={make.isPending}>
          {t(submit)}
        </button>
      </footer>
    </form>
  );
}

function One({ input, value, change }: { input: Input; value: string; change: (value: string) => void }) {
  const t = useTexts();
  const label = t(input.text);
  const hint = input.hint && t(input.hint);
  switch (input.kind) {
    case "choice":
      return (
        <Choice label={label} value={value} onChange={change}>
          {!input.required && <option value="">–</option>}
          {input.choices?.map((c) => (
            <option key={c}>{c}</option>
          ))}
        </Choice>
      );
    case "json":
      return <Area code label={label} hint={hint} rows={4} value={value} onChange={change} />;
    default:
      return (
        <Field
          label={label}
          hint={hint}
          type={input.kind === "secret" ? "password" : input.kind === "url" ? "url" : "text"}
          inputMode={input.kind === "number" ? "decimal" : undefined}
          pattern={input.kind === "number" ? "[0-9]+([.][0-9]+)?" : undefined}
          autoComplete={input.kind === "secret" ? "new-password" : "off"}
          required={input.required}
          value={value}
          onChange={(e) => change(e.target.value)}
        />
      );
  }
}
