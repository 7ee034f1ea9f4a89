import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Tabs } from "radix-ui";
import { type ReactNode, useMemo } from "react";
import { APIError, call, type Page } from "../api/client";
import type { CallerSpan, Exchange } from "../api/exchange";
import type { CallSession } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { visible } from "../elements/Text";
import { count, duration, money } from "../texts/format";
import { useLanguage } from "../texts/language";
import { Reader } from "./Reader";
import { Timeline } from "./Timeline";
import { Tree } from "./Tree";
import { Turns } from "./Turns";

const route = getRouteApi("/sessions/$id");
const pageSize = 500;

type SessionPage = Page<Exchange> & { session: CallSession; spans?: CallerSpan[]; spans_cut?: boolean };

/** SessionScreen shows the calls of one session: as a list, as a tree, over time, and as a text to read. */
export function SessionScreen(): ReactNode {
  const { t, language } = useLanguage();
  const may = useMay();
  const { id } = route.useParams();
  const list = useInfiniteQuery({
    queryKey: ["call-session", id],
    queryFn: ({ pageParam, signal }) =>
      call<SessionPage>(`v1/sessions/${encodeURIComponent(id)}`, {
        query: { limit: pageSize, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
  const pages = list.data?.pages;
  // The first page has the newest calls, each page its oldest first.
  const rows = useMemo(() => (pages ?? []).toReversed().flatMap((p) => p.data ?? []), [pages]);
  const spans = useMemo(() => spansOf(pages ?? []), [pages]);
  if (list.error) {
    const absent = list.error instanceof APIError && list.error.status === 404;
    return absent ? (
      <p className="empty">{t("sessions.absent")}</p>
    ) : (
      <ErrorNote error={list.error} retry={() => list.refetch()} />
    );
  }
  const session = pages?.[0]?.session;
  if (!session) {
    return <p aria-busy="true">{t("list.loading")}</p>;
  }
  const took = Date.parse(session.last_at) - Date.parse(session.first_at);
  return (
    <>
      <h1>
        {t("sessions.session")} <code>{visible(session.id)}</code>
      </h1>
      <p>
        {visible(session.member_name || session.member)} · {t("sessions.turns")} {count(session.turns, language)} ·{" "}
        {t("sessions.tools")} {count(session.tool_calls, language)} · {t("usage.errors")}{" "}
        {count(session.errors, language)} · {money(session.cost_usd)} · {duration(took)}
      </p>
      <Tabs.Root defaultValue="turns">
        <Tabs.List className="tabs" aria-label={t("sessions.session")}>
          <Tabs.Trigger value="turns">{t("sessions.turns")}</Tabs.Trigger>
          <Tabs.Trigger value="tree">{t("sessions.tree")}</Tabs.Trigger>
          <Tabs.Trigger value="timeline">{t("sessions.timeline")}</Tabs.Trigger>
          {may("logs.view") && <Tabs.Trigger value="reader">{t("sessions.reader")}</Tabs.Trigger>}
        </Tabs.List>
        <Tabs.Content value="turns">
          <Turns rows={rows} />
        </Tabs.Content>
        <Tabs.Content value="tree">
          <Tree rows={rows} spans={spans} partial={list.hasNextPage || pages.some((p) => p.spans_cut)} />
        </Tabs.Content>
        <Tabs.Content value="timeline">
          <Timeline rows={rows} />
        </Tabs.Content>
        <Tabs.Content value="reader">
          <Reader rows={rows} />
        </Tabs.Content>
      </Tabs.Root>
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
    </>
  );
}

/** spansOf is the spans of all pages, each once: calls of two pages may be of one trace. */
function spansOf(pages: SessionPage[]): CallerSpan[] {
  const once = new Map<string, CallerSpan>();
  for (const span of pages.flatMap((p) => p.spans ?? [])) {
    once.set(`${span.trace_id_w3c} ${span.id}`, span);
  }
  return [...once.values()];
}
