import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client";
import { listKey, useList } from "../api/list";
import type { Credit, LedgerCheck, Wallet } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { ListScreen } from "../elements/ListScreen";
import { ObjectForm } from "../elements/ObjectForm";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { Window } from "../elements/Window";
import { count, money } from "../texts/format";
import { useLanguage, useTexts } from "../texts/language";

const path = "v1/wallets";
const at = (w: Wallet) => `${path}/${encodeURIComponent(w.id)}`;

/** Wallets lists what was paid in and what is left of it, and adds up the ledger. */
export function Wallets() {
  const may = useMay();
  const [open, setOpen] = useState<Wallet>();
  return (
    <>
      <ListScreen<Wallet & { from_file?: boolean }>
        part
        title="budgets.wallets"
        path={path}
        id={(w) => w.id}
        name={(w) => w.name}
        columns={[
          { text: "keys.name", cell: (w) => visible(w.name) },
          { text: "budgets.credited", number: true, cell: (w) => money(w.credited_usd) },
          { text: "keys.spent", number: true, cell: (w) => money(w.spent_usd) },
          { text: "budgets.reserved", number: true, cell: (w) => money(w.reserved_usd) },
          { text: "budgets.left", number: true, cell: (w) => money(w.balance_usd) },
          { text: "keys.created", cell: (w) => <Time at={w.created_at} /> },
        ]}
        actions={[
          { text: "wallets.credits", need: "wallets.read", run: async (w) => setOpen(w) },
          {
            text: "action.delete",
            need: "wallets.delete",
            ask: "wallets.confirmDelete",
            run: (w) => call(at(w), { method: "DELETE" }),
          },
        ]}
        create={{
          text: "wallets.new",
          need: "wallets.create",
          form: (done) => (
            <ObjectForm
              inputs={[
                { name: "name", text: "keys.name", required: true },
                { name: "api_key", text: "keys.key", hint: "wallets.keyHint" },
              ]}
              submit="action.create"
              send={(body) => call(path, { method: "POST", body })}
              onDone={done}
            />
          ),
        }}
      >
        {may("ledger.verify") && <Ledger />}
      </ListScreen>
      {open && (
        <Window title={open.name} open onClose={() => setOpen(undefined)}>
          <Credits wallet={open} />
        </Window>
      )}
    </>
  );
}

/** Credits lists what was paid into a wallet, and pays in. */
function Credits({ wallet }: { wallet: Wallet }) {
  const may = useMay();
  const client = useQueryClient();
  const list = useList<Credit>(`${at(wallet)}/credits`);
  return (
    <>
      {may("wallets.credit") && (
        <ObjectForm
          inputs={[
            { name: "amount_usd", text: "wallets.amount", kind: "number", required: true },
            { name: "reference", text: "wallets.reference", hint: "wallets.referenceHint", required: true },
          ]}
          submit="wallets.payIn"
          send={(body) => call(`${at(wallet)}/credits`, { method: "POST", body })}
          onDone={() => client.invalidateQueries({ queryKey: listKey(path) })}
        />
      )}
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {list.data && (
        <Table
          rows={list.data}
          id={(c) => c.reference}
          columns={[
            { text: "requests.time", cell: (c) => <Time at={c.created_at} /> },
            { text: "wallets.amount", number: true, cell: (c) => money(c.amount_usd) },
            { text: "wallets.reference", cell: (c) => visible(c.reference) },
          ]}
        />
      )}
    </>
  );
}

/** Ledger adds up all entries once it is asked to. */
function Ledger() {
  const t = useTexts();
  const { language } = useLanguage();
  const check = useMutation({ mutationFn: () => call<LedgerCheck>("v1/ledger/verification") });
  return (
    <p className="actions">
      <button type="button" className="button small" disabled={check.isPending} onClick={() => check.mutate()}>
        {t("wallets.verify")}
      </button>
      {check.data && (
        <span className={`badge ${check.data.sound ? "good" : "bad"}`} role="status">
          {t(check.data.sound ? "wallets.sound" : "wallets.unsound", { entries: count(check.data.entries, language) })}
        </span>
      )}
      {check.error && <ErrorNote error={check.error} />}
    </p>
  );
}
