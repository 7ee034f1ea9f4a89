import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/client";
import type { OwnSession } from "../api/resources";
import { sessionQuery } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { ListScreen } from "../elements/ListScreen";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { useTexts } from "../texts/language";

const path = "v1/auth/sessions";
type Listed = OwnSession & { from_file?: boolean };

/** AccountScreen lists the reader's own sessions and sets the password. */
export function AccountScreen() {
  const t = useTexts();
  return (
    <>
      <h1>{t("account.title")}</h1>
      <Password />
      <ListScreen<Listed>
        part
        title="account.sessions"
        path={path}
        id={(s) => s.id}
        name={(s) => s.created_at}
        columns={[
          { text: "keys.created", cell: (s) => <Time at={s.created_at} /> },
          { text: "account.ends", cell: (s) => <Time at={s.expires_at} /> },
          { text: "account.method", cell: (s) => s.method },
          { text: "audit.address", cell: (s) => s.address },
          {
            text: "account.client",
            cell: (s) => (
              <>
                {visible(s.client.slice(0, 60))}{" "}
                {s.current && <span className="badge good">{t("account.thisOne")}</span>}
              </>
            ),
          },
        ]}
        actions={[
          {
            text: "account.end",
            need: "sessions.own",
            on: (s) => !s.current,
            run: (s) => call(`${path}/${encodeURIComponent(s.id)}`, { method: "DELETE" }),
          },
        ]}
      />
    </>
  );
}

function Password() {
  const t = useTexts();
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
