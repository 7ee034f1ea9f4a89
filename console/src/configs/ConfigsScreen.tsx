import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Page } from "../api/client";
import type { Config } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { JSONEditor } from "../elements/JSONEditor";
import { Window } from "../elements/Window";
import { clock } from "../texts/format";
import { useLanguage } from "../texts/language";

const queryKey = ["configs"];
type Edited = Pick<Config, "slug" | "config" | "from_file">;

const blank: Edited = { slug: "", config: {}, from_file: false };

/** ConfigsScreen lists the saved configs of the workspace and edits them as JSON. */
export function ConfigsScreen() {
  const { t, language } = useLanguage();
  const may = useMay();
  const client = useQueryClient();
  const list = useQuery({
    queryKey,
    queryFn: ({ signal }) => call<Page<Config>>("v1/configs", { query: { limit: 1000 }, signal }),
  });
  const [edited, setEdited] = useState<Edited>();
  return (
    <>
      <header className="actions">
        <h1>{t("configs.title")}</h1>
        {may("configs.create") && (
          <button type="button" className="button primary" onClick={() => setEdited(blank)}>
            {t("configs.new")}
          </button>
        )}
      </header>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {list.data?.data.length === 0 && <p className="empty">{t("list.empty")}</p>}
      {list.data && list.data.data.length > 0 && (
        <div className="wide">
          <table>
            <thead>
              <tr>
                <th>{t("configs.slug")}</th>
                <th>{t("keys.name")}</th>
                <th className="number">{t("configs.version")}</th>
                <th>{t("configs.updated")}</th>
                <th>{t("keys.state")}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.data.map((c) => (
                <tr key={c.slug}>
                  <td>
                    <button type="button" className="link" onClick={() => setEdited(c)}>
                      {c.slug}
                    </button>
                  </td>
                  <td>{c.name}</td>
                  <td className="number">{c.version}</td>
                  <td title={c.updated_at}>{clock(c.updated_at, language)}</td>
                  <td>{c.from_file ? t("state.fromFile") : ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {edited && (
        <Window title={edited.slug || t("configs.new")} open onClose={() => setEdited(undefined)}>
          <Editor
            config={edited}
            readOnly={edited.from_file || !may(edited.slug ? "configs.update" : "configs.create")}
            onSaved={() => {
              setEdited(undefined);
              void client.invalidateQueries({ queryKey });
            }}
          />
        </Window>
      )}
    </>
  );
}

function Editor({ config, readOnly, onSaved }: { config: Edited; readOnly: boolean; onSaved: () => void }) {
  const { t } = useLanguage();
  const [slug, setSlug] = useState(config.slug);
  const save = useMutation({
    mutationFn: (value: unknown) =>
      config.slug
        ? call(`v1/configs/${encodeURIComponent(config.slug)}`, { method: "PUT", body: { config: value } })
        : call("v1/configs", { method: "POST", body: { slug, config: value } }),
    onSuccess: onSaved,
  });
  return (
    <JSONEditor
      label={t("configs.text")}
      value={config.config}
      readOnly={readOnly}
      busy={save.isPending}
      error={save.error}
      onSave={(value) => save.mutate(value)}
    >
      {!config.slug && (
        <Field label={t("configs.slug")} value={slug} onChange={(e) => setSlug(e.target.value)} required />
      )}
    </JSONEditor>
  );
}
