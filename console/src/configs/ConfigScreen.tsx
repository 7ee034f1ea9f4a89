import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client";
import { listKey, useList } from "../api/list";
import type { Config, ConfigVersion } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { JSONEditor } from "../elements/JSONEditor";
import { useTexts } from "../texts/language";
import { DryRun } from "./DryRun";
import { configSchema } from "./schema";
import { Versions } from "./Versions";

const route = getRouteApi("/configs/$slug");

/** ConfigScreen edits a config, shows its versions and what each changed, and goes back to one. */
export function ConfigScreen(): ReactNode {
  const t = useTexts();
  const may = useMay();
  const client = useQueryClient();
  const { slug } = route.useParams();
  const path = `v1/configs/${encodeURIComponent(slug)}`;
  const config = useQuery({ queryKey: listKey(path), queryFn: ({ signal }) => call<Config>(path, { signal }) });
  const versions = useList<ConfigVersion>(`${path}/versions`);
  const [note, setNote] = useState("");
  const [written, setWritten] = useState<unknown>();

  const changed = () => {
    setNote("");
    return client.invalidateQueries({ queryKey: listKey("v1/configs") });
  };
  const save = useMutation({
    mutationFn: (next: unknown) => call(path, { method: "PUT", body: { config: next, note } }),
    onSuccess: changed,
  });
  const rollBack = useMutation({
    mutationFn: (version: number) => call(`${path}/rollback`, { method: "POST", body: { version, note } }),
    onSuccess: changed,
  });
  if (config.error) {
    return <ErrorNote error={config.error} retry={() => config.refetch()} />;
  }
  if (!config.data) {
    return <p aria-busy="true">{t("list.loading")}</p>;
  }
  const readOnly = config.data.from_file || !may("configs.update");
  return (
    <>
      <header className="actions">
        <h1>{slug}</h1>
        {config.data.from_file && <span className="hint">{t("state.fromFile")}</span>}
      </header>
      <JSONEditor
        key={config.data.version}
        label={t("configs.text")}
        labelYAML={t("configs.textYAML")}
        schema={configSchema}
        value={config.data.config}
        readOnly={readOnly}
        busy={save.isPending}
        error={save.error}
        onSave={(next) => save.mutate(next)}
        onValue={setWritten}
        save={t("configs.newVersion")}
      >
        {!readOnly && <Field label={t("configs.note")} value={note} onChange={(e) => setNote(e.target.value)} />}
      </JSONEditor>
      <DryRun config={written ?? config.data.config} />
      <h2>{t("configs.versions")}</h2>
      {versions.error && <ErrorNote error={versions.error} retry={() => versions.refetch()} />}
      {rollBack.error && <ErrorNote error={rollBack.error} />}
      {versions.data && (
        <Versions
          versions={versions.data}
          rollBack={readOnly ? undefined : (version) => rollBack.mutate(version)}
          busy={rollBack.isPending}
        />
      )}
    </>
  );
}
