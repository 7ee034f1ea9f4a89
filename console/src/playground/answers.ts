import { useEffect, useRef, useState } from "react";

export interface Answer {
  text: string;
  error?: unknown;
}

/** No more models than this answer side by side. */
export const mostModels = 6;

/** modelsOf are the models of a list with commas, each once. */
export const modelsOf = (text: string): string[] =>
  [...new Set(text.split(",").map((m) => m.trim()))].filter(Boolean).slice(0, mostModels);

/** useAnswers asks several models the same at once, and keeps what each has answered so far. */
export function useAnswers(ask: (model: string, signal: AbortSignal) => AsyncGenerator<string>) {
  const [answers, setAnswers] = useState<Record<string, Answer>>({});
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const change = (model: string, next: (before: Answer) => Answer) =>
    setAnswers((all) => ({ ...all, [model]: next(all[model] ?? { text: "" }) }));
  const one = async (model: string, control: AbortController) => {
    try {
      for await (const piece of ask(model, control.signal)) {
        change(model, (before) => ({ text: before.text + piece }));
      }
    } catch (error) {
      if (!control.signal.aborted) {
        change(model, (before) => ({ ...before, error }));
      }
    }
  };
  const run = async (models: string[]) => {
    const control = new AbortController();
    running.current = control;
    setBusy(true);
    setAnswers({});
    await Promise.all(models.map((model) => one(model, control)));
    setBusy(false);
  };
  return { answers, busy, run, stop: () => running.current?.abort() };
}
