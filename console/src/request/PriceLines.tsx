import type { Exchange } from "../api/exchange";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { count, money } from "../texts/format";
import { useLanguage } from "../texts/language";

/** PriceLines shows how the cost came about: units × price, for each attempt with a cost. */
export function PriceLines({ row }: { row: Exchange }) {
  const { t, language } = useLanguage();
  const lines = (row.charges ?? []).flatMap((charge, i) =>
    (charge.lines ?? []).map((line, j) => ({ ...line, key: `${i} ${j}`, target: charge.target })),
  );
  if (lines.length === 0) {
    return null;
  }
  const several = (row.charges?.length ?? 0) > 1;
  return (
    <>
      <h3>{t("price.lines")}</h3>
      <Table
        rows={lines}
        id={(l) => l.key}
        columns={[
          ...(several ? [{ text: "request.target" as const, cell: (l: (typeof lines)[number]) => l.target }] : []),
          {
            text: "price.unit",
            cell: (l) => (l.condition ? `${l.unit} · ${visible(l.condition)}` : l.unit),
          },
          { text: "price.quantity", number: true, cell: (l) => count(l.quantity, language) },
          {
            text: "price.each",
            number: true,
            cell: (l) => (l.per === 1 ? money(l.price_usd) : `${money(l.price_usd)} / ${count(l.per, language)}`),
          },
          {
            text: "usage.cost",
            number: true,
            cell: (l) => money(l.amount_nano_usd === null ? null : l.amount_nano_usd / 1e9),
          },
        ]}
        foot={[...(several ? [""] : []), t("usage.sum"), "", "", row.cost_known ? money(row.cost_usd) : "?"]}
      />
      {row.charges
        ?.filter((c) => c.price_rule)
        .map((c) => (
          <p key={c.target} className="hint">
            {t("price.charged", { amount: money(c.price_usd), rule: visible(c.price_rule ?? "") })}
          </p>
        ))}
    </>
  );
}
