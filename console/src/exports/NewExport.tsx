import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice, Field } from "../elements/Field";
import { FilterFields } from "../requests/FilterFields";
import { queryOf, type RequestSearch } from "../requests/search";
import { useTexts } from "../texts/language";
import { path } from "./ExportsScreen";

const formats = ["jsonl", "csv", "parquet"] as const;

interface Props {
  /** The filters that it begins with. */
  search: RequestSearch;
  onDone: () => void;
}

/** NewExport asks which requests are exported, and how. */
export function NewExport({ search, onDone }: Props) {
  const t = useTexts();
  const may = useMay();
  const [filters, setFilters] = useState(search);
  const [format, setFormat] = useState<string>(formats[0]);
  const [bodies, setBodies] = useState(false);
  const make = useMutation({
    mutationFn: (body: Record<string, unknown>) => call(path, { method: "POST", body }),
    onSuccess: onDone,
  });
  const { open: _, live: __, ...chosen } = filters;
  return (
    <>
      <div className="filters">
        <FilterFields search={filters} change={setFilters} />
      </div>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          const form = new FormData(e.currentTarget);
          const limit = Number(form.get("limit"));
          const fields = String(form.get("fields"))
            .split(",")
            .map((name) => name.trim())
            .filter(Boolean);
          make.mutate({
            description: String(form.get("description")).trim(),
            format,
            bodies,
            start: true,
            filters: { ...queryOf(chosen), ...(limit > 0 ? { limit } : {}) },
            ...(fields.length > 0 ? { fields } : {}),
          });
        }}
      >
        <Field label={t("exports.description")} name="description" maxLength={200} />
        <Choice label={t("exports.format")} value={format} onChange={setFormat}>
          {formats.map((f) => (
            <option key={f}>{f}</option>
          ))}
        </Choice>
        <Field label={t("exports.fields")} name="fields" hint={t("exports.fieldsHint")} />
        <Field label={t("exports.most")} name="limit" type="number" min="1" hint={t("exports.mostHint")} />
        {may("logs.view") && (
          <label className="check">
            <input type="checkbox" checked={bodies} onChange={(e) => setBodies(e.target.checked)} />
            {t("exports.withBodies")}
          </label>
        )}
        {make.error && <ErrorNote error={make.error} />}
        <footer className="actions">
          <button type="submit" className="button primary" disabled={make.isPending}>
            {t("exports.begin")}
          </button>
        </footer>
      </form>
    </>
  );
}
