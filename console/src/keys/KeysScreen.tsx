import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Page } from "../api/client";
import type { APIKey } from "../api/resources";
import { useMay } from "../app/session";
import { Confirm } from "../elements/Confirm";
import { ErrorNote } from "../elements/ErrorNote";
import { Window } from "../elements/Window";
import { clock, money } from "../texts/format";
import { type TextKey, useLanguage } from "../texts/language";
import { KeyOnce } from "./KeyOnce";
import { NewKey } from "./NewKey";

const queryKey = ["api-keys"];

type Action = "delete" | "rotate";

function stateOf(key: APIKey): { text: TextKey; kind: string } {
  if (key.disabled) {
    return { text: "state.disabled", kind: "warn" };
  }
  if (key.expires_at && new Date(key.expires_at) < new Date()) {
    return { text: "state.expired", kind: "warn" };
  }
  return key.closed ? { text: "state.closed", kind: "bad" } : { text: "state.active", kind: "good" };
}

/** KeysScreen lists the API keys that the caller may see, and makes and ends them. */
export function KeysScreen() {
  const { t, language } = useLanguage();
  const may = useMay();
  const client = useQueryClient();
  const list = useQuery({
    queryKey,
    queryFn: ({ signal }) => call<Page<APIKey>>("v1/api-keys", { query: { limit: 1000 }, signal }),
  });
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<APIKey>();
  const [asked, setAsked] = useState<{ action: Action; key: APIKey }>();
  const changed = () => client.invalidateQueries({ queryKey });
  const act = useMutation({
    mutationFn: ({ action, key }: { action: Action | "disable" | "enable"; key: APIKey }) => {
      const path = `v1/api-keys/${encodeURIComponent(key.id)}`;
      return action === "delete"
        ? call<APIKey>(path, { method: "DELETE" })
        : call<APIKey>(`${path}/${action}`, {
            method: "POST",
            body: action === "rotate" ? { overlap: "24h" } : undefined,
          });
    },
    onSuccess: (answer, { action }) => {
      setAsked(undefined);
      if (action === "rotate") {
        setShown(answer);
      }
      return changed();
    },
  });
  return (
    <>
      <header className="actions">
        <h1>{t("keys.title")}</h1>
        {may("api_keys.create") && (
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            {t("keys.new")}
          </button>
        )}
      </header>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {act.error && !asked && <ErrorNote error={act.error} />}
      {list.data && (
        <div className="wide">
          <table>
            <thead>
              <tr>
                <th>{t("keys.name")}</th>
                <th>{t("keys.member")}</th>
                <th>{t("keys.role")}</th>
                <th>{t("keys.config")}</th>
                <th className="number">{t("keys.spent")}</th>
                <th className="number">{t("keys.budget")}</th>
                <th>{t("keys.created")}</th>
                <th>{t("keys.state")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {list.data.data.map((key) => {
                const state = stateOf(key);
                return (
                  <tr key={key.id}>
                    <td>
                      {key.name} <code>{key.masked}</code>
                    </td>
                    <td>{key.member}</td>
                    <td>{key.role}</td>
                    <td>{key.config || "–"}</td>
                    <td className="number">{money(key.spent_usd)}</td>
                    <td className="number">{money(key.budget_usd)}</td>
                    <td title={key.created_at}>{clock(key.created_at, language)}</td>
                    <td>
                      <span className={`badge ${state.kind}`}>{t(state.text)}</span>
                    </td>
                    <td className="actions">
                      {key.from_file && <span className="hint">{t("state.fromFile")}</span>}
                      {!key.from_file && may("api_keys.update") && (
                        <>
                          <button
                            type="button"
                            className="button small"
                            onClick={() => act.mutate({ action: key.disabled ? "enable" : "disable", key })}
                          >
                            {t(key.disabled ? "action.enable" : "action.disable")}
                          </button>
                          <button
                            type="button"
                            className="button small"
                            onClick={() => setAsked({ action: "rotate", key })}
                          >
                            {t("action.rotate")}
                          </button>
                        </>
                      )}
                      {!key.from_file && may("api_keys.delete") && (
                        <button
                          type="button"
                          className="button small"
                          onClick={() => setAsked({ action: "delete", key })}
                        >
                          {t("action.delete")}
                        </button>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <Window title={t("keys.new")} open={making} onClose={() => setMaking(false)}>
        <NewKey
          onMade={(key) => {
            setMaking(false);
            setShown(key);
            void changed();
          }}
        />
      </Window>
      {shown && <KeyOnce made={shown} onClose={() => setShown(undefined)} />}
      {asked && (
        <Confirm
          title={t(asked.action === "delete" ? "action.delete" : "action.rotate")}
          question={t(asked.action === "delete" ? "keys.confirmDelete" : "keys.confirmRotate", {
            name: asked.key.name,
          })}
          open
          busy={act.isPending}
          error={act.error}
          onConfirm={() => act.mutate(asked)}
          onClose={() => {
            setAsked(undefined);
            act.reset();
          }}
        />
      )}
    </>
  );
}
