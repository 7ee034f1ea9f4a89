import type { BudgetAccount } from "../api/resources";
import { visible } from "../elements/Text";
import { clock, money } from "../texts/format";
import { useLanguage } from "../texts/language";

/** Accounts shows what is spent, reserved and left of a budget, for each of its groups. */
export function Accounts({ accounts, limit }: { accounts: BudgetAccount[]; limit: number }) {
  const { t, language } = useLanguage();
  if (accounts.length === 0) {
    return <p className="empty">{t("list.empty")}</p>;
  }
  return accounts.map((a) => (
    <div key={a.account}>
      {a.group && a.group.length > 0 && (
        <strong>{visible(a.group.map((g) => `${g.key} ${g.value}`).join(", "))} </strong>
      )}
      <meter
        aria-label={t("keys.spent")}
        min={0}
        max={limit || 1}
        value={a.spent_usd + a.reserved_usd}
        high={limit * 0.8}
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
  ));
}
