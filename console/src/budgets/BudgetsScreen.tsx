import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { call, type Page } from "../api/client";
import type { APIKey, Budget, Explanation, Wallet } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { visible } from "../elements/Text";
import { clock, money } from "../texts/format";
import { useLanguage } from "../texts/language";
import { conditionsOf } from "./conditions";

const all = { limit: 1000 };

/** BudgetsScreen shows budgets and wallets, and what limits one API key with its open reservations. */
export function BudgetsScreen(): ReactNode {
  const { t, language } = useLanguage();
  const may = useMay();
  const budgets = useQuery({
    queryKey: ["budgets"],
    queryFn: ({ signal }) => call<Page<Budget>>("v1/policies/usage-limits", { query: all, signal }),
  });
  const wallets = useQuery({
    queryKey: ["wallets"],
    queryFn: ({ signal }) => call<Page<Wallet>>("v1/wallets", { query: all, signal }),
    enabled: may("wallets.list"),
  });
  return (
    <>
      <h1>{t("budgets.title")}</h1>
      <OfKey />
      <h2>{t("budgets.budgets")}</h2>
      {budgets.error && <ErrorNote error={budgets.error} retry={() => budgets.refetch()} />}
      {budgets.data?.data.length === 0 && <p className="empty">{t("list.empty")}</p>}
      {budgets.data && budgets.data.data.length > 0 && (
        <div className="wide">
          <table>
            <thead>
              <tr>
                <th>{t("keys.name")}</th>
                <th className="number">{t("budgets.limit")}</th>
                <th>{t("budgets.period")}</th>
                <th>{t("budgets.concerns")}</th>
                <th>{t("budgets.each")}</th>
                <th>{t("keys.state")}</th>
              </tr>
            </thead>
            <tbody>
              {budgets.data.data.map((b) => (
                <tr key={b.id}>
                  <td>{visible(b.name)}</td>
                  <td className="number">{money(b.credit_limit)}</td>
                  <td>
                    {b.period} {b.period !== "life" && b.time_zone}
                  </td>
                  <td>{visible(conditionsOf(b)) || "–"}</td>
                  <td>{b.group_by?.map((g) => g.key).join(", ") || "–"}</td>
                  <td>{b.from_file ? t("state.fromFile") : ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {may("wallets.list") && <h2>{t("budgets.wallets")}</h2>}
      {wallets.error && <ErrorNote error={wallets.error} retry={() => wallets.refetch()} />}
      {wallets.data?.data.length === 0 && <p className="empty">{t("list.empty")}</p>}
      {wallets.data && wallets.data.data.length > 0 && (
        <div className="wide">
          <table>
            <thead>
              <tr>
                <th>{t("keys.name")}</th>
                <th className="number">{t("budgets.credited")}</th>
                <th className="number">{t("keys.spent")}</th>
                <th className="number">{t("budgets.reserved")}</th>
                <th className="number">{t("budgets.left")}</th>
                <th>{t("keys.created")}</th>
              </tr>
            </thead>
            <tbody>
              {wallets.data.data.map((w) => (
                <tr key={w.id}>
                  <td>{visible(w.name)}</td>
                  <td className="number">{money(w.credited_usd)}</td>
                  <td className="number">{money(w.spent_usd)}</td>
                  <td className="number">{money(w.reserved_usd)}</td>
                  <td className="number">{money(w.balance_usd)}</td>
                  <td title={w.created_at}>{clock(w.created_at, language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** OfKey explains what a key's calls count against. */
function OfKey() {
  const { t, language } = useLanguage();
  const [key, setKey] = useState("");
  const keys = useQuery({
    queryKey: ["api-keys"],
    queryFn: ({ signal }) => call<Page<APIKey>>("v1/api-keys", { query: all, signal }),
  });
  const explained = useQuery({
    queryKey: ["api-keys", key, "budgets"],
    queryFn: ({ signal }) => call<Page<Explanation>>(`v1/api-keys/${encodeURIComponent(key)}/budgets`, { signal }),
    enabled: key !== "",
    refetchInterval: 2000,
  });
  return (
    <section>
      <div className="filters">
        <Choice plain label={t("budgets.ofKey")} value={key} onChange={setKey}>
          <option value="">–</option>
          {keys.data?.data.map((k) => (
            <option key={k.id} value={k.id}>
              {k.name}
            </option>
          ))}
        </Choice>
      </div>
      {explained.error && <ErrorNote error={explained.error} retry={() => explained.refetch()} />}
      {explained.data?.data.length === 0 && <p className="empty">{t("budgets.none")}</p>}
      {explained.data?.data.map((e) => (
        <article key={e.id} className="budget">
          <h3>
            {e.kind} {visible(e.name ?? "")} · {money(e.limit_usd)}
          </h3>
          {e.accounts?.map((a) => (
            <div key={a.account}>
              <meter
                aria-label={t("keys.spent")}
                min={0}
                max={e.limit_usd || 1}
                value={a.spent_usd + a.reserved_usd}
                high={e.limit_usd * 0.8}
              />{" "}
              {t("budgets.account", {
                spent: money(a.spent_usd),
                reserved: money(a.reserved_usd),
                left: money(a.left_usd),
              })}
              {a.resets_at && ` · ${t("budgets.resets", { time: clock(a.resets_at, language) })}`}
              {a.closed && <span className="badge bad">{t("state.closed")}</span>}
              <ul>
                {a.reservations?.map((r) => (
                  <li key={r.id}>
                    {money(r.amount_usd)} · <code>{r.request_id}</code> · {Math.round(r.age_seconds)} s
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </article>
      ))}
    </section>
  );
}
