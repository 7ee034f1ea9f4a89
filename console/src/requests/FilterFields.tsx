import { useMay } from "../app/session";
import { Choice, Field } from "../elements/Field";
import { Several } from "../elements/Several";
import { type TextKey, useTexts } from "../texts/language";
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

const names: Record<(typeof textFilters)[number], TextKey> = {
  model: "requests.model",
  provider: "requests.provider",
  member: "requests.member",
  api_key: "requests.key",
  virtual_key: "requests.virtualKey",
  team: "usage.team",
  config: "requests.config",
  prompt: "requests.prompt",
  variant: "requests.variant",
};

/** The filters that are always there; the others open, and stay open while one of them is set. */
const first = 4;

/** FilterFields are the filters of requests. */
export function FilterFields({ search, change }: Props) {
  const t = useTexts();
  const may = useMay();
  const set = (name: keyof RequestSearch, value: string) => {
    const { [name]: _, ...rest } = search;
    change(value ? ({ ...rest, [name]: value } as RequestSearch) : rest);
  };
  const several = (name: "status" | "cache" | "verdict", text: TextKey, none: TextKey, options: readonly string[]) => (
    <Several
      label={t(text)}
      none={t(none)}
      options={options}
      values={valuesOf(search[name])}
      toggle={(value) => set(name, toggled(search[name], value))}
    />
  );
  const texts = (list: readonly (typeof textFilters)[number][]) =>
    list.map((name) => (
      <TextFilter
        key={name}
        label={t(names[name])}
        value={search[name]}
        set={(v) => set(name, textOf(valuesOf(v)))}
        placeholder={t("requests.severalHint")}
      />
    ));
  const others = textFilters.slice(first);
  const moreSet = [...others, "verdict", "session_id", "metadata"].some(
    (name) => search[name as keyof RequestSearch] !== undefined,
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
      {several("status", "requests.status", "requests.anyStatus", statuses)}
      {several("cache", "requests.cache", "requests.anyCache", cacheStates)}
      {texts(textFilters.slice(0, first))}
      {may("logs.view") && <TextFilter label={t("requests.text")} value={search.text} set={(v) => set("text", v)} />}
      <details className="more" open={moreSet || undefined}>
        <summary>{t("requests.moreFilters")}</summary>
        <div className="filters">
          {texts(others)}
          {several("verdict", "requests.verdict", "requests.anyVerdict", verdicts)}
          <TextFilter label={t("sessions.session")} value={search.session_id} set={(v) => set("session_id", v)} />
          <TextFilter
            label={t("requests.metadata")}
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
