import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client";
import type { CacheAnswers } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { visible } from "../elements/Text";
import { Window } from "../elements/Window";
import { bytes, clock, count } from "../texts/format";
import { type TextKey, useLanguage } from "../texts/language";

/** The conditions of POST /v1/cache/purge. An answer is removed if it meets all that are given. */
const conditions = [
  ["model", "cache.model"],
  ["member", "cache.member"],
  ["namespace", "cache.namespace"],
  ["older_than", "cache.olderThan", "cache.olderThanHint"],
  ["tag", "cache.tag", "cache.tagHint"],
  ["prompt", "cache.prompt", "cache.promptHint"],
  ["prompt_version", "cache.promptVersion"],
  ["answer", "cache.answerOf", "cache.answerHint"],
  ["entry", "cache.entry"],
] as const satisfies readonly (readonly [string, TextKey, TextKey?])[];

type Filter = Record<string, string>;

/** Remove removes answers by condition, after it has told which; the whole cache takes a second step. */
export function Remove() {
  const { t, language } = useLanguage();
  const client = useQueryClient();
  const [texts, setTexts] = useState<Filter>({});
  const [asked, setAsked] = useState<{ filter: Filter; selects: CacheAnswers }>();
  const [sure, setSure] = useState(false);
  const look = useMutation({
    mutationFn: async (filter: Filter) => ({
      filter,
      selects: await call<CacheAnswers>("v1/cache/answers", { query: filter }),
    }),
    onSuccess: (found) => {
      setSure(false);
      purge.reset();
      setAsked(found);
    },
  });
  const purge = useMutation({
    mutationFn: ({ prompt_version, ...rest }: Filter) => {
      const version = prompt_version ? { prompt_version: Number(prompt_version) } : {};
      const body = Object.keys(rest).length > 0 ? { ...rest, ...version } : { all: true };
      return call<{ removed: number }>("v1/cache/purge", { method: "POST", body });
    },
    onSuccess: () => {
      setAsked(undefined);
      return client.invalidateQueries({ queryKey: ["cache"] });
    },
  });
  const given = Object.fromEntries(
    Object.entries(texts)
      .map(([name, text]) => [name, text.trim()])
      .filter(([, text]) => text),
  );
  const all = asked !== undefined && Object.keys(asked.filter).length === 0;
  return (
    <section>
      <h2>{t("cache.remove")}</h2>
      <p className="hint">{t("cache.removeAbout")}</p>
      {purge.data && (
        <p className="note good" role="status">
          {t("cache.purged", { count: count(purge.data.removed, language) })}
        </p>
      )}
      <form
        onSubmit={(e) => {
          e.preventDefault();
          look.mutate(given);
        }}
      >
        <div className="filters">
          {conditions.map(([name, text, hint]) => (
            <Field
              key={name}
              label={t(text)}
              hint={hint && t(hint)}
              value={texts[name] ?? ""}
              onChange={(e) => setTexts({ ...texts, [name]: e.target.value })}
            />
          ))}
        </div>
        <p className="actions">
          <button type="submit" className="button" disabled={look.isPending || Object.keys(given).length === 0}>
            {t("cache.count")}
          </button>
          <button type="button" className="button danger" disabled={look.isPending} onClick={() => look.mutate({})}>
            {t("cache.purge")}
          </button>
        </p>
      </form>
      {look.error && <ErrorNote error={look.error} />}
      {asked && (
        <Window title={t(all ? "cache.purge" : "cache.removeThese")} open onClose={() => setAsked(undefined)}>
          {all ? (
            <p>{t("cache.confirmPurge")}</p>
          ) : (
            <p>
              {t("cache.conditions")}:{" "}
              {conditions
                .filter(([name]) => asked.filter[name])
                .map(([name, text]) => `${t(text)} ${visible(asked.filter[name] ?? "")}`)
                .join(" · ")}
            </p>
          )}
          <p>
            {asked.selects.answers === 0 ? (
              t("cache.selectsNone")
            ) : (
              <>
                <strong>
                  {t("cache.selected", {
                    count: count(asked.selects.answers, language),
                    size: bytes(asked.selects.bytes, language),
                  })}
                </strong>
                {", "}
                {t("cache.between", {
                  oldest: clock(asked.selects.oldest ?? "", language),
                  newest: clock(asked.selects.newest ?? "", language),
                })}
              </>
            )}
          </p>
          {all && (
            <label className="check">
              <input type="checkbox" checked={sure} onChange={(e) => setSure(e.target.checked)} />
              {t("cache.sure")}
            </label>
          )}
          {purge.error && <ErrorNote error={purge.error} />}
          <footer className="actions">
            <button type="button" className="button" onClick={() => setAsked(undefined)}>
              {t("action.cancel")}
            </button>
            <button
              type="button"
              className="button danger"
              disabled={purge.isPending || (all && !sure)}
              onClick={() => purge.mutate(asked.filter)}
            >
              {t(all ? "cache.purge" : "cache.removeThese")}
            </button>
          </footer>
        </Window>
      )}
    </section>
  );
}
