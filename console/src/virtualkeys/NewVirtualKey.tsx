import { call } from "../api/client";
import { ObjectForm } from "../elements/ObjectForm";

/** NewVirtualKey takes a provider's credential. It leaves the page with this call, and never comes back. */
export function NewVirtualKey({ onMade }: { onMade: () => void }) {
  return (
    <ObjectForm
      inputs={[
        { name: "name", text: "keys.name", required: true },
        { name: "provider", text: "virtualKeys.provider", required: true },
        {
          name: "api_key",
          text: "virtualKeys.credential",
          hint: "virtualKeys.credentialHint",
          kind: "secret",
          required: true,
        },
        { name: "base_url", text: "virtualKeys.baseURL", kind: "url" },
        { name: "models", text: "virtualKeys.models", hint: "virtualKeys.modelsHint", kind: "list" },
      ]}
      submit="action.create"
      send={(body) => call("v1/virtual-keys", { method: "POST", body })}
      onDone={onMade}
    />
  );
}
