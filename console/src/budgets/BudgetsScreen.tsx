import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { call, type Page } from "../api/client";
import type { Budget, BudgetAccount } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { ListScreen } from "../elements/ListScreen";
import { ObjectForm } from "../elements/ObjectForm";
import { visible } from "../elements/Text";
import { Window } from "../elements/Window";
import { money } from "../texts/format";
import { useTexts } from "../texts/language";
import { Wallets } from "../wallets/Wallets";
import { Accounts } from "./Accounts";
import { conditionsOf, groupsOf, readConditions, readGroups } from "./conditions";
import { KeyBudgets } from "./KeyBudgets";

const path = "v1/policies/usage-limits";
const at = (b: Budget) => `${path}/${encodeURIComponent(b.id)}`;

/** BudgetsScreen shows budgets and wallets, and what limits one API key with its open reservations. */
export function BudgetsScreen(): ReactNode {
  const t = useTexts();
  const may = useMay();
  const [open, setOpen] = useState<Budget>();
  return (
    <>
      <h1>{t("budgets.title")}</h1>
      <KeyBudgets />
      <ListScreen<Budget>
        part
        title="budgets.budgets"
        path={path}
        id={(b) => b.id}
        name={(b) => b.name}
        columns={[
          { text: "keys.name", cell: (b) => visible(b.name) },
          { text: "budgets.limit", number: true, cell: (b) => money(b.credit_limit) },
          { text: "budgets.period", cell: (b) => `${b.period} ${b.period === "life" ? "" : (b.time_zone ?? "")}` },
          { text: "budgets.concerns", cell: (b) => visible(conditionsOf(b)) || "–" },
          { text: "budgets.each", cell: (b) => groupsOf(b) || "–" },
        ]}
        actions={[
          {
            text: "budgets.spending",
            need: "policies.read",
            declared: true,
            run: async (b) => setOpen(b),
          },
          {
            text: "action.delete",
            need: "policies.delete",
            ask: "budgets.confirmDelete",
            run: (b) => call(at(b), { method: "DELETE" }),
          },
        ]}
        create={{
          text: "budgets.new",
          need: "policies.create",
          form: (done) => (
            <ObjectForm
              inputs={[
                { name: "name", text: "keys.name", required: true },
                { name: "credit_limit", text: "budgets.limitUSD", kind: "number", required: true },
                {
                  name: "period",
                  text: "budgets.period",
                  kind: "choice",
                  choices: ["day", "week", "month", "life"],
                  required: true,
                  value: "month",
                },
                { name: "time_zone", text: "budgets.timeZone", hint: "budgets.timeZoneHint" },
                { name: "conditions", text: "budgets.concerns", hint: "budgets.concernsHint", read: readConditions },
                { name: "group_by", text: "budgets.each", hint: "budgets.eachHint", read: readGroups },
              ]}
              submit="action.create"
              send={(body) => call(path, { method: "POST", body })}
              onDone={done}
            />
          ),
        }}
      />
      {open && (
        <Window title={open.name} open onClose={() => setOpen(undefined)}>
          <Spending budget={open} />
        </Window>
      )}
      {may("wallets.list") && <Wallets />}
    </>
  );
}

/** Spending shows what each group of a budget has spent in its period. */
function Spending({ budget }: { budget: Budget }) {
  const t = useTexts();
  const accounts = useQuery({
    queryKey: ["budgets", budget.id, "accounts"],
    queryFn: ({ signal }) => call<Page<BudgetAccount>>(`${at(budget)}/entities`, { signal }),
  });
  if (accounts.error) {
    return <ErrorNote error={accounts.error} retry={() => accounts.refetch()} />;
  }
  return accounts.data ? (
    <Accounts accounts={accounts.data.data} limit={budget.credit_limit} />
  ) : (
    <p aria-busy="true">{t("list.loading")}</p>
  );
}
