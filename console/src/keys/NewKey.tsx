import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client";
import type { APIKey } from "../api/resources";
import type { Role } from "../api/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice, Field } from "../elements/Field";
import { useTexts } from "../texts/language";

const roles: Role[] = ["member", "manager", "admin", "viewer", "auditor", "billing"];

/** NewKey asks for what an API key is made of. The server judges it, and names the field in its error. */
export function NewKey({ onMade }: { onMade: (key: APIKey) => void }) {
  const t = useTexts();
  const [role, setRole] = useState("");
  const make = useMutation({
    mutationFn: (body: Record<string, unknown>) => call<APIKey>("v1/api-keys", { method: "POST", body }),
    onSuccess: onMade,
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        const form = new FormData(e.currentTarget);
        const body: Record<string, unknown> = role ? { role } : {};
        for (const name of ["name", "member", "config"]) {
          const value = String(form.get(name)).trim();
          if (value) {
            body[name] = value;
          }
        }
        const budget = String(form.get("budget_usd")).trim();
        if (budget) {
          body.budget_usd = Number(budget);
        }
        make.mutate(body);
      }}
    >
      <Field label={t("keys.name")} name="name" required autoComplete="off" />
      <Field label={t("keys.member")} name="member" hint={t("keys.memberHint")} autoComplete="off" />
      <Choice label={t("keys.role")} value={role} onChange={setRole}>
        <option value="">–</option>
        {roles.map((r) => (
          <option key={r}>{r}</option>
        ))}
      </Choice>
      <Field label={t("keys.config")} name="config" autoComplete="off" />
      <Field
        label={t("keys.budget")}
        name="budget_usd"
        hint={t("keys.budgetHint")}
        inputMode="decimal"
        pattern="[0-9]+(\.[0-9]+)?"
      />
      {make.error && <ErrorNote error={make.error} />}
      <footer className="actions">
        <button type="submit" className="button primary" disabled={make.isPending}>
          {t("action.create")}
        </button>
      </footer>
    </form>
  );
}
