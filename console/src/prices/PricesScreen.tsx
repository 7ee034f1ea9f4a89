import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/client";
import type { PriceRule, PriceSettings } from "../api/resources";
import { useMay } from "../app/session";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { ListScreen } from "../elements/ListScreen";
import { ObjectForm } from "../elements/ObjectForm";
import { visible } from "../elements/Text";
import { useTexts } from "../texts/language";

const path = "v1/price-rules";

/** PricesScreen lists what callers are charged beside what providers charge. */
export function PricesScreen() {
  const t = useTexts();
  return (
    <ListScreen<PriceRule>
      title="prices.title"
      path={path}
      id={(r) => r.id}
      name={(r) => r.name}
      columns={[
        { text: "keys.name", cell: (r) => visible(r.name) },
        {
          text: "budgets.concerns",
          cell: (r) =>
            visible(
              [r.provider, r.virtual_key && `@${r.virtual_key}`, r.model, r.team_id].filter(Boolean).join(" · "),
            ) || "–",
        },
        { text: "prices.rule", cell: ruleOf },
        { text: "list.where", cell: (r) => (r.workspace_id === "*" ? t("list.everywhere") : t("list.here")) },
      ]}
      actions={[
        {
          text: "action.delete",
          need: "price_rules.delete",
          ask: "prices.confirmDelete",
          run: (r) => call(`${path}/${encodeURIComponent(r.id)}`, { method: "DELETE" }),
        },
      ]}
      create={{
        text: "prices.new",
        need: "price_rules.create",
        form: (done) => (
          <ObjectForm
            inputs={[
              { name: "name", text: "keys.name", required: true },
              { name: "provider", text: "virtualKeys.provider" },
              { name: "model", text: "requests.model" },
              { name: "team", text: "usage.team" },
              { name: "multiplier", text: "prices.multiplier", kind: "number", hint: "prices.multiplierHint" },
              { name: "price", text: "prices.fixed", kind: "json", hint: "prices.fixedHint" },
            ]}
            submit="action.create"
            send={(body) => call(path, { method: "POST", body })}
            onDone={done}
          />
        ),
      }}
    >
      <p className="hint">{t("prices.about")}</p>
      <Unpriced />
    </ListScreen>
  );
}

/** ruleOf writes a rule: "× 1.2", or its price of a million tokens. */
function ruleOf({ price, multiplier }: PriceRule): string {
  if (!price) {
    return `× ${multiplier ?? 1}`;
  }
  return Object.entries(price)
    .map(([name, usd]) => `${name} $${usd}`)
    .join(" · ");
}

const words = ["allow", "deny"] as const;

/** Unpriced sets what becomes of models without a known price. */
function Unpriced() {
  const t = useTexts();
  const may = useMay();
  const client = useQueryClient();
  const queryKey = ["price-settings"];
  const settings = useQuery({
    queryKey,
    queryFn: ({ signal }) => call<PriceSettings>("v1/price-settings", { signal }),
  });
  const set = useMutation({
    mutationFn: (value: string) =>
      call("v1/price-settings", { method: "PUT", body: { unpriced_models: value || null } }),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  if (!settings.data) {
    return settings.error ? <ErrorNote error={settings.error} retry={() => settings.refetch()} /> : null;
  }
  const now = settings.data.unpriced_models as unknown;
  const changes = may("price_rules.update") && !settings.data.from_file;
  if (!changes || (typeof now === "object" && now !== null)) {
    return (
      <p>
        {t("prices.unpriced")}: {now === null ? t("prices.serverSays") : JSON.stringify(now)}
      </p>
    );
  }
  return (
    <div className="filters">
      <Choice plain label={t("prices.unpriced")} value={String(now ?? "")} onChange={(value) => set.mutate(value)}>
        <option value="">{t("prices.serverSays")}</option>
        {words.map((w) => (
          <option key={w}>{w}</option>
        ))}
      </Choice>
      {set.error && <ErrorNote error={set.error} />}
    </div>
  );
}
