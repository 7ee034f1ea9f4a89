import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Page } from "../api/client";
import { useList } from "../api/list";
import type { APIKey, Explanation } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { visible } from "../elements/Text";
import { money } from "../texts/format";
import { useTexts } from "../texts/language";
import { Accounts } from "./Accounts";

/** KeyBudgets explains what a key's calls count against. */
export function KeyBudgets() {
  const t = useTexts();
  const [key, setKey] = useState("");
  const keys = useList<APIKey>("v1/api-keys");
  const explained = useQuery({
    queryKey: ["budgets", "of-key", key],
    queryFn: ({ signal }) => call<Page<Explanation>>(`v1/api-keys/${encodeURIComponent(key)}/budgets`, { signal }),
    enabled: key !== "",
    refetchInterval: 2000,
  });
  return (
    <section>
      <div className="filters">
        <Choice plain label={t("budgets.ofKey")} value={key} onChange={setKey}>
          <option value="">–</option>
          {keys.data?.map((k) => (
            <option key={k.id} value={k.id}>
              {k.name}
            </option>
          ))}
        </Choice>
      </div>
      {explained.error && <ErrorNote error={explained.error} retry={() => explained.refetch()} />}
      {explained.data?.data.length === 0 && <p className="empty">{t("budgets.none")}</p>}
      {explained.data?.data.map((e) => (
        <article key={e.id} className="budget">
          <h3>
            {e.kind} {visible(e.name ?? "")} · {money(e.limit_usd)}
          </h3>
          <Accounts accounts={e.accounts ?? []} limit={e.limit_usd} />
        </article>
      ))}
    </section>
  );
}
