import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Page } from "../api/client";
import type { VirtualKey } from "../api/resources";
import { useMay } from "../app/session";
import { Confirm } from "../elements/Confirm";
import { ErrorNote } from "../elements/ErrorNote";
import { Window } from "../elements/Window";
import { clock } from "../texts/format";
import { useLanguage } from "../texts/language";
import { NewVirtualKey } from "./NewVirtualKey";

const queryKey = ["virtual-keys"];

/** VirtualKeysScreen lists the credentials of providers by name. A credential is never shown. */
export function VirtualKeysScreen() {
  const { t, language } = useLanguage();
  const may = useMay();
  const client = useQueryClient();
  const list = useQuery({
    queryKey,
    queryFn: ({ signal }) => call<Page<VirtualKey>>("v1/virtual-keys", { query: { limit: 1000 }, signal }),
  });
  const [making, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<VirtualKey>();
  const changed = () => client.invalidateQueries({ queryKey });
  const act = useMutation({
    mutationFn: ({ action, key }: { action: "disable" | "enable" | "delete"; key: VirtualKey }) => {
      const path = `v1/virtual-keys/${encodeURIComponent(key.name)}`;
      return action === "delete" ? call(path, { method: "DELETE" }) : call(`${path}/${action}`, { method: "POST" });
    },
    onSuccess: () => {
      setDoomed(undefined);
      return changed();
    },
  });
  return (
    <>
      <header className="actions">
        <h1>{t("virtualKeys.title")}</h1>
        {may("virtual_keys.create") && (
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            {t("virtualKeys.new")}
          </button>
        )}
      </header>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {act.error && !doomed && <ErrorNote error={act.error} />}
      {list.data?.data.length === 0 && <p className="empty">{t("list.empty")}</p>}
      {list.data && list.data.data.length > 0 && (
        <div className="wide">
          <table>
            <thead>
              <tr>
                <th>{t("keys.name")}</th>
                <th>{t("virtualKeys.provider")}</th>
                <th>{t("virtualKeys.baseURL")}</th>
                <th>{t("virtualKeys.models")}</th>
                <th>{t("keys.created")}</th>
                <th>{t("keys.state")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {list.data.data.map((key) => (
                <tr key={key.id}>
                  <td>{key.name}</td>
                  <td>{key.provider}</td>
                  <td>{key.base_url || "–"}</td>
                  <td>{key.models?.join(", ") || "–"}</td>
                  <td title={key.created_at}>{clock(key.created_at, language)}</td>
                  <td>
                    <span className={`badge ${key.disabled ? "warn" : "good"}`}>
                      {t(key.disabled ? "state.disabled" : "state.active")}
                    </span>
                  </td>
                  <td className="actions">
                    {key.from_file && <span className="hint">{t("state.fromFile")}</span>}
                    {!key.from_file && may("virtual_keys.update") && (
                      <button
                        type="button"
                        className="button small"
                        onClick={() => act.mutate({ action: key.disabled ? "enable" : "disable", key })}
                      >
                        {t(key.disabled ? "action.enable" : "action.disable")}
                      </button>
                    )}
                    {!key.from_file && may("virtual_keys.delete") && (
                      <button type="button" className="button small" onClick={() => setDoomed(key)}>
                        {t("action.delete")}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Window title={t("virtualKeys.new")} open={making} onClose={() => setMaking(false)}>
        <NewVirtualKey
          onMade={() => {
            setMaking(false);
            void changed();
          }}
        />
      </Window>
      {doomed && (
        <Confirm
          title={t("action.delete")}
          question={t("virtualKeys.confirmDelete", { name: doomed.name })}
          open
          busy={act.isPending}
          error={act.error}
          onConfirm={() => act.mutate({ action: "delete", key: doomed })}
          onClose={() => {
            setDoomed(undefined);
            act.reset();
          }}
        />
      )}
    </>
  );
}
