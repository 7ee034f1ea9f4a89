import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { call } from "../api/client";
import type { Usage } from "../api/resources";
import { money } from "../texts/format";
import { useTexts } from "../texts/language";
import { everyDay, forecast } from "./forecast";

// The drawing of series loads with the first screen that has one.
const Plot = lazy(() => import("./Plot"));

/** Spending draws what the days of a period cost, and says what the month will come to. */
export function Spending({ since }: { since: string }) {
  const t = useTexts();
  const usage = useQuery({
    queryKey: ["usage", "day", since],
    queryFn: ({ signal }) => call<Usage>("v1/usage", { query: { group_by: "day", since }, signal }),
  });
  const series = useMemo(() => {
    const days = (usage.data?.data ?? []).map((r) => ({ day: r.day ?? "", amount: r.price_usd }));
    const all = days.length > 0 ? everyDay(days, new Date()) : [];
    return {
      times: all.map((d) => Date.parse(d.day) / 1000),
      values: all.map((d) => d.amount),
      month: forecast(days, new Date()),
    };
  }, [usage.data]);
  if (series.times.length === 0) {
    return null;
  }
  return (
    <section>
      <Suspense fallback={<p aria-busy="true">{t("list.loading")}</p>}>
        <Plot label={t("usage.byDay")} times={series.times} values={series.values} write={money} />
      </Suspense>
      {series.month !== undefined && <p className="hint">{t("usage.forecast", { amount: money(series.month) })}</p>}
    </section>
  );
}
