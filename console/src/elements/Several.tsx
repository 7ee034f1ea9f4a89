import { useId } from "react";

interface Props {
  label: string;
  /** What is shown while nothing is chosen. */
  none: string;
  options: readonly string[];
  values: string[];
  toggle: (value: string) => void;
}

/** Several chooses any number of values from a list that opens. */
export function Several({ label, none, options, values, toggle }: Props) {
  const id = useId();
  const offered = [...new Set([...options, ...values])];
  return (
    <div className="field plain several">
      <span id={id}>{label}</span>
      <details>
        <summary aria-labelledby={`${id} ${id}-chosen`}>
          <span id={`${id}-chosen`}>{values.join(", ") || none}</span>
        </summary>
        <fieldset aria-labelledby={id}>
          {offered.map((value) => (
            <label key={value} className="check">
              <input type="checkbox" checked={values.includes(value)} onChange={() => toggle(value)} />
              {value}
            </label>
          ))}
        </fieldset>
      </details>
    </div>
  );
}
