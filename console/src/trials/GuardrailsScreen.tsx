import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client";
import { useList } from "../api/list";
import type { Config, TextTrial } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Area, Choice } from "../elements/Field";
import { Text, visible } from "../elements/Text";
import { useTexts } from "../texts/language";
import { piecesOf } from "./pieces";

/** GuardrailsScreen tries a text: what redaction would replace, and what the guardrails of a config say. */
export function GuardrailsScreen() {
  const t = useTexts();
  const configs = useList<Config>("v1/configs");
  const [config, setConfig] = useState("");
  const [text, setText] = useState("");
  const trial = useMutation({
    mutationFn: async () => ({
      text,
      answer: await call<TextTrial>("v1/guardrails/test", {
        method: "POST",
        body: config ? { text, config } : { text },
      }),
    }),
  });
  return (
    <>
      <h1>{t("trial.title")}</h1>
      <p className="hint">{t("trial.about")}</p>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          trial.mutate();
        }}
      >
        <Choice label={t("keys.config")} value={config} onChange={setConfig}>
          <option value="">{t("trial.everything")}</option>
          {configs.data?.map((c) => (
            <option key={c.slug}>{c.slug}</option>
          ))}
        </Choice>
        <Area label={t("trial.text")} rows={6} value={text} onChange={setText} />
        <button type="submit" className="button primary" disabled={trial.isPending || text === ""}>
          {t("trial.try")}
        </button>
      </form>
      {configs.error && <ErrorNote error={configs.error} />}
      {trial.error && <ErrorNote error={trial.error} />}
      {trial.data && <Outcome text={trial.data.text} answer={trial.data.answer} />}
    </>
  );
}

function Outcome({ text, answer }: { text: string; answer: TextTrial }) {
  const t = useTexts();
  return (
    <section aria-live="polite">
      <h2>{t("trial.findings", { count: answer.findings?.length ?? 0 })}</h2>
      <p className="text">
        {piecesOf(text, answer.findings ?? []).map((p) =>
          p.entity ? (
            <mark key={p.start} title={p.entity}>
              {visible(p.text)} <sub>{p.entity}</sub>
            </mark>
          ) : (
            visible(p.text)
          ),
        )}
      </p>
      <h3>{t("trial.redacted")}</h3>
      <Text text={answer.redacted} />
      {answer.verdicts && answer.verdicts.length > 0 && (
        <>
          <h3>{t("request.guardrails")}</h3>
          <ul className="attempts">
            {answer.verdicts.map((v) => (
              <li key={`${v.phase} ${v.guardrail}`}>
                <Passed pass={v.pass} /> {v.guardrail} · {v.phase} · {v.action}
                <ul>
                  {v.checks?.map((c, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: one check may run several times, in this order
                    <li key={i}>
                      <Passed pass={c.pass} /> {c.id} {visible(c.error ?? c.explanation ?? "")}
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Passed({ pass }: { pass: boolean }) {
  const t = useTexts();
  return <span className={`badge ${pass ? "good" : "bad"}`}>{t(pass ? "request.passed" : "request.failed")}</span>;
}
