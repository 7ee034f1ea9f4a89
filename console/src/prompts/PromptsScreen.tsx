import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call, type Page } from "../api/client";
import type { Prompt } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { JSONEditor } from "../elements/JSONEditor";
import { Window } from "../elements/Window";
import { clock } from "../texts/format";
import { useLanguage } from "../texts/language";

const queryKey = ["prompts"];
const firstBody = { model: "mock/echo", messages: [{ role: "user", content: "Hello {{name}}" }] };

/** PromptsScreen lists the prompt templates of the workspace. */
export function PromptsScreen(): ReactNode {
  const { t, language } = useLanguage();
  const may = useMay();
  const list = useQuery({
    queryKey,
    queryFn: ({ signal }) => call<Page<Prompt>>("v1/prompts", { query: { limit: 1000 }, signal }),
  });
  const [making, setMaking] = useState(false);
  return (
    <>
      <header className="actions">
        <h1>{t("prompts.title")}</h1>
        {may("prompts.create") && (
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            {t("prompts.new")}
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
                <th>{t("prompts.slug")}</th>
                <th>{t("prompts.name")}</th>
                <th className="number">{t("prompts.newest")}</th>
                <th className="number">{t("prompts.active")}</th>
                <th>{t("prompts.labels")}</th>
                <th>{t("configs.updated")}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.data.map((p) => (
                <tr key={p.id}>
                  <td>
                    <Link to="/prompts/$slug" params={{ slug: p.slug }}>
                      {p.slug}
                    </Link>
                  </td>
                  <td>{p.name}</td>
                  <td className="number">{p.newest_version}</td>
                  <td className="number">{p.active_version}</td>
                  <td>
                    {Object.entries(p.labels ?? {})
                      .map(([label, version]) => `${label} ${version}`)
                      .join(", ") || "–"}
                  </td>
                  <td title={p.updated_at}>{clock(p.updated_at, language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Window title={t("prompts.new")} open={making} onClose={() => setMaking(false)}>
        <NewPrompt />
      </Window>
    </>
  );
}

function NewPrompt() {
  const { t } = useLanguage();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [slug, setSlug] = useState("");
  const make = useMutation({
    mutationFn: (body: unknown) => call<Prompt>("v1/prompts", { method: "POST", body: { slug, body } }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey });
      return navigate({ to: "/prompts/$slug", params: { slug: made.slug } });
    },
  });
  return (
    <JSONEditor
      label={t("prompts.body")}
      value={firstBody}
      readOnly={false}
      busy={make.isPending}
      error={make.error}
      onSave={(value) => make.mutate(value)}
    >
      <Field label={t("prompts.slug")} value={slug} onChange={(e) => setSlug(e.target.value)} required />
    </JSONEditor>
  );
}
