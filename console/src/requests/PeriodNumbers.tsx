import { useQuery } from "@tanstack/react-query";
import { call } from "../api/client";
import type { SumRow, Sums } from "../api/resources";
import { Figure, Figures } from "../elements/Figure";
import { count, duration, money, percent } from "../texts/format";
import { type TextKey, useLanguage } from "../texts/language";
import { changeOf } from "../usage/trend";
import { queryOf, type RequestSearch } from "./search";

interface PeriodNumber {
  text: TextKey;
  of: (row: SumRow) => number;
  write: (value: number, language: string) => string;
}

const numbers: PeriodNumber[] = [
  { text: "usage.calls", of: (r) => r.calls, write: count },
  { text: "usage.errorShare", of: (r) => (r.calls > 0 ? r.errors / r.calls : 0), write: percent },
  { text: "usage.cacheShare", of: (r) => (r.calls > 0 ? r.cache_hits / r.calls : 0), write: percent },
  { text: "requests.cost", of: (r) => r.cost_usd, write: money },
  { text: "requests.tokens", of: (r) => r.input_tokens + r.output_tokens, write: count },
  { text: "requests.latency", of: (r) => r.latency_ms.p50, write: duration },
];

/** A greater change than this share says no more than the two numbers do. */
const mostChange = 10;

/** PeriodNumbers sum up the requests of a period that the filters select, beside the period before. */
export function PeriodNumbers({ search }: { search: RequestSearch }) {
  const { t, language } = useLanguage();
  const { text: _, ...filters } = search;
  const sums = useQuery({
    queryKey: ["period-numbers", queryOf(filters)],
    queryFn: ({ signal }) =>
      call<Sums>("v1/analytics", { query: { ...queryOf(filters), compare: "previous" }, signal }),
    staleTime: 10_000,
  });
  const now = sums.data?.data?.[0];
  if (!now) {
    return null; // there are none, or the list says what is wrong
  }
  const before = sums.data?.previous?.data?.[0];
  return (
    <Figures>
      {numbers.map(({ text, of, write }) => {
        const change = before && changeOf(of(now), of(before));
        return (
          <Figure
            key={text}
            name={t(text)}
            value={write(of(now), language)}
            of={
              <>
                {t("usage.previous", { amount: before ? write(of(before), language) : "–" })}
                {change !== undefined && change <= mostChange && ` · ${change > 0 ? "+" : ""}${percent(change)}`}
              </>
            }
          />
        );
      })}
    </Figures>
  );
}
