import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { entered } from "../app/entered";
import { useKeys } from "../app/keyboard";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { RequestView } from "../request/RequestView";
import { useTexts } from "../texts/language";
import { exchangesQuery } from "./exchanges";
import { Facets } from "./Facets";
import { merged } from "./merged";
import { PeriodNumbers } from "./PeriodNumbers";
import { RequestFilters } from "./RequestFilters";
import { RequestTable } from "./RequestTable";
import { Searched } from "./Searched";
import { type RequestSearch, readSearch } from "./search";
import { useTail } from "./tail";
import { Views } from "./Views";

const route = getRouteApi("/requests");

/** RequestsScreen lists requests, with one of them in a panel beside the list. */
export function RequestsScreen() {
  const t = useTexts();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [ignored] = useState(() => readSearch(entered).ignored);
  const list = useInfiniteQuery(exchangesQuery(search));
  const [paused, setPaused] = useState(false);
  const tail = useTail(search, paused);
  const rows = useMemo(() => merged(tail.rows, list.data?.pages.flatMap((p) => p.data) ?? []), [list.data, tail.rows]);

  const { open: _, live: __, ...filters } = search;
  const change = (next: RequestSearch) => navigate({ search: next, replace: true });
  const open = useCallback(
    (id: string | undefined) =>
      navigate({
        search: ({ open: _, ...rest }) => (id ? { ...rest, open: id } : rest),
        replace: true,
      }),
    [navigate],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const nearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) {
      void fetchNextPage();
    }
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  useKeys(
    useCallback(
      (e: KeyboardEvent) => {
        const at = rows.findIndex((r) => r.id === search.open);
        const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[e.key];
        if (step) {
          const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
          if (next) {
            e.preventDefault();
            void open(next.id);
          }
        } else if (e.key === "Escape" && search.open) {
          void open(undefined);
        }
      },
      [rows, search.open, open],
    ),
  );

  return (
    <div className={search.open ? "split" : "whole"}>
      <div className="list">
        <header className="actions">
          <h1>{t("requests.title")}</h1>
          <Live search={search} change={change} />
          <Views search={search} change={change} />
          {may("logs.export") && (
            <Link to="/exports" search={filters} className="button small">
              {t("exports.these")}
            </Link>
          )}
        </header>
        {ignored.length > 0 && <p className="note">{t("error.badParameter", { names: ignored.join(", ") })}</p>}
        <RequestFilters
          search={search}
          change={change}
          find={(id) => navigate({ to: "/requests/$id", params: { id }, search: {} })}
        />
        {search.since && !search.text && may("analytics.view") && <PeriodNumbers search={search} />}
        <div className="browse">
          {!search.open && <Facets search={search} change={change} />}
          <div className="list">
            {tail.state !== "off" && <TailNote tail={tail} paused={paused} pause={setPaused} />}
            {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
            {list.isPending && <p aria-busy="true">{t("list.loading")}</p>}
            <Searched pages={list.data?.pages} />
            {search.text && hasNextPage && (
              <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
                {t("requests.searchOn")}
              </button>
            )}
            {list.isSuccess && !hasNextPage && rows.length === 0 && <p className="empty">{t("requests.empty")}</p>}
            {rows.length > 0 && (
              <>
                <RequestTable rows={rows} open={search.open} choose={open} nearEnd={nearEnd} />
                <p className="hint" aria-live="polite">
                  {t("requests.count", { count: rows.length })}
                </p>
              </>
            )}
          </div>
        </div>
      </div>
      {search.open && (
        <aside aria-label={t("request.title")}>
          <header className="actions">
            <Link to="/requests/$id" params={{ id: search.open }} search={{}} className="button small">
              {t("action.showAll")}
            </Link>
            <button type="button" className="button small" onClick={() => open(undefined)}>
              {t("action.close")}
            </button>
          </header>
          <RequestView id={search.open} />
        </aside>
      )}
    </div>
  );
}

interface LiveProps {
  search: RequestSearch;
  change: (next: RequestSearch) => void;
}

/** Live lets new requests appear by themselves. */
function Live({ search, change }: LiveProps) {
  const t = useTexts();
  const { live, ...still } = search;
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={live === "on"}
        onChange={(e) => change(e.target.checked ? { ...still, live: "on" } : still)}
      />
      {t("requests.live")}
    </label>
  );
}

interface TailProps {
  tail: ReturnType<typeof useTail>;
  paused: boolean;
  pause: (paused: boolean) => void;
}

/** TailNote tells whether the list is live, and halts it for reading. */
function TailNote({ tail, paused, pause }: TailProps) {
  const t = useTexts();
  if (tail.error) {
    return <ErrorNote error={tail.error} />;
  }
  return (
    <p className="actions">
      <span role="status">
        <span className={`badge ${tail.state === "live" ? "good" : "warn"}`}>
          {tail.state === "paused"
            ? t("tail.paused", { count: tail.waiting })
            : t(`tail.${tail.state === "live" ? "live" : "connecting"}`)}
        </span>
      </span>
      <button type="button" className="button small" aria-pressed={paused} onClick={() => pause(!paused)}>
        {t(paused ? "tail.resume" : "tail.pause")}
      </button>
    </p>
  );
}
