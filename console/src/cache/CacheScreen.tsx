import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client";
import type { CacheState } from "../api/resources";
import { useMay } from "../app/session";
import { Confirm } from "../elements/Confirm";
import { ErrorNote } from "../elements/ErrorNote";
import { Table } from "../elements/Table";
import { count } from "../texts/format";
import { type TextKey, useLanguage } from "../texts/language";

const counters = [
  ["exact_hits", "cache.exact"],
  ["alias_hits", "cache.alias"],
  ["semantic_hits", "cache.semantic"],
  ["misses", "cache.misses"],
  ["vetoed", "cache.vetoed"],
  ["refreshes", "cache.refreshes"],
  ["stored", "cache.stored"],
  ["refused", "cache.refused"],
  ["entries", "cache.entries"],
  ["bytes", "cache.bytes"],
  ["evicted", "cache.evicted"],
] as const satisfies readonly (readonly [keyof CacheState, TextKey])[];

/** CacheScreen shows what the cache of answers holds and did, and empties it for the workspace. */
export function CacheScreen(): ReactNode {
  const { t, language } = useLanguage();
  const may = useMay();
  const client = useQueryClient();
  const queryKey = ["cache"];
  const state = useQuery({
    queryKey,
    queryFn: ({ signal }) => call<CacheState>("v1/cache", { signal }),
    enabled: may("cache.read"),
    refetchInterval: 5000,
  });
  const [asked, setAsked] = useState(false);
  const purge = useMutation({
    mutationFn: () => call<{ removed: number }>("v1/cache/purge", { method: "POST", body: { all: true } }),
    onSuccess: () => {
      setAsked(false);
      return client.invalidateQueries({ queryKey });
    },
  });
  const hits = state.data ? state.data.exact_hits + state.data.alias_hits + state.data.semantic_hits : 0;
  const asks = state.data ? hits + state.data.misses : 0;
  return (
    <>
      <header className="actions">
        <h1>{t("cache.title")}</h1>
        <button type="button" className="button danger" onClick={() => setAsked(true)}>
          {t("cache.purge")}
        </button>
      </header>
      {purge.data && (
        <p className="note good" role="status">
          {t("cache.purged", { count: count(purge.data.removed, language) })}
        </p>
      )}
      <p className="actions">
        <Link className="button small" to="/requests" search={{ cache: "HIT" }}>
          {t("cache.showHits")}
        </Link>
        <Link className="button small" to="/requests" search={{ cache: "SEMANTIC HIT" }}>
          {t("cache.showSemantic")}
        </Link>
      </p>
      {state.error && <ErrorNote error={state.error} retry={() => state.refetch()} />}
      {state.data && (
        <>
          {state.data.broken && <p className="note error">{t("cache.broken")}</p>}
          <p>
            {t("cache.share")}: <strong>{asks > 0 ? `${((hits / asks) * 100).toFixed(1)} %` : "–"}</strong>{" "}
            <span className="hint">{t("cache.sinceStart")}</span>
          </p>
          <Table
            rows={counters.map(([name, text]) => ({ text, value: Number(state.data[name]) }))}
            id={(row) => row.text}
            columns={[
              { text: "cache.what", cell: (row) => t(row.text) },
              { text: "cache.count", number: true, cell: (row) => count(row.value, language) },
            ]}
          />
        </>
      )}
      <Confirm
        title={t("cache.purge")}
        question={t("cache.confirmPurge")}
        open={asked}
        busy={purge.isPending}
        error={purge.error}
        onConfirm={() => purge.mutate()}
        onClose={() => setAsked(false)}
      />
    </>
  );
}
