import type { Exchange } from "../api/exchange";
import { Copy } from "../elements/Copy";
import { JSONText, Text } from "../elements/Text";
import { useTexts } from "../texts/language";
import { requestTurns, responseTurns } from "./messages";

/** Messages shows the conversation as turns. Nothing in it is obeyed: it is text. */
export function Messages({ row }: { row: Exchange }) {
  const t = useTexts();
  const turns = [...requestTurns(row.request), ...responseTurns(row.response)];
  if (turns.length === 0) {
    return <p className="empty">{t("request.noBody")}</p>;
  }
  return (
    <ol className="turns">
      {turns.map((turn, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: turns have no ids, and their order never changes
        <li key={index} className={turn.role}>
          <h3>{turn.role}</h3>
          <Text text={turn.text} />
        </li>
      ))}
    </ol>
  );
}

/** Raw shows both bodies as JSON. */
export function Raw({ row }: { row: Exchange }) {
  const t = useTexts();
  if (row.request === undefined && row.response === undefined) {
    return <p className="empty">{t("request.noBody")}</p>;
  }
  return (
    <>
      {row.request !== undefined && <Body title={t("request.bodyRequest")} value={row.request} />}
      {row.response !== undefined && <Body title={t("request.bodyResponse")} value={row.response} />}
    </>
  );
}

function Body({ title, value }: { title: string; value: unknown }) {
  return (
    <section>
      <header className="actions">
        <h3>{title}</h3>
        <Copy text={typeof value === "string" ? value : JSON.stringify(value, null, 2)} />
      </header>
      <JSONText value={value} />
    </section>
  );
}
