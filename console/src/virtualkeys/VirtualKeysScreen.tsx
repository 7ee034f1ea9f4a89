import { useState } from "react";
import { call } from "../api/client";
import type { VirtualKey } from "../api/resources";
import { useMay } from "../app/session";
import { ListScreen } from "../elements/ListScreen";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { useTexts } from "../texts/language";
import { Health } from "./Health";
import { NewVirtualKey } from "./NewVirtualKey";
import { type Answer, Tested } from "./Tested";

const path = "v1/virtual-keys";
const at = (key: VirtualKey) => `${path}/${encodeURIComponent(key.name)}`;
const post = (key: VirtualKey, action: string) => call(`${at(key)}/${action}`, { method: "POST" });

/** VirtualKeysScreen lists the credentials of providers by name, and tries them. A credential is never shown. */
export function VirtualKeysScreen() {
  const t = useTexts();
  const [tested, setTested] = useState<{ name: string; answer: Answer }>();
  const may = useMay();
  return (
    <>
      <ListScreen<VirtualKey>
        title="virtualKeys.title"
        path={path}
        id={(key) => key.id}
        name={(key) => key.name}
        columns={[
          { text: "keys.name", cell: (key) => visible(key.name) },
          { text: "virtualKeys.provider", cell: (key) => key.provider },
          { text: "virtualKeys.baseURL", cell: (key) => <span className="cut">{visible(key.base_url || "–")}</span> },
          {
            text: "virtualKeys.models",
            cell: (key) => <span className="cut">{visible(key.models?.join(", ") || "–")}</span>,
          },
          { text: "keys.created", cell: (key) => <Time at={key.created_at} /> },
          {
            text: "keys.state",
            cell: (key) => (
              <span className={`badge ${key.disabled ? "warn" : "good"}`}>
                {t(key.disabled ? "state.disabled" : "state.active")}
              </span>
            ),
          },
        ]}
        actions={[
          {
            text: "action.test",
            need: "virtual_keys.test",
            declared: true,
            run: (key) => post(key, "test"),
            done: (answer, key) => setTested({ name: key.name, answer: answer as Answer }),
          },
          { text: "action.enable", need: "virtual_keys.update", on: (k) => k.disabled, run: (k) => post(k, "enable") },
          {
            text: "action.disable",
            need: "virtual_keys.update",
            on: (k) => !k.disabled,
            run: (k) => post(k, "disable"),
          },
          {
            text: "action.delete",
            need: "virtual_keys.delete",
            ask: "virtualKeys.confirmDelete",
            run: (k) => call(at(k), { method: "DELETE" }),
          },
        ]}
        create={{
          text: "virtualKeys.new",
          need: "virtual_keys.create",
          form: (done) => <NewVirtualKey onMade={done} />,
        }}
      >
        {tested && <Tested name={tested.name} answer={tested.answer} />}
      </ListScreen>
      {may("analytics.view") && <Health />}
    </>
  );
}
