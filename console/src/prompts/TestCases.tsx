import { useEffect, useRef, useState } from "react";
import { chatAnswer } from "../api/chat";
import { ErrorNote } from "../elements/ErrorNote";
import { Text, visible } from "../elements/Text";
import { useTexts } from "../texts/language";
import { type Failure, judge, type TestCase } from "./testcases";

/** What one model did with one case: an answer and what failed, or why there is no answer. */
type Result = { answer: string; failed: Failure[] } | { error: unknown };

interface Props {
  slug: string;
  version: number;
  cases: TestCase[];
  /** "" is the template's own model. */
  models: string[];
  apiKey: string;
  /** Tells whether a call can be made, and shows the reader what is missing. */
  ready: () => boolean;
}

/** TestCases runs the test cases of a version on several models side by side, and shows which answers fail. */
export function TestCases({ slug, version, cases, models, apiKey, ready }: Props) {
  const t = useTexts();
  const [asked, setAsked] = useState<string[]>([]);
  const [results, setResults] = useState<Record<string, Result>>({});
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const key = (model: string, c: TestCase) => JSON.stringify([model, c.name]);

  const one = async (model: string, c: TestCase, signal: AbortSignal): Promise<Result> => {
    const path = `v1/prompts/${encodeURIComponent(`${slug}@${version}`)}/completions`;
    const variables = c.variables ?? {};
    try {
      const { text, tokens } = await chatAnswer(path, model ? { variables, model } : { variables }, {
        apiKey,
        signal,
        metadata: { prompt_test_case: c.name },
        cache: "off", // a test asks the model
      });
      return { answer: text, failed: judge(c.expect, text, tokens) };
    } catch (error) {
      return { error };
    }
  };
  const run = async () => {
    const control = new AbortController();
    running.current = control;
    setBusy(true);
    setAsked(models);
    setResults({});
    await Promise.all(
      models.map(async (model) => {
        for (const c of cases) {
          const result = await one(model, c, control.signal);
          if (control.signal.aborted) {
            return;
          }
          setResults((all) => ({ ...all, [key(model, c)]: result }));
        }
      }),
    );
    setBusy(false);
  };

  const all = Object.values(results);
  const passed = all.filter((r) => "failed" in r && r.failed.length === 0).length;
  return (
    <section>
      <h2>{t("prompts.cases")}</h2>
      <p className="actions">
        <button type="button" className="button" disabled={busy} onClick={() => ready() && void run()}>
          {t("prompts.runCases")}
        </button>
        {busy && (
          <button type="button" className="button" onClick={() => running.current?.abort()}>
            {t("playground.stop")}
          </button>
        )}
        <span role="status">{all.length > 0 && t("prompts.casesPassed", { passed, all: all.length })}</span>
      </p>
      <div className="wide">
        <table aria-busy={busy}>
          <thead>
            <tr>
              <th scope="col">{t("prompts.case")}</th>
              <th scope="col">{t("prompts.expected")}</th>
              {asked.map((model) => (
                <th key={model} scope="col">
                  {model || t("prompts.ownModel")}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cases.map((c) => (
              <tr key={c.name}>
                <th scope="row">{visible(c.name)}</th>
                <td>
                  <code>{visible(JSON.stringify(c.expect))}</code>
                </td>
                {asked.map((model) => (
                  <td key={model}>
                    <Outcome result={results[key(model, c)]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Outcome({ result }: { result: Result | undefined }) {
  const t = useTexts();
  if (!result) {
    return "–";
  }
  if ("error" in result) {
    return <ErrorNote error={result.error} />;
  }
  const good = result.failed.length === 0;
  return (
    <>
      <span className={good ? "badge good" : "badge bad"}>{t(good ? "prompts.pass" : "prompts.fail")}</span>
      {result.failed.map((f) => (
        <p key={`${f.check} ${f.want}`}>{t(`prompts.fails.${f.check}`, { want: visible(f.want) })}</p>
      ))}
      <Text text={result.answer} />
    </>
  );
}
