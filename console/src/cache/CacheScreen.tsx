import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client";
import type { CacheReport } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { useTexts } from "../texts/language";
import { Explain } from "./Explain";
import { HitShare } from "./HitShare";
import { Process } from "./Process";
import { Promises } from "./Promises";
import { Remove } from "./Remove";

const route = getRouteApi("/cache");

/** CacheScreen shows what the cache of answers did for the workspace, explains it, and removes answers. */
export function CacheScreen(): ReactNode {
  const t = useTexts();
  const may = useMay();
  const { explain } = route.useSearch();
  const report = useQuery({
    queryKey: ["cache", "report"],
    queryFn: ({ signal }) => call<CacheReport>("v1/cache/report", { signal }),
    refetchInterval: 10_000,
  });
  return (
    <>
      <header className="actions">
        <h1>{t("cache.title")}</h1>
        <Link className="button small" to="/requests" search={{ cache: "HIT" }}>
          {t("cache.showHits")}
        </Link>
        <Link className="button small" to="/requests" search={{ cache: "SEMANTIC HIT" }}>
          {t("cache.showSemantic")}
        </Link>
      </header>
      <p className="hint">
        {t("cache.about")} {t("cache.docs")}
      </p>
      {report.error && <ErrorNote error={report.error} retry={() => report.refetch()} />}
      {report.data && (
        <>
          <HitShare report={report.data} />
          <Promises report={report.data} />
        </>
      )}
      {may("cache.explain") && <Explain key={explain} request={explain} />}
      {may("cache.purge") && <Remove />}
      {may("cache.read") && <Process />}
    </>
  );
}
