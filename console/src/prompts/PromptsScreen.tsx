import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client";
import { listKey } from "../api/list";
import type { Prompt } from "../api/resources";
import { Field } from "../elements/Field";
import { JSONEditor } from "../elements/JSONEditor";
import { ListScreen } from "../elements/ListScreen";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { useTexts } from "../texts/language";

const path = "v1/prompts";
const firstBody = { model: "mock/echo", messages: [{ role: "user", content: "Hello {{name}}" }] };

/** PromptsScreen lists the prompt templates of the workspace. */
export function PromptsScreen(): ReactNode {
  return (
    <ListScreen<Prompt>
      title="prompts.title"
      path={path}
      id={(p) => p.id}
      name={(p) => p.slug}
      columns={[
        {
          text: "prompts.slug",
          cell: (p) => (
            <Link to="/prompts/$slug" params={{ slug: p.slug }}>
              {p.slug}
            </Link>
          ),
        },
        { text: "prompts.name", cell: (p) => visible(p.name) },
        { text: "prompts.newest", number: true, cell: (p) => p.newest_version },
        { text: "prompts.active", number: true, cell: (p) => p.active_version },
        {
          text: "prompts.labels",
          cell: (p) =>
            Object.entries(p.labels ?? {})
              .map(([label, version]) => `${label} ${version}`)
              .join(", ") || "–",
        },
        { text: "configs.updated", cell: (p) => <Time at={p.updated_at} /> },
      ]}
      actions={[
        {
          text: "action.delete",
          need: "prompts.delete",
          ask: "prompts.confirmDelete",
          run: (p) => call(`${path}/${encodeURIComponent(p.slug)}`, { method: "DELETE" }),
        },
      ]}
      create={{ text: "prompts.new", need: "prompts.create", form: () => <NewPrompt /> }}
    />
  );
}

function NewPrompt(): ReactNode {
  const t = useTexts();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [slug, setSlug] = useState("");
  const make = useMutation({
    mutationFn: (body: unknown) => call<Prompt>("v1/prompts", { method: "POST", body: { slug, body } }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: listKey(path) });
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
