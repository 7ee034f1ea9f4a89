import { useQuery } from "@tanstack/react-query";
import { call } from "../api/client";
import type { CacheState } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Table } from "../elements/Table";
import { count } from "../texts/format";
import { type TextKey, useLanguage } from "../texts/language";

const counters = [
  ["exact_hits", "cache.exact"],
  ["alias_hits", "cache.alias"],
  ["semantic_hits", "cache.semantic"],
  ["misses", "cache.misses"],
  ["refreshes", "cache.refreshes"],
  ["bypassed", "cache.bypassed"],
  ["vetoed", "cache.vetoed"],
  ["stored", "cache.stored"],
  ["refused", "cache.refused"],
  ["entries", "cache.entries"],
  ["bytes", "cache.bytes"],
  ["evicted", "cache.evicted"],
] as const satisfies readonly (readonly [keyof CacheState, TextKey])[];

/** Process shows what the cache of the whole process did since its start, to the owner of the server. */
export function Process() {
  const { t, language } = useLanguage();
  const state = useQuery({
    queryKey: ["cache", "process"],
    queryFn: ({ signal }) => call<CacheState>("v1/cache", { signal }),
    refetchInterval: 10_000,
  });
  return (
    <section className="narrow">
      <h2>{t("cache.process")}</h2>
      <p className="hint">{t("cache.sinceStart")}</p>
      {state.error && <ErrorNote error={state.error} retry={() => state.refetch()} />}
      {state.data?.broken && <p className="note error">{t("cache.broken")}</p>}
      {state.data && (
        <Table
          rows={counters.map(([name, text]) => ({ text, value: Number(state.data[name]) }))}
          id={(row) => row.text}
          columns={[
            { text: "cache.what", cell: (row) => t(row.text) },
            { text: "cache.number", number: true, cell: (row) => count(row.value, language) },
          ]}
        />
      )}
    </section>
  );
}
