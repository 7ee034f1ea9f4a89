import { useMemo, useState } from "react";
import type { Exchange } from "../api/exchange";
import { Difference, maxCompared } from "../editor/Editor";
import { Copy } from "../elements/Copy";
import { Text } from "../elements/Text";
import { useTexts } from "../texts/language";
import { requestTurns, responseTurns } from "./messages";

/** So many turns are drawn at first. */
const firstTurns = 100;

/** Messages shows the conversation as turns. Nothing in it is obeyed: it is text. */
export function Messages({ row }: { row: Exchange }) {
  const t = useTexts();
  const [shown, setShown] = useState(firstTurns);
  const turns = useMemo(() => [...requestTurns(row.request), ...responseTurns(row.response)], [row]);
  if (turns.length === 0) {
    return <p className="empty">{t("request.noBody")}</p>;
  }
  return (
    <>
      <ol className="turns">
        {turns.slice(0, shown).map((turn, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns have no ids, and their order never changes
          <li key={index} className={turn.role}>
            <h3>{turn.role}</h3>
            <Text text={turn.text} />
          </li>
        ))}
      </ol>
      {turns.length > shown && (
        <p className="actions">
          <span>{t("request.turns", { shown, all: turns.length })}</span>
          <button type="button" className="button small" onClick={() => setShown(shown + firstTurns * 5)}>
            {t("list.more")}
          </button>
        </p>
      )}
    </>
  );
}

const written = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");

/** Raw shows the request as it came in, as it went to the provider, and the answer; and what changed on the way. */
export function Raw({ row }: { row: Exchange }) {
  const t = useTexts();
  const asked = useMemo(() => written(row.request), [row.request]);
  const sent = useMemo(() => written(row.upstream_request), [row.upstream_request]);
  const answered = useMemo(() => written(row.response), [row.response]);
  const [comparing, setComparing] = useState(false);
  if (!asked && !sent && !answered) {
    return <p className="empty">{t("request.noBody")}</p>;
  }
  const comparable = asked && sent && asked.length + sent.length <= maxCompared;
  return (
    <>
      {asked && <Body title={t("request.bodyRequest")} text={asked} />}
      {row.upstream_request_unchanged && <p className="note good">{t("request.sentUnchanged")}</p>}
      {sent && (
        <section>
          <header className="actions">
            <h3>{t("request.bodyUpstream")}</h3>
            {comparable && (
              <button
                type="button"
                className="button small"
                aria-pressed={comparing}
                onClick={() => setComparing(!comparing)}
              >
                {t("request.compareUpstream")}
              </button>
            )}
            <Copy text={sent} />
          </header>
          {comparing && comparable ? (
            <Difference label={t("request.compareUpstream")} before={asked} after={sent} />
          ) : (
            <Text code text={sent} />
          )}
        </section>
      )}
      {answered && <Body title={t("request.bodyResponse")} text={answered} />}
    </>
  );
}

function Body({ title, text }: { title: string; text: string }) {
  return (
    <section>
      <header className="actions">
        <h3>{title}</h3>
        <Copy text={text} />
      </header>
      <Text code text={text} />
    </section>
  );
}
