import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client";
import type { Config } from "../api/resources";
import { ListScreen } from "../elements/ListScreen";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { NewConfig } from "./NewConfig";

const path = "v1/configs";

/** ConfigsScreen lists the saved configs of the workspace. */
export function ConfigsScreen(): ReactNode {
  return (
    <ListScreen<Config>
      title="configs.title"
      path={path}
      id={(c) => c.slug}
      name={(c) => c.slug}
      columns={[
        {
          text: "configs.slug",
          cell: (c) => (
            <Link to="/configs/$slug" params={{ slug: c.slug }}>
              {c.slug}
            </Link>
          ),
        },
        { text: "keys.name", cell: (c) => visible(c.name) },
        { text: "configs.version", number: true, cell: (c) => c.version },
        { text: "configs.by", cell: (c) => visible(c.created_by || "–") },
        { text: "configs.updated", cell: (c) => <Time at={c.updated_at} /> },
      ]}
      actions={[
        {
          text: "action.delete",
          need: "configs.delete",
          ask: "configs.confirmDelete",
          run: (c) => call(`${path}/${encodeURIComponent(c.slug)}`, { method: "DELETE" }),
        },
      ]}
      create={{ text: "configs.new", need: "configs.create", form: () => <NewConfig /> }}
    />
  );
}
