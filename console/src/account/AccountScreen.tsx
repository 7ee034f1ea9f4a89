import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, type Page } from "../api/client";
import type { OwnSession } from "../api/resources";
import { sessionQuery } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { visible } from "../elements/Text";
import { clock } from "../texts/format";
import { useLanguage } from "../texts/language";

const queryKey = ["sessions"];

/** AccountScreen lists the reader's own sessions and sets the password. */
export function AccountScreen() {
  const { t, language } = useLanguage();
  const client = useQueryClient();
  const list = useQuery({ queryKey, queryFn: ({ signal }) => call<Page<OwnSession>>("v1/auth/sessions", { signal }) });
  const end = useMutation({
    mutationFn: (id: string) => call(`v1/auth/sessions/${encodeURIComponent(id)}`, { method: "DELETE" }),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  return (
    <>
      <h1>{t("account.title")}</h1>
      <Password />
      <h2>{t("account.sessions")}</h2>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {end.error && <ErrorNote error={end.error} />}
      {list.data && (
        <div className="wide">
          <table>
            <thead>
              <tr>
                <th>{t("keys.created")}</th>
                <th>{t("account.ends")}</th>
                <th>{t("account.method")}</th>
                <th>{t("audit.address")}</th>
                <th>{t("account.client")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {list.data.data.map((s) => (
                <tr key={s.id}>
                  <td title={s.created_at}>{clock(s.created_at, language)}</td>
                  <td title={s.expires_at}>{clock(s.expires_at, language)}</td>
                  <td>{s.method}</td>
                  <td>{s.address}</td>
                  <td>{visible(s.client.slice(0, 60))}</td>
                  <td>
                    {s.current ? (
                      <span className="badge good">{t("account.thisOne")}</span>
                    ) : (
                      <button type="button" className="button small" onClick={() => end.mutate(s.id)}>
                        {t("account.end")}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Password() {
  const { t } = useLanguage();
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const set = useMutation({
    mutationFn: (password: string) =>
      call(`v1/members/${encodeURIComponent(session?.member ?? "")}/password`, { method: "PUT", body: { password } }),
    onSuccess: () => client.invalidateQueries(), // the session has ended: the sign-in is shown
  });
  return (
    <form
      className="filters"
      onSubmit={(e) => {
        e.preventDefault();
        set.mutate(String(new FormData(e.currentTarget).get("password")));
      }}
    >
      <Field
        label={t("account.password")}
        hint={t("account.passwordHint")}
        name="password"
        type="password"
        autoComplete="new-password"
        required
      />
      <button type="submit" className="button" disabled={set.isPending}>
        {t("account.setPassword")}
      </button>
      {set.error && <ErrorNote error={set.error} />}
    </form>
  );
}
