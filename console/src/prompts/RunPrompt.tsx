import { useRef, useState } from "react";
import { streamChat } from "../api/chat";
import { Field } from "../elements/Field";
import { Answers } from "../playground/Answers";
import { modelsOf, useAnswers } from "../playground/answers";
import { CallKeyField, useCallKey } from "../playground/CallKey";
import { ModelsField } from "../playground/ModelsField";
import { useTexts } from "../texts/language";
import { TestCases } from "./TestCases";
import { testCasesOf } from "./testcases";
import { variablesOf } from "./variables";

/**
 * RunPrompt runs one version of a template on several models side by side, and shows the answers as
 * they come. The same key and models run its test cases.
 */
export function RunPrompt({ slug, version, body }: { slug: string; version: number; body: unknown }) {
  const t = useTexts();
  const { apiKey } = useCallKey();
  const names = variablesOf(body);
  const [values, setValues] = useState<Record<string, string>>({});
  const [models, setModels] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const cases = testCasesOf(body);
  const chosen = modelsOf(models);
  const asked = chosen.length > 0 ? chosen : [""];
  const { answers, busy, run, stop } = useAnswers((model, signal) => {
    const variables = Object.fromEntries(names.map((n) => [n, values[n] ?? ""]));
    const path = `v1/prompts/${encodeURIComponent(`${slug}@${version}`)}/completions`;
    return streamChat(path, model ? { variables, model } : { variables }, apiKey, signal);
  });
  return (
    <section>
      <h2>{t("prompts.run")}</h2>
      <form
        ref={form}
        onSubmit={(e) => {
          e.preventDefault();
          void run(asked);
        }}
      >
        <CallKeyField />
        <div className="filters">
          {names.map((name) => (
            <Field
              key={name}
              label={name}
              value={values[name] ?? ""}
              onChange={(e) => setValues({ ...values, [name]: e.target.value })}
            />
          ))}
        </div>
        <ModelsField label={t("prompts.models")} hint={t("prompts.modelsHint")} value={models} onChange={setModels} />
        <p className="actions">
          <button type="submit" className="button primary" disabled={busy}>
            {t("prompts.runIt")}
          </button>
          {busy && (
            <button type="button" className="button" onClick={stop}>
              {t("playground.stop")}
            </button>
          )}
        </p>
      </form>
      <Answers answers={answers} busy={busy} />
      {cases.length > 0 && (
        <TestCases
          slug={slug}
          version={version}
          cases={cases}
          models={asked}
          apiKey={apiKey}
          ready={() => form.current?.reportValidity() ?? false}
        />
      )}
    </section>
  );
}
