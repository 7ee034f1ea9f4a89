import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client";
import { listKey } from "../api/list";
import type { Config } from "../api/resources";
import { Field } from "../elements/Field";
import { JSONEditor } from "../elements/JSONEditor";
import { useTexts } from "../texts/language";
import { configSchema } from "./schema";

const first = { targets: [{ provider: "mock" }] };

/** NewConfig makes the first version of a config. */
export function NewConfig(): ReactNode {
  const t = useTexts();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [slug, setSlug] = useState("");
  const make = useMutation({
    mutationFn: (config: unknown) => call<Config>("v1/configs", { method: "POST", body: { slug, config } }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: listKey("v1/configs") });
      return navigate({ to: "/configs/$slug", params: { slug: made.slug } });
    },
  });
  return (
    <JSONEditor
      label={t("configs.text")}
      labelYAML={t("configs.textYAML")}
      schema={configSchema}
      value={first}
      readOnly={false}
      busy={make.isPending}
      error={make.error}
      onSave={(value) => make.mutate(value)}
    >
      <Field label={t("configs.slug")} value={slug} onChange={(e) => setSlug(e.target.value)} required />
    </JSONEditor>
  );
}
