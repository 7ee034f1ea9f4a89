import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { call } from "../api/client";
import type { CacheExplanation } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Area, Field } from "../elements/Field";
import { useTexts } from "../texts/language";
import { Explained } from "./Explained";

/** Explain asks what the cache would do with a question, or with the question of a recorded request. */
export function Explain({ request }: { request: string | undefined }) {
  const t = useTexts();
  const [asked, setAsked] = useState({ text: "", request_id: request ?? "", model: "", config: "", namespace: "" });
  const [wrong, setWrong] = useState<unknown>();
  const explain = useMutation({
    mutationFn: (body: object) => call<CacheExplanation>("v1/cache/explain", { method: "POST", body }),
  });
  const section = useRef<HTMLElement>(null);
  const { mutate } = explain;
  useEffect(() => {
    if (request) {
      section.current?.scrollIntoView();
      mutate({ request_id: request });
    }
  }, [request, mutate]);

  const set = (name: keyof typeof asked) => (value: string) => setAsked({ ...asked, [name]: value });
  const submit = () => {
    const body: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(asked)) {
      if (value.trim() !== "") {
        body[name] = value.trim();
      }
    }
    try {
      if (asked.config.trim().startsWith("{")) {
        body.config = JSON.parse(asked.config);
      }
      setWrong(undefined);
      mutate(body);
    } catch (err) {
      setWrong(new Error(t("configs.badJSON", { error: err instanceof Error ? err.message : "" })));
    }
  };
  const byText = asked.request_id.trim() === "";
  return (
    <section ref={section}>
      <h2>{t("cache.explain")}</h2>
      <p className="hint">{t("cache.explainAbout")}</p>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
      >
        <Area label={t("cache.question")} rows={2} value={asked.text} onChange={set("text")} />
        <div className="filters">
          <Field
            label={t("cache.model")}
            value={asked.model}
            onChange={(e) => set("model")(e.target.value)}
            required={byText}
          />
          <Field
            label={t("cache.config")}
            hint={t("cache.configHint")}
            value={asked.config}
            onChange={(e) => set("config")(e.target.value)}
          />
          <Field
            label={t("cache.namespace")}
            value={asked.namespace}
            onChange={(e) => set("namespace")(e.target.value)}
          />
          <Field
            label={t("cache.requestID")}
            hint={t("cache.requestHint")}
            value={asked.request_id}
            onChange={(e) => set("request_id")(e.target.value)}
          />
        </div>
        <p className="actions">
          <button
            type="submit"
            className="button primary"
            disabled={explain.isPending || (byText && asked.text.trim() === "")}
          >
            {t("cache.explainIt")}
          </button>
        </p>
      </form>
      {wrong !== undefined && <ErrorNote error={wrong} />}
      {explain.error && <ErrorNote error={explain.error} />}
      {explain.data && <Explained answer={explain.data} />}
    </section>
  );
}
