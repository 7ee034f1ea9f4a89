import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { call } from "../api/client";
import type { CacheAnswers, CacheReport, Sums } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { Figure, Figures } from "../elements/Figure";
import { bytes, count, duration, money, percent } from "../texts/format";
import { useLanguage } from "../texts/language";
import { sharesOf, wholeOf } from "./tiers";

const Plot = lazy(() => import("../usage/Plot"));

const periods = { "24h": "24 h", "168h": "7 d", "720h": "30 d" } as const;

/** HitShare shows how much of a period the cache answered, what that saved, and what it holds now. */
export function HitShare({ report }: { report: CacheReport }) {
  const { t, language } = useLanguage();
  const [since, setSince] = useState("168h");
  const sums = useQuery({
    queryKey: ["analytics", "cache", since],
    queryFn: ({ signal }) =>
      call<Sums>("v1/analytics", { query: { since, interval: "auto", group_by: "cache" }, signal }),
  });
  const kept = useQuery({
    queryKey: ["cache", "answers"],
    queryFn: ({ signal }) => call<CacheAnswers>("v1/cache/answers", { signal }),
    refetchInterval: 10_000,
  });
  const whole = useMemo(() => sums.data && wholeOf(sums.data), [sums.data]);
  const shares = useMemo(() => sums.data && sharesOf(sums.data), [sums.data]);
  return (
    <section>
      <div className="filters">
        <Choice plain label={t("requests.since")} value={since} onChange={setSince}>
          {Object.entries(periods).map(([value, text]) => (
            <option key={value} value={value}>
              {t("requests.last", { period: text })}
            </option>
          ))}
        </Choice>
      </div>
      {sums.error && <ErrorNote error={sums.error} retry={() => sums.refetch()} />}
      {kept.error && <ErrorNote error={kept.error} retry={() => kept.refetch()} />}
      <Figures>
        <Figure
          name={t("cache.share")}
          value={whole && whole.looked > 0 ? percent(whole.hits / whole.looked) : "–"}
          of={t("cache.shareOf", { count: whole ? count(whole.looked, language) : "–" })}
        />
        <Figure name={t("cache.savedMoney")} value={whole ? money(whole.savedUSD) : "–"} of={t("cache.inPeriod")} />
        <Figure
          name={t("cache.savedTime")}
          value={report.requests > 0 ? duration(report.saved_seconds * 1000) : "–"}
          of={
            report.observed_hits > 0
              ? t("cache.wouldSave", { amount: money(report.would_save_usd) })
              : t("cache.sinceEmpty")
          }
        />
        <Figure
          name={t("cache.answers")}
          value={kept.data ? count(kept.data.answers, language) : "–"}
          of={kept.data && t("cache.size", { size: bytes(kept.data.bytes, language) })}
        />
      </Figures>
      {whole?.looked === 0 && (
        <p className="empty">
          {t("cache.noTraffic")} <Link to="/configs">{t("cache.toConfigs")}</Link>
        </p>
      )}
      {shares && whole && whole.looked > 0 && (
        <>
          <Suspense fallback={<p aria-busy="true">{t("list.loading")}</p>}>
            <Plot
              label={t("cache.shareTitle")}
              times={shares.times}
              values={shares.hits}
              part={shares.near}
              write={percent}
            />
          </Suspense>
          <p className="legend hint">
            <span>
              <span className="swatch" aria-hidden="true" /> {t("cache.all")} {percent(whole.hits / whole.looked)}
            </span>
            <span>
              <span className="swatch part" aria-hidden="true" /> {t("cache.near")} {percent(whole.near / whole.looked)}
            </span>
          </p>
        </>
      )}
    </section>
  );
}
