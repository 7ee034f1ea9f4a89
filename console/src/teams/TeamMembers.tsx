import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/client";
import { listKey } from "../api/list";
import type { Member, Team } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { visible } from "../elements/Text";
import { useTexts } from "../texts/language";

/** TeamMembers shows who is in a team, takes members out and adds one of the workspace. */
export function TeamMembers({ team, known }: { team: Team; known: Member[] }) {
  const t = useTexts();
  const may = useMay();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ id, method }: { id: string; method: "PUT" | "DELETE" }) =>
      call(`v1/teams/${encodeURIComponent(team.id)}/members/${encodeURIComponent(id)}`, { method }),
    onSuccess: () => client.invalidateQueries({ queryKey: listKey("v1/teams") }),
  });
  const members = team.members ?? [];
  const changes = may("teams.update") && !team.from_file;
  const others = known.filter((m) => !members.some((in_) => in_.id === m.id));
  return (
    <span className="actions">
      {members.map((m) => (
        <span key={m.id} className="badge">
          {visible(m.name)}
          {changes && (
            <button
              type="button"
              className="link"
              aria-label={t("teams.takeOut", { name: m.name, team: team.name })}
              onClick={() => change.mutate({ id: m.id, method: "DELETE" })}
            >
              ×
            </button>
          )}
        </span>
      ))}
      {changes && others.length > 0 && (
        <select
          className="narrow"
          aria-label={t("teams.add", { team: team.name })}
          value=""
          onChange={(e) => change.mutate({ id: e.target.value, method: "PUT" })}
        >
          <option value="">+</option>
          {others.map((m) => (
            <option key={m.id} value={m.id}>
              {visible(m.name)}
            </option>
          ))}
        </select>
      )}
      {change.error && <ErrorNote error={change.error} />}
    </span>
  );
}
