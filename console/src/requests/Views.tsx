import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Page } from "../api/client";
import { listKey } from "../api/list";
import type { SavedView } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { ObjectForm } from "../elements/ObjectForm";
import { visible } from "../elements/Text";
import { Window } from "../elements/Window";
import { useTexts } from "../texts/language";
import { type RequestSearch, searchOf, viewOf } from "./search";

const path = "v1/views";

/** Views offers the saved filters of this list, saves the present ones under a name, and deletes one's own. */
export function Views({ search, change }: { search: RequestSearch; change: (next: RequestSearch) => void }) {
  const t = useTexts();
  const client = useQueryClient();
  const list = useQuery({
    queryKey: listKey(path),
    queryFn: async ({ signal }) => (await call<Page<SavedView>>(path, { signal })).data,
  });
  const views = list.data?.filter((v) => v.page === "logs") ?? [];
  const [chosen, choose] = useState("");
  const [saving, setSaving] = useState(false);
  const changed = () => client.invalidateQueries({ queryKey: listKey(path) });
  const remove = useMutation({
    mutationFn: (id: string) => call(`${path}/${encodeURIComponent(id)}`, { method: "DELETE" }),
    onSuccess: () => {
      choose("");
      return changed();
    },
  });
  const view = views.find((v) => v.id === chosen);
  return (
    <div className="actions views">
      <Choice
        plain
        label={t("views.saved")}
        value={chosen}
        onChange={(id) => {
          choose(id);
          const next = views.find((v) => v.id === id);
          if (next) {
            change(searchOf(next.query));
          }
        }}
      >
        <option value="">–</option>
        {views.map((v) => (
          <option key={v.id} value={v.id}>
            {visible(v.name)}
          </option>
        ))}
      </Choice>
      <button type="button" className="button small" onClick={() => setSaving(true)}>
        {t("views.save")}
      </button>
      {view?.own && (
        <button type="button" className="button small" onClick={() => remove.mutate(view.id)}>
          {t("action.delete")}
        </button>
      )}
      {(list.error || remove.error) && <ErrorNote error={list.error ?? remove.error} />}
      <Window title={t("views.save")} open={saving} onClose={() => setSaving(false)}>
        <ObjectForm
          inputs={[{ name: "name", text: "keys.name", required: true }]}
          submit="action.save"
          send={(body) =>
            call<SavedView>(path, {
              method: "POST",
              body: { ...body, page: "logs", query: viewOf(search) },
            })
          }
          onDone={async (made) => {
            setSaving(false);
            await changed();
            choose(made.id);
          }}
        />
      </Window>
    </div>
  );
}
