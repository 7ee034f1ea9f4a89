import { useQuery } from "@tanstack/react-query";
import { call } from "../api/client";
import type { ServerState } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { useTexts } from "../texts/language";

/** SettingsScreen shows version, health and the settings in force; they are changed in the server's file. */
export function SettingsScreen() {
  const t = useTexts();
  const server = useQuery({
    queryKey: ["server"],
    queryFn: ({ signal }) => call<ServerState>("v1/server", { signal }),
    refetchInterval: 15_000,
  });
  return (
    <>
      <h1>{t("settings.title")}</h1>
      {server.error && <ErrorNote error={server.error} retry={() => server.refetch()} />}
      {server.data && (
        <>
          {server.data.warnings?.map((w) => (
            <p key={w} className="note">
              {visible(w)}
            </p>
          ))}
          <dl className="facts">
            <div>
              <dt>{t("settings.health")}</dt>
              <dd>
                <span className={`badge ${server.data.ready ? "good" : "bad"}`}>
                  {t(server.data.ready ? "settings.ready" : "settings.notReady")}
                </span>{" "}
                {visible(server.data.problem ?? "")}
              </dd>
            </div>
            <div>
              <dt>{t("settings.version")}</dt>
              <dd>
                {server.data.version} {server.data.revision?.slice(0, 12)} · {server.data.go}
              </dd>
            </div>
            <div>
              <dt>{t("settings.started")}</dt>
              <dd>
                <Time at={server.data.started_at} />
              </dd>
            </div>
            <div>
              <dt>{t("settings.licence")}</dt>
              <dd>{server.data.licence}</dd>
            </div>
          </dl>
          <h2>{t("settings.inForce")}</h2>
          <p className="hint">{t("settings.about")}</p>
          <Table
            rows={server.data.settings ?? []}
            id={(s) => s.name}
            columns={[
              { text: "settings.name", cell: (s) => <code>{s.name}</code> },
              { text: "settings.value", cell: (s) => visible(s.value || "–") },
            ]}
          />
        </>
      )}
    </>
  );
}
