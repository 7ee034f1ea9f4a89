import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { streamChat } from "../api/chat";
import { call } from "../api/client";
import type { Trace } from "../api/exchange";
import { ErrorNote } from "../elements/ErrorNote";
import { Area, Field } from "../elements/Field";
import { JSONText } from "../elements/Text";
import { chatOf, type Chat as Replayed } from "../request/replay";
import { useTexts } from "../texts/language";
import { Answers } from "./Answers";
import { modelsOf, useAnswers } from "./answers";
import { CallKeyField, useCallKey } from "./CallKey";
import { ModelsField } from "./ModelsField";

const route = getRouteApi("/playground");

/** PlaygroundScreen sends a chat and shows the answers while they come. It may begin with a recorded request. */
export function PlaygroundScreen(): ReactNode {
  const t = useTexts();
  const { from } = route.useSearch();
  const replayed = useQuery({
    queryKey: ["trace", from],
    queryFn: ({ signal }) => call<Trace>(`v1/logs/${encodeURIComponent(from ?? "")}`, { signal }),
    enabled: from !== undefined,
  });
  if (from !== undefined && replayed.isPending) {
    return <p aria-busy="true">{t("list.loading")}</p>;
  }
  const row = replayed.data?.data.find((r) => r.id === from);
  return (
    <>
      <h1>{t("playground.title")}</h1>
      {replayed.error && <ErrorNote error={replayed.error} />}
      <Chat key={from} first={row && chatOf(row)} />
    </>
  );
}

function Chat({ first }: { first: Replayed | undefined }) {
  const t = useTexts();
  const { apiKey } = useCallKey();
  const [models, setModels] = useState(first?.model ?? "mock/echo");
  const [system, setSystem] = useState(first?.system ?? "");
  const [message, setMessage] = useState(first?.message ?? "");
  const [config, setConfig] = useState("");
  const [parameters, setParameters] = useState(() => textOf(first?.parameters));
  const [wrong, setWrong] = useState("");
  const earlier = first?.earlier ?? [];
  const parts = first?.parts ?? [];
  const rest = first?.rest ?? {};

  const body = () => {
    const content = parts.length > 0 ? [{ type: "text", text: message }, ...parts] : message;
    return {
      ...(parameters.trim() ? JSON.parse(parameters) : {}),
      ...rest,
      ...(config.trim() ? { config: config.trim().startsWith("{") ? JSON.parse(config) : config.trim() } : {}),
      messages: [...(system ? [{ role: "system", content: system }] : []), ...earlier, { role: "user", content }],
    };
  };
  const { answers, busy, run, stop } = useAnswers((model, signal) =>
    streamChat("v1/chat/completions", { ...body(), model }, apiKey, signal),
  );
  const send = () => {
    try {
      body();
      setWrong("");
      void run(modelsOf(models));
    } catch (err) {
      setWrong(t("configs.badJSON", { error: err instanceof Error ? err.message : "" }));
    }
  };

  return (
    <>
      {earlier.length > 0 && <p className="hint">{t("playground.earlier", { count: earlier.length })}</p>}
      <form
        onSubmit={(e) => {
          e.preventDefault();
          send();
        }}
      >
        <CallKeyField />
        <ModelsField
          label={t("playground.model")}
          hint={t("playground.modelHint")}
          value={models}
          onChange={setModels}
          required
        />
        <Area label={t("playground.system")} rows={2} value={system} onChange={setSystem} />
        <Area label={t("playground.message")} rows={6} value={message} onChange={setMessage} />
        <details open={parameters !== ""}>
          <summary>{t("playground.more")}</summary>
          <Field
            label={t("playground.config")}
            hint={t("playground.configHint")}
            value={config}
            onChange={(e) => setConfig(e.target.value)}
          />
          <Area
            code
            label={t("playground.parameters")}
            hint={t("playground.parametersHint")}
            rows={3}
            value={parameters}
            onChange={setParameters}
          />
        </details>
        {(parts.length > 0 || Object.keys(rest).length > 0) && (
          <details>
            <summary>{t("playground.kept", { what: [...parts.map(kindOf), ...Object.keys(rest)].join(", ") })}</summary>
            <JSONText value={{ ...rest, ...(parts.length > 0 ? { parts } : {}) }} />
          </details>
        )}
        {wrong && (
          <p className="note error" role="alert">
            {wrong}
          </p>
        )}
        <div className="actions">
          <button type="submit" className="button primary" disabled={busy || message === ""}>
            {t("playground.send")}
          </button>
          {busy && (
            <button type="button" className="button" onClick={stop}>
              {t("playground.stop")}
            </button>
          )}
        </div>
      </form>
      {Object.keys(answers).length > 0 && (
        <section>
          <h2>{t("playground.answer")}</h2>
          <Answers answers={answers} busy={busy} />
        </section>
      )}
    </>
  );
}

const textOf = (value: object | undefined): string =>
  value && Object.keys(value).length > 0 ? JSON.stringify(value, null, 2) : "";

/** kindOf names a part of a message: image_url, file, input_audio. */
const kindOf = (part: unknown): string => String((part as { type?: unknown })?.type ?? "?");
