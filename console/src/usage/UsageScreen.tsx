import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client";
import type { Usage, UsageRow } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { visible } from "../elements/Text";
import { count, money } from "../texts/format";
import { type TextKey, useLanguage } from "../texts/language";
import { nameOf, sumOf } from "./rows";
import { Spending } from "./Spending";
import { TrendPlot } from "./TrendPlot";

const groups = {
  day: "usage.day",
  model: "requests.model",
  member: "requests.member",
  team: "usage.team",
  api_key: "requests.key",
} as const satisfies Record<string, TextKey>;

export type GroupName = keyof typeof groups;

const periods = { "24h": "24 h", "168h": "7 d", "720h": "30 d" } as const;

/** UsageScreen sums up calls, tokens and money by day, model, member, team or key. */
export function UsageScreen(): ReactNode {
  const { t, language } = useLanguage();
  const [group, setGroup] = useState<GroupName>("day");
  const [since, setSince] = useState("720h");
  const usage = useQuery({
    queryKey: ["usage", group, since],
    queryFn: ({ signal }) => call<Usage>("v1/usage", { query: { group_by: group, since }, signal }),
  });
  const rows = usage.data?.data ?? [];
  const sum = sumOf(rows);
  const most = Math.max(...rows.map((r) => r.price_usd), 0);
  return (
    <>
      <h1>{t("usage.title")}</h1>
      <div className="filters">
        <Choice plain label={t("usage.by")} value={group} onChange={(value) => setGroup(value as GroupName)}>
          {Object.entries(groups).map(([name, text]) => (
            <option key={name} value={name}>
              {t(text)}
            </option>
          ))}
        </Choice>
        <Choice plain label={t("requests.since")} value={since} onChange={setSince}>
          {Object.entries(periods).map(([value, text]) => (
            <option key={value} value={value}>
              {t("requests.last", { period: text })}
            </option>
          ))}
        </Choice>
      </div>
      <TrendPlot since={since} />
      <Spending />
      {usage.error && <ErrorNote error={usage.error} retry={() => usage.refetch()} />}
      {usage.isSuccess && rows.length === 0 && <p className="empty">{t("list.empty")}</p>}
      {rows.length > 0 && (
        <div className="wide">
          <table>
            <thead>
              <tr>
                <th>{t(groups[group])}</th>
                <th className="number">{t("usage.calls")}</th>
                <th className="number">{t("usage.errors")}</th>
                <th className="number">{t("request.input")}</th>
                <th className="number">{t("request.output")}</th>
                <th className="number">{t("usage.cost")}</th>
                <th className="number">{t("usage.price")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={nameOf(row, group)}>
                  <td>
                    <Name row={row} group={group} />
                  </td>
                  <Numbers row={row} language={language} />
                  <td className="share">
                    <span className="lane" aria-hidden="true">
                      <span
                        className="bar client"
                        style={{ width: `${most > 0 ? (row.price_usd / most) * 100 : 0}%` }}
                      />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th>{t("usage.sum")}</th>
                <Numbers row={sum} language={language} />
                <td />
              </tr>
            </tfoot>
          </table>
        </div>
      )}
      {sum.unpriced_calls > 0 && (
        <p className="note">{t("usage.unpriced", { count: count(sum.unpriced_calls, language) })}</p>
      )}
    </>
  );
}

/** Name leads to the requests behind a row where the list has a filter for it. */
function Name({ row, group }: { row: UsageRow; group: GroupName }) {
  const name = visible(nameOf(row, group)) || "–";
  switch (group) {
    case "model":
      return row.model ? (
        <Link to="/requests" search={{ model: row.model }}>
          {name}
        </Link>
      ) : (
        name
      );
    case "member":
      return row.member ? (
        <Link to="/requests" search={{ member: row.member }}>
          {name}
        </Link>
      ) : (
        name
      );
    case "api_key":
      return row.api_key ? (
        <Link to="/requests" search={{ api_key: row.api_key }}>
          {name}
        </Link>
      ) : (
        name
      );
    default:
      return name;
  }
}

function Numbers({ row, language }: { row: UsageRow; language: string }) {
  return (
    <>
      <td className="number">{count(row.calls, language)}</td>
      <td className="number">{count(row.errors, language)}</td>
      <td className="number">{count(row.input_tokens, language)}</td>
      <td className="number">{count(row.output_tokens, language)}</td>
      <td className="number">{money(row.cost_usd)}</td>
      <td className="number">{money(row.price_usd)}</td>
    </>
  );
}
