import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client";
import type { Exchange, Trace } from "../api/exchange";
import { ErrorNote } from "../elements/ErrorNote";
import { Text, visible } from "../elements/Text";
import { requestTurns, responseTurns } from "../request/messages";
import { useTexts } from "../texts/language";

/** So many calls are read at once: seeing a body is an audit event each. */
const step = 10;

/** Reader shows a session as a text: what was said last before each call, and its answer. */
export function Reader({ rows }: { rows: Exchange[] }) {
  const t = useTexts();
  const [shown, setShown] = useState(step);
  return (
    <>
      <ol className="turns">
        {rows.slice(0, shown).map((row) => (
          <Said key={row.id} id={row.id} />
        ))}
      </ol>
      {shown < rows.length && (
        <button type="button" className="button" onClick={() => setShown(shown + step)}>
          {t("list.more")}
        </button>
      )}
    </>
  );
}

function Said({ id }: { id: string }) {
  const t = useTexts();
  const trace = useQuery({
    queryKey: ["trace", id],
    queryFn: ({ signal }) => call<Trace>(`v1/logs/${encodeURIComponent(id)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (trace.error) {
    return (
      <li>
        <ErrorNote error={trace.error} retry={() => trace.refetch()} />
      </li>
    );
  }
  const row = trace.data?.data.find((r) => r.id === id);
  if (!row) {
    return <li aria-busy="true">{t("list.loading")}</li>;
  }
  const asked = requestTurns(row.request).at(-1);
  const answered = responseTurns(row.response);
  return (
    <>
      {[...(asked ? [asked] : []), ...answered].map((turn, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: turns have no ids, and their order never changes
        <li key={i} className={turn.role}>
          <h3>{visible(turn.role)}</h3>
          <Text text={turn.text} />
        </li>
      ))}
      {!asked && answered.length === 0 && <li className="empty">{t("request.noBody")}</li>}
    </>
  );
}
