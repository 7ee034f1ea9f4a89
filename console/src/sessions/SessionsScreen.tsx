import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call, type Page } from "../api/client";
import type { CallSession } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { Searched } from "../requests/Searched";
import { count, money } from "../texts/format";
import { useLanguage } from "../texts/language";

const pageSize = 50;

/** SessionsScreen lists sessions: calls of an agent or an application that belong together. */
export function SessionsScreen(): ReactNode {
  const { t, language } = useLanguage();
  const may = useMay();
  const [member, setMember] = useState("");
  const [text, setText] = useState("");
  const list = useInfiniteQuery({
    queryKey: ["call-sessions", member, text],
    queryFn: ({ pageParam, signal }) =>
      call<Page<CallSession>>("v1/sessions", { query: { member, text, limit: pageSize, cursor: pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
  return (
    <>
      <h1>{t("sessions.title")}</h1>
      <p className="hint">{t("sessions.about")}</p>
      <form
        className="filters"
        onSubmit={(e) => {
          e.preventDefault();
          const form = new FormData(e.currentTarget);
          setMember(String(form.get("member")).trim());
          setText(String(form.get("text") ?? "").trim());
        }}
      >
        <Field label={t("requests.member")} name="member" type="search" />
        {may("logs.view") && <Field label={t("requests.text")} name="text" type="search" />}
        <button type="submit" className="button small">
          {t("nav.find")}
        </button>
      </form>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {list.isPending && !list.error && <p aria-busy="true">{t("list.loading")}</p>}
      {list.data && (
        <Table
          rows={list.data.pages.flatMap((p) => p.data ?? [])}
          id={(s) => s.id}
          columns={[
            {
              text: "sessions.last",
              cell: (s) => (
                <Link to="/sessions/$id" params={{ id: s.id }}>
                  <Time at={s.last_at} />
                </Link>
              ),
            },
            { text: "sessions.session", cell: (s) => <code>{visible(s.id.slice(0, 36))}</code> },
            { text: "requests.member", cell: (s) => visible(s.member_name || s.member || "–") },
            { text: "requests.model", cell: (s) => visible(s.models?.join(", ") ?? "") },
            {
              text: "sessions.turns",
              number: true,
              cell: (s) => `${count(s.turns, language)}${s.turns_cut ? "+" : ""}`,
            },
            { text: "sessions.tools", number: true, cell: (s) => count(s.tool_calls, language) },
            { text: "usage.errors", number: true, cell: (s) => count(s.errors, language) },
            {
              text: "requests.tokens",
              number: true,
              cell: (s) => count(s.input_tokens + s.output_tokens, language),
            },
            { text: "requests.cost", number: true, cell: (s) => money(s.cost_usd) },
          ]}
        />
      )}
      <Searched pages={list.data?.pages} />
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
