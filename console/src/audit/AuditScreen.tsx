import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Query } from "../api/client";
import type { ChainCheck } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { count } from "../texts/format";
import { useLanguage } from "../texts/language";
import { AuditTable } from "./AuditTable";

const filters = [
  ["action", "audit.action"],
  ["member", "audit.member"],
  ["outcome", "audit.outcome"],
] as const;

/** AuditScreen lists who did what, and tells whether the chain of events is intact. */
export function AuditScreen() {
  const { t } = useLanguage();
  const may = useMay();
  const [filter, setFilter] = useState<Query>({});
  return (
    <>
      <h1>{t("audit.title")}</h1>
      {may("audit_logs.verify") && <ChainBadge />}
      <form
        className="filters"
        onSubmit={(e) => {
          e.preventDefault();
          const form = new FormData(e.currentTarget);
          setFilter(Object.fromEntries(filters.map(([name]) => [name, String(form.get(name)).trim()])));
        }}
      >
        {filters.map(([name, text]) => (
          <Field key={name} name={name} label={t(text)} type="search" />
        ))}
        <button type="submit" className="button small">
          {t("nav.find")}
        </button>
      </form>
      <AuditTable filter={filter} />
    </>
  );
}

/** ChainBadge checks every chain once it is asked to: that reads all events. */
function ChainBadge() {
  const { t, language } = useLanguage();
  const check = useQuery({
    queryKey: ["audit", "verify"],
    queryFn: ({ signal }) => call<ChainCheck>("v1/audit-logs/verify", { signal }),
    enabled: false,
    retry: false,
  });
  const rows = check.data?.data?.reduce((sum, chain) => sum + chain.rows, 0) ?? 0;
  return (
    <div className="actions">
      <button type="button" className="button" disabled={check.isFetching} onClick={() => check.refetch()}>
        {t("audit.check")}
      </button>
      {check.data && (
        <span className={`badge ${check.data.ok ? "good" : "bad"}`} role="status">
          {check.data.ok ? t("audit.intact", { rows: count(rows, language) }) : t("audit.broken")}
        </span>
      )}
      {check.error && <ErrorNote error={check.error} />}
    </div>
  );
}
