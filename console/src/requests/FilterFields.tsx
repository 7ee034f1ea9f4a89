import { useMay } from "../app/session";
import { Choice, Field } from "../elements/Field";
import { Several } from "../elements/Several";
import { type TextKey, useTexts } from "../texts/language";
import { filterNames } from "./filterNames";
import { cacheStates, periods, type RequestSearch, statuses, textFilters, verdicts } from "./search";
import { textOf, toggled, valuesOf } from "./values";

interface Props {
  search: RequestSearch;
  change: (next: RequestSearch) => void;
}

const periodNames: Record<(typeof periods)[number], string> = {
  "15m": "15 min",
  "1h": "1 h",
  "24h": "24 h",
  "168h": "7 d",
  "720h": "30 d",
};

/** FilterFields are the filters of requests: period, words, status and cache at first, the others in a part that opens. */
export function FilterFields({ search, change }: Props) {
  const t = useTexts();
  const may = useMay();
  const set = (name: keyof RequestSearch, value: string) => {
    const { [name]: _, ...rest } = search;
    change(value ? ({ ...rest, [name]: value } as RequestSearch) : rest);
  };
  const several = (name: "status" | "cache" | "verdict", none: TextKey, options: readonly string[]) => (
    <Several
      label={t(filterNames[name])}
      none={t(none)}
      options={options}
      values={valuesOf(search[name])}
      toggle={(value) => set(name, toggled(search[name], value))}
    />
  );
  return (
    <>
      <Choice plain label={t("requests.since")} value={search.since ?? ""} onChange={(v) => set("since", v)}>
        <option value="">{t("requests.allTime")}</option>
        {periods.map((p) => (
          <option key={p} value={p}>
            {t("requests.last", { period: periodNames[p] })}
          </option>
        ))}
      </Choice>
      {may("logs.view") && <TextFilter label={t(filterNames.text)} value={search.text} set={(v) => set("text", v)} />}
      {several("status", "requests.anyStatus", statuses)}
      {several("cache", "requests.anyCache", cacheStates)}
      <details className="more">
        <summary>{t("requests.moreFilters")}</summary>
        <div className="filters">
          {textFilters.map((name) => (
            <TextFilter
              key={name}
              label={t(filterNames[name])}
              value={search[name]}
              set={(v) => set(name, textOf(valuesOf(v)))}
              placeholder={t("requests.severalHint")}
            />
          ))}
          {several("verdict", "requests.anyVerdict", verdicts)}
          <TextFilter label={t(filterNames.session_id)} value={search.session_id} set={(v) => set("session_id", v)} />
          <TextFilter
            label={t(filterNames.metadata)}
            value={search.metadata}
            set={(v) => set("metadata", v)}
            placeholder={t("requests.metadataHint")}
          />
        </div>
      </details>
    </>
  );
}

interface TextFilterProps {
  label: string;
  value: string | undefined;
  set: (value: string) => void;
  placeholder?: string;
}

/** TextFilter takes effect with Enter, or when it is left. */
function TextFilter({ label, value = "", set, placeholder }: TextFilterProps) {
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        set(String(new FormData(e.currentTarget).get("value")).trim());
      }}
    >
      <Field
        key={value}
        label={label}
        name="value"
        defaultValue={value}
        placeholder={placeholder}
        onBlur={(e) => e.target.value.trim() !== value && set(e.target.value.trim())}
      />
    </form>
  );
}
