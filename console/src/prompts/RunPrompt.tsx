import { useEffect, useRef, useState } from "react";
import { streamChat } from "../api/chat";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { Text } from "../elements/Text";
import { CallKeyField, useCallKey } from "../playground/CallKey";
import { useTexts } from "../texts/language";
import { variablesOf } from "./variables";

interface Answer {
  text: string;
  error?: unknown;
}

/** No more models than this answer side by side. */
const mostModels = 6;

/** RunPrompt runs one version of a template on several models side by side, and shows the answers as they come. */
export function RunPrompt({ slug, version, body }: { slug: string; version: number; body: unknown }) {
  const t = useTexts();
  const { apiKey } = useCallKey();
  const names = variablesOf(body);
  const [values, setValues] = useState<Record<string, string>>({});
  const [models, setModels] = useState("");
  const [answers, setAnswers] = useState<Record<string, Answer>>({});
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const add = (model: string, change: (before: Answer) => Answer) =>
    setAnswers((all) => ({ ...all, [model]: change(all[model] ?? { text: "" }) }));
  const ask = async (model: string, control: AbortController) => {
    const variables = Object.fromEntries(names.map((n) => [n, values[n] ?? ""]));
    const path = `v1/prompts/${encodeURIComponent(`${slug}@${version}`)}/completions`;
    try {
      const body = model ? { variables, model } : { variables };
      for await (const piece of streamChat(path, body, apiKey, control.signal)) {
        add(model, (before) => ({ text: before.text + piece }));
      }
    } catch (error) {
      if (!control.signal.aborted) {
        add(model, (before) => ({ ...before, error }));
      }
    }
  };
  const run = async () => {
    const control = new AbortController();
    running.current = control;
    const chosen = [...new Set(models.split(",").map((m) => m.trim()))].filter(Boolean).slice(0, mostModels);
    setBusy(true);
    setAnswers({});
    await Promise.all((chosen.length > 0 ? chosen : [""]).map((model) => ask(model, control)));
    setBusy(false);
  };
  return (
    <section>
      <h2>{t("prompts.run")}</h2>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          void run();
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
        <Field
          label={t("prompts.models")}
          hint={t("prompts.modelsHint")}
          value={models}
          onChange={(e) => setModels(e.target.value)}
        />
        <p className="actions">
          <button type="submit" className="button primary" disabled={busy}>
            {t("prompts.runIt")}
          </button>
          {busy && (
            <button type="button" className="button" onClick={() => running.current?.abort()}>
              {t("playground.stop")}
            </button>
          )}
        </p>
      </form>
      <div className="beside" aria-live="polite" aria-busy={busy}>
        {Object.entries(answers).map(([model, answer]) => (
          <article key={model}>
            <h3>{model || t("prompts.ownModel")}</h3>
            <Text text={answer.text} />
            {answer.error !== undefined && <ErrorNote error={answer.error} />}
          </article>
        ))}
      </div>
    </section>
  );
}
