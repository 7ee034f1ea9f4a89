import { type FormEvent, useState } from "react";
import { Choice, Field } from "../elements/Field";
import { useTexts } from "../texts/language";
import { cacheStates, periods, type RequestSearch } from "./search";

interface Props {
  search: RequestSearch;
  change: (next: RequestSearch) => void;
  find: (id: string) => void;
}

const statuses = ["2xx", "4xx", "5xx", "429"];
const names: Record<(typeof periods)[number], string> = {
  "15m": "15 min",
  "1h": "1 h",
  "24h": "24 h",
  "168h": "7 d",
  "720h": "30 d",
};

/** RequestFilters narrows the list. An id in its first field opens that request, whatever the filters. */
export function RequestFilters({ search, change, find }: Props) {
  const t = useTexts();
  const set = (name: keyof RequestSearch, value: string) => {
    const { [name]: _, ...rest } = search;
    change(value ? ({ ...rest, [name]: value } as RequestSearch) : rest);
  };
  return (
    <div className="filters">
      <IDField find={find} />
      <Choice plain label={t("requests.since")} value={search.since ?? ""} onChange={(v) => set("since", v)}>
        <option value="">{t("requests.allTime")}</option>
        {periods.map((p) => (
          <option key={p} value={p}>
            {t("requests.last", { period: names[p] })}
          </option>
        ))}
      </Choice>
      <Choice plain label={t("requests.status")} value={search.status ?? ""} onChange={(v) => set("status", v)}>
        <option value="">{t("requests.anyStatus")}</option>
        {[...new Set([...statuses, ...(search.status ? [search.status] : [])])].map((s) => (
          <option key={s}>{s}</option>
        ))}
      </Choice>
      <Choice plain label={t("requests.cache")} value={search.cache ?? ""} onChange={(v) => set("cache", v)}>
        <option value="">{t("requests.anyCache")}</option>
        {cacheStates.map((s) => (
          <option key={s}>{s}</option>
        ))}
      </Choice>
      <TextFilter label={t("requests.model")} value={search.model} set={(v) => set("model", v)} />
      <TextFilter label={t("requests.provider")} value={search.provider} set={(v) => set("provider", v)} />
      <TextFilter label={t("requests.member")} value={search.member} set={(v) => set("member", v)} />
      <TextFilter label={t("requests.key")} value={search.api_key} set={(v) => set("api_key", v)} />
      <TextFilter
        label={t("requests.metadata")}
        value={search.metadata}
        set={(v) => set("metadata", v)}
        placeholder={t("requests.metadataHint")}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={search.live === "on"}
          onChange={(e) => set("live", e.target.checked ? "on" : "")}
        />
        {t("requests.live")}
      </label>
      <button type="button" className="button small" onClick={() => change({})}>
        {t("action.clear")}
      </button>
    </div>
  );
}

function IDField({ find }: { find: (id: string) => void }) {
  const t = useTexts();
  const [id, setID] = useState("");
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (id.trim()) {
      find(id.trim());
    }
  };
  return (
    <form onSubmit={submit}>
      <Field label={t("requests.search")} type="search" value={id} onChange={(e) => setID(e.target.value)} />
    </form>
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
