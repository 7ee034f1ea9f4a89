import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { APIError } from "../api/client";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { type Language, useLanguage } from "../texts/language";
import { Find } from "./Find";
import { Menu } from "./Menu";
import { SignIn } from "./SignIn";
import { sessionQuery, signOut, wasSignedIn } from "./session";
import { applyTheme, chosenTheme, type Theme } from "./theme";

/** While the server does not answer, it is asked again so often, in milliseconds. */
const whileDown = 5_000;

/** Shell is the frame of every screen. Who is not signed in sees the sign-in in its place. */
export function Shell() {
  const { t } = useLanguage();
  const client = useQueryClient();
  const session = useQuery({
    ...sessionQuery,
    refetchInterval: (query) => (query.state.error ? whileDown : 60_000),
    refetchOnWindowFocus: true,
  });
  const down = session.data !== undefined && session.error !== null;
  const wasDown = useRef(down);
  useEffect(() => {
    if (wasDown.current && !down) {
      void client.invalidateQueries(); // what failed meanwhile is asked again
    }
    wasDown.current = down;
  }, [down, client]);
  const [open, setOpen] = useState(false);

  const refused = session.error instanceof APIError && session.error.status === 401;
  if (refused) {
    return <SignIn expired={wasSignedIn()} />;
  }
  if (!session.data) {
    return session.error ? (
      <main className="signin">
        <ErrorNote error={session.error} retry={() => session.refetch()} />
      </main>
    ) : (
      <main className="signin" aria-busy="true">
        <p>{t("list.loading")}</p>
      </main>
    );
  }
  const { member, workspace, role } = session.data;
  const permissions = session.data.permissions ?? [];
  return (
    <div className={open ? "shell open" : "shell"}>
      <button type="button" className="skip" onClick={() => document.getElementById("content")?.focus()}>
        {t("nav.skip")}
      </button>
      <nav aria-label={t("nav.menu")}>
        <p className="brand">
          <img src="./icon.svg" alt="" width="22" height="22" /> {t("app.name")}
        </p>
        <Find />
        <Menu permissions={permissions} onChoose={() => setOpen(false)} />
        <Person member={member} workspace={workspace} role={role} />
      </nav>
      <div className="page">
        <button type="button" className="button menu" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("nav.menu")}
        </button>
        {session.error && <ErrorNote error={session.error} retry={() => session.refetch()} />}
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </div>
  );
}

function Person({ member, workspace, role }: { member: string; workspace: string; role: string }) {
  const { t, language, choose } = useLanguage();
  const client = useQueryClient();
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const leave = useMutation({ mutationFn: signOut, onSettled: () => client.resetQueries() });
  return (
    <details className="person">
      <summary>
        <strong>{member}</strong>
        <span className="hint">
          {role} · {t("session.workspace", { name: workspace })}
        </span>
      </summary>
      <Choice plain label={t("language.label")} value={language} onChange={(value) => choose(value as Language)}>
        <option value="en">English</option>
        <option value="zh">中文</option>
      </Choice>
      <Choice
        plain
        label={t("theme.label")}
        value={theme}
        onChange={(value) => {
          setTheme(value as Theme);
          applyTheme(value as Theme);
        }}
      >
        <option value="system">{t("theme.system")}</option>
        <option value="light">{t("theme.light")}</option>
        <option value="dark">{t("theme.dark")}</option>
      </Choice>
      <button type="button" className="button small" onClick={() => leave.mutate()}>
        {t("session.signOut")}
      </button>
    </details>
  );
}
