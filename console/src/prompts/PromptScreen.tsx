import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call, type Page } from "../api/client";
import { listKey } from "../api/list";
import type { Prompt, PromptVersion } from "../api/resources";
import { useMay } from "../app/session";
import { Difference } from "../editor/Editor";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { JSONEditor } from "../elements/JSONEditor";
import { JSONText } from "../elements/Text";
import { Window } from "../elements/Window";
import { clock } from "../texts/format";
import { useLanguage } from "../texts/language";
import { RunPrompt } from "./RunPrompt";

const route = getRouteApi("/prompts/$slug");

/** PromptScreen shows the versions of one prompt, makes new ones and points labels at them. */
export function PromptScreen(): ReactNode {
  const { t, language } = useLanguage();
  const may = useMay();
  const client = useQueryClient();
  const { slug } = route.useParams();
  const path = `v1/prompts/${encodeURIComponent(slug)}`;
  const queryKey = listKey(path);
  const prompt = useQuery({ queryKey, queryFn: ({ signal }) => call<Prompt>(path, { signal }) });
  const versions = useQuery({
    queryKey: [...queryKey, "versions"],
    queryFn: ({ signal }) => call<Page<PromptVersion>>(`${path}/versions`, { signal }),
  });
  const [chosen, choose] = useState<number>();
  const [editing, setEditing] = useState(false);
  const [description, setDescription] = useState("");
  const [label, setLabel] = useState("production");
  const changed = () => client.invalidateQueries({ queryKey: listKey("v1/prompts") });
  const save = useMutation({
    mutationFn: (body: unknown) => call(`${path}/versions`, { method: "POST", body: { body, description } }),
    onSuccess: () => {
      setEditing(false);
      choose(undefined);
      return changed();
    },
  });
  const publish = useMutation({
    mutationFn: (version: number) =>
      call(`${path}/labels/${encodeURIComponent(label)}`, { method: "PUT", body: { version } }),
    onSuccess: changed,
  });

  const error = prompt.error ?? versions.error;
  if (error) {
    return <ErrorNote error={error} retry={() => Promise.all([prompt.refetch(), versions.refetch()])} />;
  }
  const list = versions.data?.data.toSorted((a, b) => b.version - a.version) ?? [];
  const shown = list.find((v) => v.version === chosen) ?? list[0];
  const before = list.find((v) => shown && v.version < shown.version);
  const fixed = prompt.data?.from_file ?? true;
  return (
    <>
      <header className="actions">
        <h1>{slug}</h1>
        {fixed && prompt.data && <span className="hint">{t("state.fromFile")}</span>}
        {!fixed && shown && may("prompts.update") && (
          <button type="button" className="button primary" onClick={() => setEditing(true)}>
            {t("prompts.newVersion")}
          </button>
        )}
      </header>
      <h2>{t("prompts.versions")}</h2>
      <ul className="versions">
        {list.map((v) => (
          <li key={v.version}>
            <button
              type="button"
              className={v.version === shown?.version ? "button small primary" : "button small"}
              aria-pressed={v.version === shown?.version}
              onClick={() => choose(v.version)}
            >
              {t("prompts.version", { n: v.version })}
            </button>{" "}
            {v.labels?.map((name) => (
              <span key={name} className="badge good">
                {name}
              </span>
            ))}{" "}
            {v.version === prompt.data?.active_version && <span className="badge">{t("prompts.active")}</span>}{" "}
            <span className="hint" title={v.created_at}>
              {clock(v.created_at, language)} {v.description}
            </span>
          </li>
        ))}
      </ul>
      {shown && before ? (
        <Difference
          label={t("configs.compare")}
          before={JSON.stringify(before.body, null, 2)}
          after={JSON.stringify(shown.body, null, 2)}
        />
      ) : (
        shown && <JSONText value={shown.body} />
      )}
      {!fixed && shown && may("prompts.publish") && (
        <form
          className="filters"
          onSubmit={(e) => {
            e.preventDefault();
            publish.mutate(shown.version);
          }}
        >
          <Field label={t("prompts.label")} value={label} onChange={(e) => setLabel(e.target.value)} required />
          <button type="submit" className="button" disabled={publish.isPending}>
            {t("prompts.publish")}
          </button>
        </form>
      )}
      {publish.error && <ErrorNote error={publish.error} />}
      {shown && may("prompts.read") && (
        <RunPrompt key={shown.version} slug={slug} version={shown.version} body={shown.body} />
      )}
      <Window title={t("prompts.newVersion")} open={editing} onClose={() => setEditing(false)}>
        <JSONEditor
          label={t("prompts.body")}
          value={shown?.body}
          readOnly={false}
          busy={save.isPending}
          error={save.error}
          onSave={(value) => save.mutate(value)}
        >
          <Field
            label={t("prompts.description")}
            value={description}
            onChange={(e) => setDescription(e.target.value)}
          />
        </JSONEditor>
      </Window>
    </>
  );
}
