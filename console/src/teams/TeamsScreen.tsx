import { call } from "../api/client";
import { useList } from "../api/list";
import type { Member, Team } from "../api/resources";
import { useMay } from "../app/session";
import { ListScreen } from "../elements/ListScreen";
import { ObjectForm } from "../elements/ObjectForm";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { useTexts } from "../texts/language";
import { TeamMembers } from "./TeamMembers";

const at = (team: Team) => `v1/teams/${encodeURIComponent(team.id)}`;

/** TeamsScreen lists the teams of the workspace with their members. */
export function TeamsScreen() {
  const t = useTexts();
  const may = useMay();
  const members = useList<Member>("v1/members", may("teams.update") && may("workspace_users.list"));
  return (
    <ListScreen<Team>
      title="teams.title"
      path="v1/teams"
      id={(team) => team.id}
      name={(team) => team.name}
      columns={[
        { text: "keys.name", cell: (team) => visible(team.name) },
        { text: "teams.members", cell: (team) => <TeamMembers team={team} known={members.data ?? []} /> },
        { text: "teams.keys", number: true, cell: (team) => team.api_keys },
        { text: "keys.created", cell: (team) => <Time at={team.created_at} /> },
      ]}
      actions={[
        {
          text: "action.delete",
          need: "teams.delete",
          ask: "teams.confirmDelete",
          run: (team) => call(at(team), { method: "DELETE" }),
        },
      ]}
      create={{
        text: "teams.new",
        need: "teams.create",
        form: (done) => (
          <ObjectForm
            inputs={[
              { name: "name", text: "keys.name", required: true },
              { name: "members", text: "teams.members", kind: "list", hint: "list.commas" },
            ]}
            submit="action.create"
            send={(body) => call("v1/teams", { method: "POST", body })}
            onDone={done}
          />
        ),
      }}
    >
      <p className="hint">{t("teams.about")}</p>
    </ListScreen>
  );
}
