import { type InputHTMLAttributes, type ReactNode, useId } from "react";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string | undefined;
}

/** Field is a text input with its label and a hint. */
export function Field({ label, hint, ...input }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
      {hint && (
        <small className="hint" id={`${id}-hint`}>
          {hint}
        </small>
      )}
    </div>
  );
}

/** Area is a text of several lines with its label. */
export function Area({ label, hint, value, onChange, rows = 4, code = false }: AreaProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className={code ? "code" : undefined}
        aria-describedby={hint ? `${id}-hint` : undefined}
        rows={rows}
        value={value}
        spellCheck={!code}
        onChange={(e) => onChange(e.target.value)}
      />
      {hint && (
        <small className="hint" id={`${id}-hint`}>
          {hint}
        </small>
      )}
    </div>
  );
}

interface AreaProps {
  label: string;
  hint?: string | undefined;
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  code?: boolean;
}

/** Choice is a selection with its label. */
export function Choice({ label, value, onChange, children, plain = false }: ChoiceProps) {
  const id = useId();
  return (
    <div className={plain ? "field plain" : "field"}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(e) => onChange(e.target.value)}>
        {children}
      </select>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
  plain?: boolean;
}
