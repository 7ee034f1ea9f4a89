import type { ReactNode } from "react";

/** Figures is a row of the numbers that matter most on a screen. */
export function Figures({ children }: { children: ReactNode }) {
  return <dl className="figures">{children}</dl>;
}

/** Figure is one of them, with what it is of. */
export function Figure({ name, value, of }: { name: string; value: ReactNode; of?: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        {of && <span className="hint">{of}</span>}
      </dd>
    </div>
  );
}
