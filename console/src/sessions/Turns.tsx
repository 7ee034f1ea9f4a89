import { Link } from "@tanstack/react-router";
import type { Exchange } from "../api/exchange";
import { Status } from "../elements/Status";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { count, duration, money } from "../texts/format";
import { useLanguage } from "../texts/language";

/** Turns lists the calls of a session, oldest first, with the tools that each called. */
export function Turns({ rows }: { rows: Exchange[] }) {
  const { language } = useLanguage();
  return (
    <Table
      rows={rows}
      id={(r) => r.id}
      columns={[
        {
          text: "requests.time",
          cell: (r) => (
            <Link to="/requests/$id" params={{ id: r.id }} search={{}}>
              <Time at={r.time} />
            </Link>
          ),
        },
        { text: "requests.status", cell: (r) => <Status status={r.status} outcome={r.outcome} /> },
        { text: "requests.model", cell: (r) => visible(r.response_model || r.model || r.route) },
        {
          text: "sessions.tools",
          cell: (r) => visible(r.tools?.map((x) => (x.calls > 1 ? `${x.name} ×${x.calls}` : x.name)).join(", ") || "–"),
        },
        { text: "requests.tokens", number: true, cell: (r) => (r.usage ? count(r.usage.total_tokens, language) : "–") },
        { text: "requests.latency", number: true, cell: (r) => duration(r.latency_ms) },
        { text: "requests.cost", number: true, cell: (r) => (r.cost_known ? money(r.cost_usd) : "?") },
      ]}
    />
  );
}
