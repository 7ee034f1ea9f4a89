import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Tabs } from "radix-ui";
import { type ReactNode, useState } from "react";
import { APIError, call, serverURL } from "../api/client";
import type { Exchange, Trace } from "../api/exchange";
import { useMay } from "../app/session";
import { AuditTable } from "../audit/AuditTable";
import { Copy } from "../elements/Copy";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { useTexts } from "../texts/language";
import { Messages, Raw } from "./Bodies";
import { curlOf } from "./curl";
import { Feedback } from "./Feedback";
import { Guardrails } from "./Guardrails";
import { Overview } from "./Overview";
import { Redaction } from "./Redaction";
import { chatOf } from "./replay";
import { Waterfall } from "./Waterfall";

/** RequestView shows one request, or the requests of a trace one at a time. */
export function RequestView({ id }: { id: string }): ReactNode {
  const t = useTexts();
  const trace = useQuery({
    queryKey: ["trace", id],
    queryFn: ({ signal }) => call<Trace>(`v1/logs/${encodeURIComponent(id)}`, { signal }),
    placeholderData: keepPreviousData,
  });
  const [chosen, choose] = useState("");
  if (trace.error) {
    const absent = trace.error instanceof APIError && trace.error.status === 404;
    return absent ? (
      <p className="empty">{t("request.absent")}</p>
    ) : (
      <ErrorNote error={trace.error} retry={() => trace.refetch()} />
    );
  }
  if (!trace.data) {
    return <p aria-busy="true">{t("list.loading")}</p>;
  }
  const rows = trace.data.data;
  const row = rows.find((r) => r.id === chosen) ?? rows[0];
  if (!row) {
    return <Waterfall spans={trace.data.foreign_spans ?? []} />;
  }
  return (
    <>
      {rows.length > 1 && (
        <Choice label={t("request.several", { count: rows.length })} value={row.id} onChange={choose}>
          {rows.map((r) => (
            <option key={r.id} value={r.id}>
              {r.time} {r.response_model ?? r.model} {r.status}
            </option>
          ))}
        </Choice>
      )}
      <One row={row} foreign={trace.data.foreign_spans} />
    </>
  );
}

function One({ row, foreign }: { row: Exchange; foreign: Trace["foreign_spans"] }) {
  const t = useTexts();
  const may = useMay();
  const redacted = Object.keys(row.redacted ?? {}).length + Object.keys(row.unedited ?? {}).length > 0;
  return (
    <article aria-label={t("request.title")}>
      <header className="actions">
        <h2>
          <code>{row.id}</code>
        </h2>
        <Copy text={row.id} />
        {row.request !== undefined && <Copy text={curlOf(row, serverURL)} label={t("request.copyCurl")} />}
        {chatOf(row) && (
          <Link className="button small" to="/playground" search={{ from: row.id }}>
            {t("request.openPlayground")}
          </Link>
        )}
      </header>
      <Tabs.Root defaultValue="overview">
        <Tabs.List className="tabs" aria-label={t("request.title")}>
          <Tabs.Trigger value="overview">{t("request.overview")}</Tabs.Trigger>
          <Tabs.Trigger value="messages">{t("request.messages")}</Tabs.Trigger>
          <Tabs.Trigger value="stages">{t("request.waterfall")}</Tabs.Trigger>
          <Tabs.Trigger value="raw">{t("request.raw")}</Tabs.Trigger>
          {row.guardrails && row.guardrails.length > 0 && (
            <Tabs.Trigger value="guardrails">{t("request.guardrails")}</Tabs.Trigger>
          )}
          {redacted && <Tabs.Trigger value="redaction">{t("request.redaction")}</Tabs.Trigger>}
          <Tabs.Trigger value="feedback">{t("request.feedback")}</Tabs.Trigger>
          {may("audit_logs.list") && <Tabs.Trigger value="audit">{t("request.audit")}</Tabs.Trigger>}
        </Tabs.List>
        <Tabs.Content value="overview">
          <Overview row={row} />
        </Tabs.Content>
        <Tabs.Content value="messages">
          <Messages row={row} />
        </Tabs.Content>
        <Tabs.Content value="stages">
          <Waterfall spans={[...(row.spans ?? []), ...(foreign ?? [])]} />
        </Tabs.Content>
        <Tabs.Content value="raw">
          <Raw row={row} />
        </Tabs.Content>
        <Tabs.Content value="guardrails">
          <Guardrails row={row} />
        </Tabs.Content>
        <Tabs.Content value="redaction">
          <Redaction row={row} />
        </Tabs.Content>
        <Tabs.Content value="feedback">
          <Feedback row={row} />
        </Tabs.Content>
        <Tabs.Content value="audit">
          <AuditTable filter={{ request_id: row.id }} />
        </Tabs.Content>
      </Tabs.Root>
    </article>
  );
}
