import { useState } from "react";
import { call } from "../api/client";
import type { APIKey } from "../api/resources";
import { ListScreen } from "../elements/ListScreen";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { money } from "../texts/format";
import { type TextKey, useTexts } from "../texts/language";
import { KeyOnce } from "./KeyOnce";
import { NewKey } from "./NewKey";

const path = "v1/api-keys";
const at = (key: APIKey) => `${path}/${encodeURIComponent(key.id)}`;
const post = (key: APIKey, action: string, body?: unknown) => call(`${at(key)}/${action}`, { method: "POST", body });

function stateOf(key: APIKey): { text: TextKey; kind: string } {
  if (key.disabled) {
    return { text: "state.disabled", kind: "warn" };
  }
  if (key.expires_at && new Date(key.expires_at) < new Date()) {
    return { text: "state.expired", kind: "warn" };
  }
  return key.closed ? { text: "state.closed", kind: "bad" } : { text: "state.active", kind: "good" };
}

/** KeysScreen lists the API keys that the caller may see, and makes and ends them. */
export function KeysScreen() {
  const t = useTexts();
  const [shown, setShown] = useState<APIKey>();
  return (
    <ListScreen<APIKey>
      title="keys.title"
      path={path}
      id={(key) => key.id}
      name={(key) => key.name}
      columns={[
        {
          text: "keys.name",
          cell: (key) => (
            <>
              {visible(key.name)} <code>{key.masked}</code>
            </>
          ),
        },
        { text: "keys.member", cell: (key) => visible(key.member) },
        { text: "keys.role", cell: (key) => key.role },
        { text: "keys.config", cell: (key) => key.config || "–" },
        { text: "keys.spent", number: true, cell: (key) => money(key.spent_usd) },
        { text: "keys.budget", number: true, cell: (key) => money(key.budget_usd) },
        { text: "keys.created", cell: (key) => <Time at={key.created_at} /> },
        {
          text: "keys.state",
          cell: (key) => <span className={`badge ${stateOf(key).kind}`}>{t(stateOf(key).text)}</span>,
        },
      ]}
      actions={[
        { text: "action.enable", need: "api_keys.update", on: (k) => k.disabled, run: (k) => post(k, "enable") },
        { text: "action.disable", need: "api_keys.update", on: (k) => !k.disabled, run: (k) => post(k, "disable") },
        {
          text: "action.rotate",
          need: "api_keys.update",
          ask: "keys.confirmRotate",
          run: (k) => post(k, "rotate", { overlap: "24h" }),
          done: (made) => setShown(made as APIKey),
        },
        {
          text: "action.delete",
          need: "api_keys.delete",
          ask: "keys.confirmDelete",
          run: (k) => call(at(k), { method: "DELETE" }),
        },
      ]}
      create={{
        text: "keys.new",
        need: "api_keys.create",
        form: (done) => (
          <NewKey
            onMade={(key) => {
              done();
              setShown(key);
            }}
          />
        ),
      }}
    >
      {shown && <KeyOnce made={shown} onClose={() => setShown(undefined)} />}
    </ListScreen>
  );
}
