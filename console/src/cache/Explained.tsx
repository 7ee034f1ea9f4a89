import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { CacheExplanation, CacheNeighbour } from "../api/resources";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { count, percent } from "../texts/format";
import { type TextKey, useLanguage, useTexts } from "../texts/language";

const tiers: Record<string, TextKey> = {
  exact: "cache.tierExact",
  alias: "cache.tierAlias",
  semantic: "cache.tierSemantic",
};

/** Explained tells the tier that would answer, why, and the near questions with what keeps each from serving. */
export function Explained({ answer }: { answer: CacheExplanation }) {
  const t = useTexts();
  const then = answer.recorded;
  const neighbours = answer.neighbours ?? [];
  const facts: [TextKey, ReactNode][] = [
    ["cache.mode", answer.mode],
    [
      "cache.promise",
      answer.promise &&
        `≤ ${percent(answer.promise.max_error)} · ${t("cache.least")} ${percent(answer.promise.threshold)}`,
    ],
    ["cache.thresholdFixed", answer.threshold],
    ["cache.compared", answer.question && visible(answer.question)],
    ["cache.entry", answer.entry && <code>{answer.entry}</code>],
    ["cache.partition", answer.partition && <code>{answer.partition}</code>],
    [
      "cache.recorded",
      then &&
        visible(
          [then.status, then.tier, then.similarity?.toFixed(3), then.reason, then.stored && t("cache.wasStored")]
            .filter(Boolean)
            .join(" · "),
        ),
    ],
  ];
  return (
    <section aria-live="polite">
      <p className={answer.tier ? "note good" : "note"} role="status">
        <strong>{t(tiers[answer.tier] ?? "cache.tierNone")}</strong>
        {answer.reason && <span>{t("cache.because", { reason: answer.reason })}</span>}
      </p>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== undefined && value !== "" && value !== 0)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{t(name)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {answer.partition !== undefined && <h3>{t("cache.neighbours")}</h3>}
      {answer.partition !== undefined && neighbours.length === 0 && <p className="hint">{t("cache.noNeighbours")}</p>}
      {neighbours.map((n) => (
        <Neighbour key={n.entry} neighbour={n} />
      ))}
    </section>
  );
}

function Neighbour({ neighbour: n }: { neighbour: CacheNeighbour }) {
  const { t, language } = useLanguage();
  return (
    <article className="card">
      <p>
        <span className={`badge ${n.serves ? "good" : "warn"}`}>
          {t(n.serves ? "cache.serves" : "cache.servesNot")}
        </span>{" "}
        <strong>{visible(n.question)}</strong>
      </p>
      <p className="hint">
        {t("cache.similarity")} {n.similarity.toFixed(3)} · {t("cache.probability")} {percent(n.probability)} ·{" "}
        {t("cache.storedBy")}{" "}
        <Link to="/requests/$id" params={{ id: n.origin_request_id }} search={{}}>
          {n.origin_request_id}
        </Link>{" "}
        <Time at={n.stored_at} /> {t("cache.until")} <Time at={n.expires_at} /> ·{" "}
        {t("cache.seen", { same: count(n.same, language), different: count(n.different, language) })}
      </p>
      {n.serves_without && n.serves_without.length > 0 && (
        <p>{t("cache.without", { what: n.serves_without.join("; ") })}</p>
      )}
      {n.rule && <p className="hint">{t("cache.rule", { rule: n.rule })}</p>}
      {n.features && n.features.length > 0 && (
        <details>
          <summary>{t("cache.features")}</summary>
          <p className="hint">{t("cache.effectAbout")}</p>
          <Table
            rows={n.features}
            id={(f) => f.feature}
            columns={[
              { text: "cache.feature", cell: (f) => f.feature },
              { text: "cache.value", number: true, cell: (f) => Number(f.value.toPrecision(3)) },
              {
                text: "cache.effect",
                number: true,
                cell: (f) => `${f.effect > 0 ? "+" : ""}${Number(f.effect.toPrecision(3))}`,
              },
            ]}
          />
        </details>
      )}
    </article>
  );
}
