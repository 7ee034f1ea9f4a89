import { useMutation } from "@tanstack/react-query";
import { call } from "../api/client";
import type { VirtualKey } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { useTexts } from "../texts/language";

/** NewVirtualKey takes a provider's credential. It leaves the page with this call, and never comes back. */
export function NewVirtualKey({ onMade }: { onMade: () => void }) {
  const t = useTexts();
  const make = useMutation({
    mutationFn: (body: Record<string, unknown>) => call<VirtualKey>("v1/virtual-keys", { method: "POST", body }),
    onSuccess: onMade,
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        const form = new FormData(e.currentTarget);
        const value = (name: string) => String(form.get(name)).trim();
        const body: Record<string, unknown> = {};
        for (const name of ["name", "provider", "api_key", "base_url"]) {
          if (value(name)) {
            body[name] = value(name);
          }
        }
        const models = value("models")
          .split(",")
          .map((m) => m.trim())
          .filter(Boolean);
        if (models.length > 0) {
          body.models = models;
        }
        make.mutate(body);
      }}
    >
      <Field label={t("keys.name")} name="name" required autoComplete="off" />
      <Field label={t("virtualKeys.provider")} name="provider" required placeholder="openai" autoComplete="off" />
      <Field
        label={t("virtualKeys.credential")}
        hint={t("virtualKeys.credentialHint")}
        name="api_key"
        type="password"
        required
        autoComplete="new-password"
      />
      <Field label={t("virtualKeys.baseURL")} name="base_url" type="url" />
      <Field label={t("virtualKeys.models")} hint={t("virtualKeys.modelsHint")} name="models" autoComplete="off" />
      {make.error && <ErrorNote error={make.error} />}
      <footer className="actions">
        <button type="submit" className="button primary" disabled={make.isPending}>
          {t("action.create")}
        </button>
      </footer>
    </form>
  );
}
