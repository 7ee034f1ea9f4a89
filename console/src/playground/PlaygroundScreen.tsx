import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { streamModel } from "../api/chat";
import { call, type Page } from "../api/client";
import type { Model } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Area, Field } from "../elements/Field";
import { Text } from "../elements/Text";
import { useTexts } from "../texts/language";
import { CallKeyField, useCallKey } from "./CallKey";

/** PlaygroundScreen sends a chat as the signed-in member and shows the answer while it comes. */
export function PlaygroundScreen() {
  const t = useTexts();
  const { apiKey } = useCallKey();
  const [choosing, setChoosing] = useState(false);
  const models = useQuery({
    queryKey: ["models", apiKey],
    queryFn: ({ signal }) => call<Page<Model>>("v1/models", { apiKey, signal }),
    enabled: choosing && apiKey !== "",
  });
  const [model, setModel] = useState("mock/echo");
  const [system, setSystem] = useState("");
  const [message, setMessage] = useState("");
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
      <h1>{t("playground.title")}</h1>
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
