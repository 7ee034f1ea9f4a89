import { useInfiniteQuery } from "@tanstack/react-query";
import { call, type Page, type Query } from "../api/client";
import type { AuditEvent } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { visible } from "../elements/Text";
import { clock } from "../texts/format";
import { useLanguage } from "../texts/language";

const pageSize = 100;

/** AuditTable lists audit events, newest first. */
export function AuditTable({ filter }: { filter: Query }) {
  const { t, language } = useLanguage();
  const list = useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam, signal }) =>
      call<Page<AuditEvent>>("v1/audit-logs", { query: { ...filter, limit: pageSize, cursor: pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
  if (list.error) {
    return <ErrorNote error={list.error} retry={() => list.refetch()} />;
  }
  const events = list.data?.pages.flatMap((p) => p.data) ?? [];
  if (list.isSuccess && events.length === 0) {
    return <p className="empty">{t("list.empty")}</p>;
  }
  return (
    <div className="wide">
      <table>
        <thead>
          <tr>
            <th>{t("requests.time")}</th>
            <th>{t("audit.member")}</th>
            <th>{t("audit.action")}</th>
            <th>{t("audit.object")}</th>
            <th>{t("audit.outcome")}</th>
            <th>{t("audit.address")}</th>
          </tr>
        </thead>
        <tbody>
          {events.map((e) => (
            <tr key={`${e.chain_id} ${e.seq}`}>
              <td title={e.time}>{clock(e.time, language)}</td>
              <td>{visible(e.member_name || "–")}</td>
              <td>{e.action}</td>
              <td>{visible([e.resource, e.resource_id].filter(Boolean).join(" "))}</td>
              <td>
                <span className={`badge ${e.outcome === "ok" ? "good" : "warn"}`}>{e.outcome}</span>
              </td>
              <td>{visible(e.client ?? "")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={list.isFetchingNextPage}
          onClick={() => list.fetchNextPage()}
        >
          {t("list.more")}
        </button>
      )}
    </div>
  );
}
