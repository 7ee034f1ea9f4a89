import { useState } from "react";
import { call } from "../api/client";
import type { AlertTarget, AlertTest } from "../api/resources";
import { ListScreen } from "../elements/ListScreen";
import { ObjectForm } from "../elements/ObjectForm";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { useTexts } from "../texts/language";

const path = "v1/alert-targets";
const at = (target: AlertTarget) => `${path}/${encodeURIComponent(target.id)}`;

/** AlertsScreen lists where alerts about budgets go, and sends a test to one. */
export function AlertsScreen() {
  const t = useTexts();
  const [tested, setTested] = useState<{ name: string; test: AlertTest }>();
  return (
    <ListScreen<AlertTarget>
      title="alerts.title"
      path={path}
      id={(a) => a.id}
      name={(a) => a.name}
      columns={[
        { text: "keys.name", cell: (a) => visible(a.name) },
        { text: "alerts.format", cell: (a) => a.format },
        { text: "alerts.address", cell: (a) => visible(a.address) },
        { text: "list.where", cell: (a) => (a.workspace_id === "*" ? t("list.everywhere") : t("list.here")) },
        { text: "keys.created", cell: (a) => <Time at={a.created_at} /> },
      ]}
      actions={[
        {
          text: "action.test",
          need: "alert_targets.update",
          declared: true,
          run: (a) => call(`${at(a)}/test`, { method: "POST" }),
          done: (test, a) => setTested({ name: a.name, test: test as AlertTest }),
        },
        {
          text: "action.delete",
          need: "alert_targets.delete",
          ask: "alerts.confirmDelete",
          run: (a) => call(at(a), { method: "DELETE" }),
        },
      ]}
      create={{
        text: "alerts.new",
        need: "alert_targets.create",
        form: (done) => (
          <ObjectForm
            inputs={[
              { name: "name", text: "keys.name", required: true },
              {
                name: "format",
                text: "alerts.format",
                kind: "choice",
                choices: ["webhook", "slack"],
                required: true,
                value: "webhook",
              },
              { name: "url", text: "alerts.url", kind: "url", required: true, hint: "alerts.urlHint" },
              { name: "secret", text: "alerts.secret", kind: "secret", hint: "alerts.secretHint" },
            ]}
            submit="action.create"
            send={(body) => call(path, { method: "POST", body })}
            onDone={done}
          />
        ),
      }}
    >
      <p className="hint">{t("alerts.about")}</p>
      {tested && (
        <p className={tested.test.delivered ? "note good" : "note error"} role="status">
          {tested.test.delivered
            ? t("alerts.delivered", { name: tested.name })
            : t("alerts.notDelivered", { name: tested.name, problem: visible(tested.test.problem ?? "") })}
        </p>
      )}
    </ListScreen>
  );
}
