import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { type Message, streamModel } from "../api/chat";
import { call, type Page } from "../api/client";
import type { Trace } from "../api/exchange";
import type { Model } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Area, Field } from "../elements/Field";
import { Text } from "../elements/Text";
import { chatOf } from "../request/replay";
import { useTexts } from "../texts/language";
import { CallKeyField, useCallKey } from "./CallKey";

const route = getRouteApi("/playground");

/** PlaygroundScreen sends a chat and shows the answer while it comes. It may begin with a recorded request. */
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

function Chat({ first }: { first: ReturnType<typeof chatOf> }) {
  const t = useTexts();
  const { apiKey } = useCallKey();
  const [choosing, setChoosing] = useState(false);
  const models = useQuery({
    queryKey: ["models", apiKey],
    queryFn: ({ signal }) => call<Page<Model>>("v1/models", { apiKey, signal }),
    enabled: choosing && apiKey !== "",
  });
  const [model, setModel] = useState(first?.model ?? "mock/echo");
  const [system, setSystem] = useState(first?.system ?? "");
  const [message, setMessage] = useState(first?.message ?? "");
  const earlier: Message[] = first?.earlier ?? [];
  const [answer, setAnswer] = useState("");
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => () => running.current?.abort(), []);

  const send = async () => {
    const control = new AbortController();
    running.current = control;
    setBusy(true);
    setError(undefined);
    setAnswer("");
    try {
      const messages = [
        ...(system ? [{ role: "system" as const, content: system }] : []),
        ...earlier,
        { role: "user" as const, content: message },
      ];
      for await (const piece of streamModel({ model, messages }, apiKey, control.signal)) {
        setAnswer((soFar) => soFar + piece);
      }
    } catch (err) {
      if (!control.signal.aborted) {
        setError(err);
      }
    }
    setBusy(false);
  };

  return (
    <>
      {earlier.length > 0 && <p className="hint">{t("playground.earlier", { count: earlier.length })}</p>}
      <form
        onSubmit={(e) => {
          e.preventDefault();
          void send();
        }}
      >
        <CallKeyField />
        <Field
          label={t("playground.model")}
          value={model}
          onChange={(e) => setModel(e.target.value)}
          onFocus={() => setChoosing(true)}
          list="models"
          required
        />
        <datalist id="models">
          {models.data?.data.map((m) => (
            <option key={m.id} value={m.id} />
          ))}
        </datalist>
        <Area label={t("playground.system")} rows={2} value={system} onChange={setSystem} />
        <Area label={t("playground.message")} rows={6} value={message} onChange={setMessage} />
        <div className="actions">
          <button type="submit" className="button primary" disabled={busy || message === ""}>
            {t("playground.send")}
          </button>
          {busy && (
            <button type="button" className="button" onClick={() => running.current?.abort()}>
              {t("playground.stop")}
            </button>
          )}
        </div>
      </form>
      {error !== undefined && <ErrorNote error={error} />}
      {answer && (
        <section aria-live="polite" aria-busy={busy}>
          <h2>{t("playground.answer")}</h2>
          <Text text={answer} />
        </section>
      )}
    </>
  );
}
