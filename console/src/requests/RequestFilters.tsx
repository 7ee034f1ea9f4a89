import { type FormEvent, useState } from "react";
import { Field } from "../elements/Field";
import { useTexts } from "../texts/language";
import { ChosenFilters } from "./ChosenFilters";
import { FilterFields } from "./FilterFields";
import type { RequestSearch } from "./search";

interface Props {
  search: RequestSearch;
  change: (next: RequestSearch) => void;
  find: (id: string) => void;
}

/** RequestFilters narrows the list. An id in its first field opens that request, whatever the filters. */
export function RequestFilters({ search, change, find }: Props) {
  return (
    <>
      <div className="filters">
        <IDField find={find} />
        <FilterFields search={search} change={change} />
      </div>
      <ChosenFilters search={search} change={change} />
    </>
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
