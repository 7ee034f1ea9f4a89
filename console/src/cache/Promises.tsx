import type { CacheGroup, CacheReport } from "../api/resources";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { count, percent } from "../texts/format";
import { type Translate, useLanguage } from "../texts/language";

/** A group decides by rules until it has this many comparisons. */
const enoughLabels = 200;

/** Promises shows how the promise of each group of traffic stands against its realised error. */
export function Promises({ report }: { report: CacheReport }) {
  const { t, language } = useLanguage();
  const groups = report.groups ?? [];
  const interval = (x: CacheGroup["wrong_of_all"], known: boolean) =>
    known ? `${percent(x.estimate)} (${percent(x.least)} – ${percent(x.most)})` : "–";
  return (
    <section>
      <h2>{t("cache.groups")}</h2>
      <p className="hint">{t("cache.groupsAbout")}</p>
      <p>
        {t("cache.embedder")}: {embedderOf(report, t)}
        {report.missing?.map((what) => (
          <span key={what} className="hint">
            <br />
            {t("cache.missing", { what })}
          </span>
        ))}
      </p>
      {groups.length === 0 ? (
        <p className="empty">{t("cache.noGroups")}</p>
      ) : (
        <Table
          rows={groups}
          id={(g) => `${g.config} ${g.model} ${g.prompt}`}
          columns={[
            {
              text: "cache.group",
              cell: (g) => visible([g.config || t("cache.noConfig"), g.model, g.prompt].filter(Boolean).join(" · ")),
            },
            { text: "cache.promise", number: true, cell: (g) => `≤ ${percent(g.max_error)}` },
            { text: "cache.ofAll", number: true, cell: (g) => interval(g.wrong_of_all, g.served > 0) },
            { text: "cache.ofServed", number: true, cell: (g) => interval(g.wrong_of_served, g.served > 0) },
            { text: "cache.state", cell: (g) => <State group={g} /> },
            { text: "cache.least", number: true, cell: (g) => percent(g.threshold) },
            { text: "cache.asked", number: true, cell: (g) => count(g.requests, language) },
            { text: "cache.served", number: true, cell: (g) => count(g.served, language) },
            {
              text: "cache.checked",
              number: true,
              cell: (g) =>
                [
                  count(g.checked, language),
                  g.wrong > 0 && t("cache.wrong", { wrong: count(g.wrong, language) }),
                  g.reported > 0 && t("cache.reported", { count: count(g.reported, language) }),
                ]
                  .filter(Boolean)
                  .join(", "),
            },
          ]}
        />
      )}
    </section>
  );
}

function embedderOf(report: CacheReport, t: Translate): string {
  if (report.embedder === "") {
    return t("cache.noEmbedder");
  }
  return t(report.compares_meaning ? "cache.byMeaning" : "cache.bySpelling", { model: report.embedder });
}

function State({ group }: { group: CacheGroup }) {
  const { t, language } = useLanguage();
  const labels = group.labels_same + group.labels_different + group.checked;
  const words = { kept: "cache.kept", broken: "cache.brokenPromise", unknown: "cache.unknown" } as const;
  const kind = { kept: "good", broken: "bad", unknown: "warn" } as const;
  const promise = group.promise as keyof typeof words;
  return (
    <>
      <span className={`badge ${kind[promise]}`}>{t(words[promise])}</span>{" "}
      {group.alarmed && <span className="badge bad">{t("cache.drifted")}</span>}
      {!group.alarmed && labels < enoughLabels && (
        <span className="badge">{t("cache.learning", { count: count(labels, language) })}</span>
      )}{" "}
      {group.alarms > 0 && <span className="hint">{t("cache.alarms", { count: count(group.alarms, language) })}</span>}
    </>
  );
}
