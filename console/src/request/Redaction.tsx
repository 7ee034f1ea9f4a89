import type { Exchange } from "../api/exchange";
import { visible } from "../elements/Text";
import { useTexts } from "../texts/language";
import { requestTurns, responseTurns } from "./messages";
import { replacedIn } from "./redaction";

/** Redaction shows each text with a replaced value twice: as it was written, with the value blacked out, and as the provider got it. */
export function Redaction({ row }: { row: Exchange }) {
  const t = useTexts();
  const found = { ...row.redacted, ...row.unedited };
  const entities = Object.keys(found);
  const turns = [...requestTurns(row.request), ...responseTurns(row.response)]
    .map((turn, index) => ({ index, role: turn.role, pieces: replacedIn(turn.text, entities) }))
    .filter((turn) => turn.pieces.some((p) => p.entity));
  return (
    <>
      <p className="note">{t("redaction.about")}</p>
      <ul className="attempts">
        {Object.entries(row.redacted ?? {}).map(([entity, n]) => (
          <li key={entity}>{t("redaction.replaced", { entity, n })}</li>
        ))}
        {Object.entries(row.unedited ?? {}).map(([entity, n]) => (
          <li key={entity}>{t("redaction.left", { entity, n })}</li>
        ))}
      </ul>
      {row.request === undefined && <p className="empty">{t("request.noBody")}</p>}
      {turns.map((turn) => (
        <section key={turn.index} className="beside">
          <article>
            <h3>
              {turn.role} · {t("redaction.before")}
            </h3>
            <p className="text">
              {turn.pieces.map((p) =>
                p.entity ? (
                  <span key={p.start} className="blacked">
                    <span aria-hidden="true">██████</span>
                    <span className="hidden">{t("redaction.hidden", { entity: p.entity })}</span>
                  </span>
                ) : (
                  visible(p.text)
                ),
              )}
            </p>
          </article>
          <article>
            <h3>
              {turn.role} · {t("redaction.after")}
            </h3>
            <p className="text">
              {turn.pieces.map((p) =>
                p.entity ? (
                  <mark key={p.start} title={p.entity}>
                    {p.text}
                  </mark>
                ) : (
                  visible(p.text)
                ),
              )}
            </p>
          </article>
        </section>
      ))}
    </>
  );
}
