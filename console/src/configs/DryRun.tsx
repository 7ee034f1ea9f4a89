import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client";
import type { DryRunAnswer, DryRunTarget } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Area, Choice, Field } from "../elements/Field";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { type Translate, useTexts } from "../texts/language";

const formats = ["chat", "messages", "responses"] as const;

/** DryRun asks who would answer a call by a config, saved or not, in which order, at what price and why. */
export function DryRun({ config }: { config: unknown }) {
  const t = useTexts();
  const [model, setModel] = useState("mock/echo");
  const [format, setFormat] = useState<string>(formats[0]);
  const [message, setMessage] = useState("Hello");
  const ask = useMutation({
    mutationFn: () =>
      call<DryRunAnswer>("v1/configs/dry-run", {
        method: "POST",
        body: {
          config,
          format,
          request:
            format === "responses"
              ? { model, input: message }
              : { model, max_tokens: 100, messages: [{ role: "user", content: message }] },
        },
      }),
  });
  return (
    <section>
      <h2>{t("dryRun.title")}</h2>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          ask.mutate();
        }}
      >
        <div className="filters">
          <Field label={t("requests.model")} value={model} onChange={(e) => setModel(e.target.value)} required />
          <Choice plain label={t("dryRun.format")} value={format} onChange={setFormat}>
            {formats.map((f) => (
              <option key={f}>{f}</option>
            ))}
          </Choice>
        </div>
        <Area label={t("playground.message")} rows={2} value={message} onChange={setMessage} />
        <button type="submit" className="button" disabled={ask.isPending}>
          {t("dryRun.ask")}
        </button>
      </form>
      {ask.error && <ErrorNote error={ask.error} />}
      {ask.data && <Answer answer={ask.data} />}
    </section>
  );
}

function Answer({ answer }: { answer: DryRunAnswer }) {
  const t = useTexts();
  const around = [
    answer.redact?.length && `${t("dryRun.redacts")} ${answer.redact.join(", ")}`,
    answer.cache && `${t("requests.cache")} ${answer.cache}`,
    answer.guardrails?.length && `${t("request.guardrails")} ${answer.guardrails.join(", ")}`,
    answer.output_guardrails?.length && `${t("dryRun.outputGuardrails")} ${answer.output_guardrails.join(", ")}`,
    answer.dropped?.length && `${t("dryRun.dropped")} ${answer.dropped.join(", ")}`,
  ].filter(Boolean);
  return (
    <div role="status" aria-label={t("dryRun.title")}>
      <Table<DryRunTarget>
        rows={answer.targets ?? []}
        id={(x) => String(x.order)}
        columns={[
          { text: "dryRun.order", number: true, cell: (x) => x.order },
          { text: "request.target", cell: (x) => <code>{x.path}</code> },
          {
            text: "request.served",
            cell: (x) =>
              visible([x.provider, x.virtual_key && `@${x.virtual_key}`, x.model].filter(Boolean).join(" · ")),
          },
          { text: "dryRun.when", cell: (x) => reasonsOf(x, t) },
          {
            text: "dryRun.price",
            number: true,
            cell: (x) => (x.price ? `$${x.price.input} / $${x.price.output}` : "?"),
          },
          { text: "prices.rule", cell: (x) => visible(x.price_rule ?? "–") },
        ]}
      />
      {around.length > 0 && <p className="hint">{visible(around.join(" · "))}</p>}
    </div>
  );
}

/** reasonsOf says in one line when a target is asked. */
function reasonsOf(target: DryRunTarget, t: Translate): string {
  const reasons = (target.when ?? []).map((c) => {
    if (c.kind === "draw") {
      return t("dryRun.drawn", { share: Math.round((c.share ?? 0) * 100) });
    }
    if (c.kind === "sticky") {
      return t("dryRun.kept");
    }
    if (c.kind === "ranked") {
      return [
        c.mode,
        c.estimated_cost !== undefined && `$${c.estimated_cost.toFixed(6)}`,
        c.time_ms !== undefined && `${Math.round(c.time_ms)} ms`,
        c.because,
      ]
        .filter(Boolean)
        .join(" ");
    }
    const on = [...(c.on_status ?? []), ...(c.on_errors ?? [])].join(", ");
    return on ? t("dryRun.afterFailureOn", { node: c.node, on }) : t("dryRun.afterFailure", { node: c.node });
  });
  if (target.retries > 0) {
    reasons.push(t("dryRun.retries", { n: target.retries }));
  }
  if (target.excluded) {
    reasons.push(t("dryRun.excluded"));
  }
  return reasons.join(" · ") || t("dryRun.first");
}
