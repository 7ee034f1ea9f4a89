import { Link } from "@tanstack/react-router";
import type { Exchange } from "../api/exchange";
import { visible } from "../elements/Text";
import { duration } from "../texts/format";
import { placeCalls } from "./place";

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

/** Timeline draws the calls of a session over its time. */
export function Timeline({ rows }: { rows: Exchange[] }) {
  return (
    <ul className="waterfall">
      {placeCalls(rows).map(({ row, left, width }) => (
        <li key={row.id}>
          <Link
            className={row.status >= 400 ? "span bad" : "span"}
            to="/requests/$id"
            params={{ id: row.id }}
            search={{}}
          >
            <span className="name">{visible(row.response_model || row.model || row.route)}</span>
            <span className="lane" aria-hidden="true">
              <span className="bar client" style={{ left: percent(left), width: percent(width) }} />
            </span>
            <span className="number">{duration(row.latency_ms)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
