import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client";
import type { ExperimentArm } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { visible } from "../elements/Text";
import { useTexts } from "../texts/language";

interface Props {
  path: string;
  arms: ExperimentArm[];
  onDone: () => void;
}

/** Weights changes how many callers get each variant. */
export function Weights({ path, arms, onDone }: Props) {
  const t = useTexts();
  const [weights, setWeights] = useState(() => Object.fromEntries(arms.map((a) => [a.name, String(a.weight)])));
  const save = useMutation({
    mutationFn: () =>
      call(path, {
        method: "PUT",
        body: { weights: Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, Number(w)])) },
      }),
    onSuccess: onDone,
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <p className="hint">{t("experiments.weighHint")}</p>
      {arms.map((a) => (
        <Field
          key={a.name}
          label={t("experiments.weightOf", { name: visible(a.name) })}
          type="number"
          min="0"
          step="any"
          required
          value={weights[a.name] ?? ""}
          onChange={(e) => setWeights({ ...weights, [a.name]: e.target.value })}
        />
      ))}
      {save.error && <ErrorNote error={save.error} />}
      <footer className="actions">
        <button type="submit" className="button primary" disabled={save.isPending}>
          {t("action.save")}
        </button>
      </footer>
    </form>
  );
}
