import { call } from "../api/client";
import type { APIKey } from "../api/resources";
import type { Role } from "../api/session";
import { ObjectForm } from "../elements/ObjectForm";

const roles: Role[] = ["member", "manager", "admin", "viewer", "auditor", "billing"];

/** NewKey asks for what an API key is made of. */
export function NewKey({ onMade }: { onMade: (key: APIKey) => void }) {
  return (
    <ObjectForm
      inputs={[
        { name: "name", text: "keys.name", required: true },
        { name: "member", text: "keys.member", hint: "keys.memberHint" },
        { name: "role", text: "keys.role", kind: "choice", choices: roles },
        { name: "config", text: "keys.config" },
        { name: "budget_usd", text: "keys.budget", hint: "keys.budgetHint", kind: "number" },
      ]}
      submit="action.create"
      send={(body) => call<APIKey>("v1/api-keys", { method: "POST", body })}
      onDone={onMade}
    />
  );
}
