import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { Exchange } from "../api/exchange";
import { Status } from "../elements/Status";
import { clock, count, duration, money } from "../texts/format";
import { useLanguage } from "../texts/language";

interface Props {
  rows: Exchange[];
  open: string | undefined;
  choose: (id: string) => void;
  nearEnd: () => void;
}

const rowHeight = 34;

/** RequestTable draws the rows that are in view only, so that it scrolls through any number. */
export function RequestTable({ rows, open, choose, nearEnd }: Props) {
  const { t, language } = useLanguage();
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 10) {
      nearEnd();
    }
  }, [last, rows.length, nearEnd]);
  useEffect(() => {
    const index = rows.findIndex((r) => r.id === open);
    if (index >= 0) {
      virtual.scrollToIndex(index);
    }
  }, [open, rows, virtual]);

  const above = drawn[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
    <section className="scroll" ref={frame} tabIndex={0} aria-label={t("requests.title")}>
      <table aria-rowcount={rows.length}>
        <thead>
          <tr>
            <th>{t("requests.time")}</th>
            <th>{t("requests.status")}</th>
            <th>{t("requests.model")}</th>
            <th>{t("requests.member")}</th>
            <th>{t("requests.cache")}</th>
            <th className="number">{t("requests.tokens")}</th>
            <th className="number">{t("requests.latency")}</th>
            <th className="number">{t("requests.cost")}</th>
          </tr>
        </thead>
        <tbody>
          {above > 0 && <tr className="gap" style={{ height: above }} />}
          {drawn.map(({ index, key }) => {
            const row = rows[index];
            return row ? <Row key={key} row={row} at={row.id === open} choose={choose} language={language} /> : null;
          })}
          {below > 0 && <tr className="gap" style={{ height: below }} />}
        </tbody>
      </table>
    </section>
  );
}

function Row({
  row,
  at,
  choose,
  language,
}: {
  row: Exchange;
  at: boolean;
  choose: (id: string) => void;
  language: string;
}) {
  return (
    <tr className={at ? "at" : ""} aria-selected={at} onClick={() => choose(row.id)}>
      <td>
        <button type="button" className="link" title={row.time} onClick={() => choose(row.id)}>
          {clock(row.time, language)}
        </button>
      </td>
      <td>
        <Status status={row.status} outcome={row.outcome} />
      </td>
      <td title={row.provider}>{row.response_model || row.model || row.route}</td>
      <td>{row.member_name || "–"}</td>
      <td>{row.cache.status === "DISABLED" ? "–" : row.cache.status}</td>
      <td className="number">{row.usage ? count(row.usage.total_tokens, language) : "–"}</td>
      <td className="number">{duration(row.latency_ms)}</td>
      <td className="number">{row.cost_known ? money(row.cost_usd) : "?"}</td>
    </tr>
  );
}
