import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { call } from "../api/client";
import type { Sums } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { duration, money, percent } from "../texts/format";
import { type TextKey, useLanguage } from "../texts/language";
import { changeOf, type Metric, metrics, trendOf } from "./trend";

// The drawing of series loads with the first screen that has one.
const Plot = lazy(() => import("./Plot"));

const texts = {
  price: "usage.price",
  calls: "usage.calls",
  tokens: "requests.tokens",
  errors: "usage.errorShare",
  cache: "usage.cacheShare",
  latency: "usage.latency",
} as const satisfies Record<Metric, TextKey>;

const short = (n: number) => new Intl.NumberFormat("en", { notation: "compact" }).format(n);
const write: Record<Metric, (n: number) => string> = {
  price: money,
  calls: short,
  tokens: short,
  errors: percent,
  cache: percent,
  latency: duration,
};

/** A greater change than this share says no more than the two numbers do. */
const mostChange = 10;

/** TrendPlot draws a number over a period, with the period before as a line. */
export function TrendPlot({ since }: { since: string }) {
  const { t } = useLanguage();
  const [metric, setMetric] = useState<Metric>("price");
  const sums = useQuery({
    queryKey: ["analytics", since],
    queryFn: ({ signal }) =>
      call<Sums>("v1/analytics", { query: { since, interval: "auto", compare: "previous" }, signal }),
  });
  const trend = useMemo(() => sums.data && trendOf(sums.data, metric), [sums.data, metric]);
  if (sums.error) {
    return <ErrorNote error={sums.error} retry={() => sums.refetch()} />;
  }
  const whole = (values: number[]) => {
    const used = metrics[metric].adds ? values : values.filter((v) => v > 0);
    const sum = used.reduce((a, b) => a + b, 0);
    return metrics[metric].adds ? sum : used.length > 0 ? sum / used.length : 0;
  };
  const change = trend && changeOf(whole(trend.now), whole(trend.before));
  return (
    <section>
      <div className="filters">
        <Choice plain label={t("usage.metric")} value={metric} onChange={(value) => setMetric(value as Metric)}>
          {Object.entries(texts).map(([name, text]) => (
            <option key={name} value={name}>
              {t(text)}
            </option>
          ))}
        </Choice>
      </div>
      <Suspense fallback={<p aria-busy="true">{t("list.loading")}</p>}>
        {trend && (
          <Plot
            label={t(texts[metric])}
            times={trend.times}
            values={trend.now}
            before={trend.before}
            write={write[metric]}
          />
        )}
      </Suspense>
      {change !== undefined && trend && (
        <p className="hint">
          {t("usage.previous", { amount: write[metric](whole(trend.before)) })}
          {change <= mostChange && ` · ${t("usage.change", { change: `${change > 0 ? "+" : ""}${percent(change)}` })}`}
        </p>
      )}
    </section>
  );
}
