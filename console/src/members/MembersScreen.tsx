import { call } from "../api/client";
import type { Member } from "../api/resources";
import type { Role } from "../api/session";
import { ListScreen } from "../elements/ListScreen";
import { ObjectForm } from "../elements/ObjectForm";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { useTexts } from "../texts/language";

const path = "v1/members";
const roles: Role[] = ["member", "manager", "admin", "viewer", "auditor", "billing"];

/** MembersScreen lists the members of the workspace, adds one and takes one's role away. */
export function MembersScreen() {
  const t = useTexts();
  return (
    <ListScreen<Member & { from_file?: boolean }>
      title="members.title"
      path={path}
      id={(m) => m.id}
      name={(m) => m.name}
      columns={[
        {
          text: "keys.name",
          cell: (m) => (
            <>
              {visible(m.name)} {m.service && <span className="badge">{t("members.service")}</span>}
            </>
          ),
        },
        {
          text: "keys.role",
          cell: (m) => (
            <>
              {m.role} {m.everywhere && <span className="hint">{t("members.everywhere")}</span>}
            </>
          ),
        },
        {
          text: "keys.state",
          cell: (m) => (
            <span className={`badge ${m.disabled ? "warn" : "good"}`}>
              {t(m.disabled ? "state.disabled" : "state.active")}
            </span>
          ),
        },
        { text: "keys.created", cell: (m) => <Time at={m.created_at} /> },
      ]}
      actions={[
        {
          text: "members.takeOut",
          need: "workspace_users.delete",
          ask: "members.confirmTakeOut",
          on: (m) => !m.everywhere,
          run: (m) => call(`${path}/${encodeURIComponent(m.name)}`, { method: "DELETE" }),
        },
      ]}
      create={{
        text: "members.new",
        need: "workspace_users.create",
        form: (done) => (
          <ObjectForm
            inputs={[
              { name: "name", text: "keys.name", required: true },
              { name: "role", text: "keys.role", kind: "choice", choices: roles, required: true, value: "member" },
            ]}
            submit="action.create"
            send={(body) => call(path, { method: "POST", body })}
            onDone={done}
          />
        ),
      }}
    />
  );
}
