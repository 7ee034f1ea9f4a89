import { useQuery } from "@tanstack/react-query";
import { call } from "../api/client";
import type { Facets as Counts } from "../api/resources";
import { visible } from "../elements/Text";
import { count } from "../texts/format";
import { type TextKey, useLanguage } from "../texts/language";
import { queryOf, type RequestSearch } from "./search";
import { toggled, valuesOf } from "./values";

const shown = {
  status: "requests.status",
  model: "requests.model",
  provider: "requests.provider",
  member: "requests.member",
  cache: "requests.cache",
  verdict: "requests.verdict",
} as const satisfies Partial<Record<keyof RequestSearch, TextKey>>;

/** So many values of each dimension are offered. */
const most = 5;

/** Facets counts the requests by what they can be filtered by; a value is added to its filter, or taken out again. */
export function Facets({ search, change }: { search: RequestSearch; change: (next: RequestSearch) => void }) {
  const { t, language } = useLanguage();
  const counts = useQuery({
    queryKey: ["facets", queryOf(search)],
    queryFn: ({ signal }) => call<Counts>("v1/logs/facets", { query: queryOf(search), signal }),
    staleTime: 10_000,
  });
  if (!counts.data) {
    return null; // the list says what is wrong
  }
  const { total, facets } = counts.data;
  return (
    <div className="facets">
      <p className="hint">{t("facets.total", { count: count(total.count, language) + (total.capped ? "+" : "") })}</p>
      {Object.entries(shown).map(([name, text]) => {
        const values = facets?.[name]?.values?.slice(0, most) ?? [];
        const at = search[name as keyof typeof shown];
        const chosen = valuesOf(at);
        return values.length > 0 ? (
          <p key={name} className="actions">
            <span className="hint">{t(text)}</span>
            {values.map((v) => (
              <button
                key={v.value}
                type="button"
                className="button small"
                aria-pressed={chosen.includes(v.value)}
                onClick={() => {
                  const { [name as keyof RequestSearch]: _, ...rest } = search;
                  const values = toggled(at, v.value);
                  change(values ? ({ ...rest, [name]: values } as RequestSearch) : rest);
                }}
              >
                {visible(v.name || v.value || "–")} {count(v.count, language)}
              </button>
            ))}
          </p>
        ) : null;
      })}
    </div>
  );
}
