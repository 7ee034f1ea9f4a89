import { useQuery } from "@tanstack/react-query";
import { call, type Page } from "../api/client";
import type { Member } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { clock } from "../texts/format";
import { useLanguage } from "../texts/language";

/** MembersScreen lists the members of the workspace. */
export function MembersScreen() {
  const { t, language } = useLanguage();
  const list = useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => call<Page<Member>>("v1/members", { query: { limit: 1000 }, signal }),
  });
  return (
    <>
      <h1>{t("members.title")}</h1>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {list.data && (
        <div className="wide">
          <table>
            <thead>
              <tr>
                <th>{t("keys.name")}</th>
                <th>{t("keys.role")}</th>
                <th>{t("keys.created")}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.data.map((m) => (
                <tr key={m.id}>
                  <td>
                    {m.name} {m.service && <span className="badge">{t("members.service")}</span>}
                  </td>
                  <td>
                    {m.role} {m.everywhere && <span className="hint">{t("members.everywhere")}</span>}
                  </td>
                  <td title={m.created_at}>{clock(m.created_at, language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
