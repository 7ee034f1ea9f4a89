import { ErrorNote } from "../elements/ErrorNote";
import { Text } from "../elements/Text";
import { useTexts } from "../texts/language";
import type { Answer } from "./answers";

/** Answers shows what several models answer, beside each other. */
export function Answers({ answers, busy }: { answers: Record<string, Answer>; busy: boolean }) {
  const t = useTexts();
  return (
    <div className="beside" aria-live="polite" aria-busy={busy}>
      {Object.entries(answers).map(([model, answer]) => (
        <article key={model}>
          <h3>{model || t("prompts.ownModel")}</h3>
          <Text text={answer.text} />
          {answer.error !== undefined && <ErrorNote error={answer.error} />}
        </article>
      ))}
    </div>
  );
}
