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

/** Where there is no room beside the list, the counts are folded at first. */
const narrow = window.matchMedia("(max-width: 60rem)");

/** Facets counts the requests by what they can be filtered by; a value is added to its filter, or taken out again. */
export function Facets({ search, change }: { search: RequestSearch; change: (next: RequestSearch) => void }) {
  const { t, language } = useLanguage();
  const counts = useQuery({
    queryKey: ["facets", queryOf(search)],
    queryFn: ({ signal }) => call<Counts>("v1/logs/facets", { query: queryOf(search), signal }),
    placeholderData: (before) => before, // the list does not jump while the next counts are on their way
    staleTime: 10_000,
  });
  if (!counts.data) {
    return null; // the list says what is wrong
  }
  const { total, facets } = counts.data;
  return (
    <details className="facets" open={!narrow.matches}>
      <summary>{t("facets.total", { count: count(total.count, language) + (total.capped ? "+" : "") })}</summary>
      {Object.entries(shown).map(([name, text]) => {
        const values = facets?.[name]?.values?.slice(0, most) ?? [];
        const at = search[name as keyof typeof shown];
        const chosen = valuesOf(at);
        return values.length > 0 ? (
          <fieldset key={name}>
            <legend>{t(text)}</legend>
            {values.map((v) => (
              <button
                key={v.value}
                type="button"
                title={visible(v.name || v.value)}
                aria-pressed={chosen.includes(v.value)}
                onClick={() => {
                  const { [name as keyof RequestSearch]: _, ...rest } = search;
                  const values = toggled(at, v.value);
                  change(values ? ({ ...rest, [name]: values } as RequestSearch) : rest);
                }}
              >
                <span>{visible(v.name || v.value || "–")}</span>{" "}
                <span className="number">{count(v.count, language)}</span>
              </button>
            ))}
          </fieldset>
        ) : null;
      })}
    </details>
  );
}
