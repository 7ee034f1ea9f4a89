import { call } from "../api/client";
import type { RateLimit } from "../api/resources";
import { conditionsOf, groupsOf, readConditions, readGroups } from "../budgets/conditions";
import { ListScreen } from "../elements/ListScreen";
import { ObjectForm } from "../elements/ObjectForm";
import { visible } from "../elements/Text";
import { count } from "../texts/format";
import { useLanguage } from "../texts/language";

const path = "v1/policies/rate-limits";

/** LimitsScreen lists the rate limits with conditions and groups. */
export function LimitsScreen() {
  const { t, language } = useLanguage();
  return (
    <ListScreen<RateLimit>
      title="limits.title"
      path={path}
      id={(l) => l.id}
      name={(l) => l.name}
      columns={[
        { text: "keys.name", cell: (l) => visible(l.name) },
        { text: "limits.type", cell: (l) => l.type },
        { text: "limits.value", number: true, cell: (l) => `${count(l.value, language)} ${l.unit ?? ""}` },
        { text: "budgets.concerns", cell: (l) => visible(conditionsOf(l)) || "–" },
        { text: "budgets.each", cell: (l) => groupsOf(l) || "–" },
        { text: "list.where", cell: (l) => (l.workspace_id === "*" ? t("list.everywhere") : t("list.here")) },
      ]}
      actions={[
        {
          text: "action.delete",
          need: "policies.delete",
          ask: "limits.confirmDelete",
          run: (l) => call(`${path}/${encodeURIComponent(l.id)}`, { method: "DELETE" }),
        },
      ]}
      create={{
        text: "limits.new",
        need: "policies.create",
        form: (done) => (
          <ObjectForm
            inputs={[
              { name: "name", text: "keys.name", required: true },
              {
                name: "type",
                text: "limits.type",
                kind: "choice",
                choices: ["requests", "tokens", "concurrent_requests"],
                required: true,
                value: "requests",
              },
              { name: "value", text: "limits.value", kind: "number", required: true },
              {
                name: "unit",
                text: "limits.unit",
                kind: "choice",
                choices: ["rps", "rpm", "rph", "rpd", "rpw", "rpmonth"],
                value: "rpm",
              },
              { name: "conditions", text: "budgets.concerns", hint: "budgets.concernsHint", read: readConditions },
              { name: "group_by", text: "budgets.each", hint: "budgets.eachHint", read: readGroups },
            ]}
            submit="action.create"
            send={({ unit, ...body }) =>
              call(path, { method: "POST", body: body.type === "concurrent_requests" ? body : { ...body, unit } })
            }
            onDone={done}
          />
        ),
      }}
    >
      <p className="hint">{t("limits.about")}</p>
    </ListScreen>
  );
}
