import { visible } from "../elements/Text";
import { type TextKey, useTexts } from "../texts/language";
import { filterNames } from "./filterNames";
import type { RequestSearch } from "./search";

interface Props {
  search: RequestSearch;
  change: (next: RequestSearch) => void;
}

/** ChosenFilters tells which filters are set; each is taken out with a click, or all at once. */
export function ChosenFilters({ search, change }: Props) {
  const t = useTexts();
  const { live: _, open: __, ...filters } = search;
  if (Object.keys(filters).length === 0) {
    return null;
  }
  const names = Object.entries(filterNames) as [keyof typeof filterNames, TextKey][];
  return (
    <p className="actions chosen">
      {names.map(([name, text]) => {
        const { [name]: value, ...rest } = search;
        return value === undefined ? null : (
          <button
            key={name}
            type="button"
            className="button small"
            aria-label={t("requests.without", { filter: `${t(text)}: ${visible(value)}` })}
            onClick={() => change(rest)}
          >
            <span className="hint">{t(text)}</span> <span className="cut">{visible(value)}</span> ×
          </button>
        );
      })}
      <button type="button" className="link" onClick={() => change({})}>
        {t("action.clear")}
      </button>
    </p>
  );
}
