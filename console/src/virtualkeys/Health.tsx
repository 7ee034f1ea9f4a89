import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client";
import type { SumRow, Sums } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { count, duration, money, percent } from "../texts/format";
import { useLanguage } from "../texts/language";
import { healthOf } from "./health";

const since = "24h";

/** Health shows what the calls of the last day got through each provider and each virtual key. */
export function Health(): ReactNode {
  const { t } = useLanguage();
  return (
    <section>
      <h2>{t("virtualKeys.health")}</h2>
      <p className="hint">{t("virtualKeys.healthAbout")}</p>
      <By dimension="virtual_key" />
      <By dimension="provider" />
    </section>
  );
}

function By({ dimension }: { dimension: "virtual_key" | "provider" }) {
  const { t, language } = useLanguage();
  const sums = useQuery({
    queryKey: ["analytics", dimension, since],
    queryFn: ({ signal }) => call<Sums>("v1/analytics", { query: { since, group_by: dimension }, signal }),
    refetchInterval: 30_000,
  });
  const rows = (sums.data?.data ?? []).filter((r) => r.value).sort((a, b) => b.calls - a.calls);
  if (sums.error) {
    return <ErrorNote error={sums.error} retry={() => sums.refetch()} />;
  }
  if (sums.data && rows.length === 0) {
    return dimension === "provider" ? <p className="empty">{t("virtualKeys.none")}</p> : null;
  }
  return (
    <>
      <h3>{t(dimension === "provider" ? "virtualKeys.byProvider" : "virtualKeys.byKey")}</h3>
      {sums.data && (
        <Table<SumRow>
          rows={rows}
          id={(r) => r.value ?? ""}
          columns={[
            { text: "keys.name", cell: (r) => visible(r.value ?? "") },
            { text: "virtualKeys.state", cell: (r) => <Badge row={r} /> },
            {
              text: "virtualKeys.calls",
              number: true,
              cell: (r) => (
                <Link to="/requests" search={{ since, [dimension]: r.value ?? "" }}>
                  {count(r.calls, language)}
                </Link>
              ),
            },
            {
              text: "virtualKeys.errorShare",
              number: true,
              cell: (r) => percent(r.calls > 0 ? r.errors / r.calls : 0),
            },
            { text: "virtualKeys.p50", number: true, cell: (r) => duration(r.latency_ms.p50) },
            { text: "virtualKeys.p95", number: true, cell: (r) => duration(r.latency_ms.p95) },
            { text: "virtualKeys.cost", number: true, cell: (r) => money(r.cost_usd) },
            { text: "virtualKeys.last", cell: (r) => <Time at={r.last_seen} /> },
          ]}
        />
      )}
    </>
  );
}

function Badge({ row }: { row: SumRow }) {
  const { t } = useLanguage();
  const health = healthOf(row);
  const kind = { well: "good", failing: "warn", broken: "bad", idle: "" }[health];
  return <span className={`badge ${kind}`}>{t(`virtualKeys.${health}`)}</span>;
}
