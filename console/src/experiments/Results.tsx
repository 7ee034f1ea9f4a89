import { Link } from "@tanstack/react-router";
import type { ArmResults, ExperimentResults } from "../api/resources";
import { type Column, Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { count, duration, money } from "../texts/format";
import { useLanguage } from "../texts/language";
import { meanOf, measures, sentences } from "./measures";

interface Props {
  experiment: ExperimentResults;
  /** Ends the experiment with a variant; undefined where one may not. */
  end?: ((variant: string) => void) | undefined;
}

/** Results are the numbers of each variant. A variant's name leads to its requests. */
export function Results({ experiment, end }: Props) {
  const { t, language } = useLanguage();
  const share = (name: string) => experiment.arms.find((a) => a.name === name)?.share ?? 0;
  const columns: Column<ArmResults>[] = [
    {
      text: "experiments.variant",
      cell: (r) => (
        <>
          <Link to="/requests" search={{ prompt: experiment.slug, variant: r.name }}>
            {visible(r.name)}
          </Link>{" "}
          {r.name === experiment.control && <span className="badge">{t("experiments.control")}</span>}
        </>
      ),
    },
    { text: "experiments.share", number: true, cell: (r) => `${Math.round(100 * share(r.name))} %` },
    { text: "usage.calls", number: true, cell: (r) => count(r.calls, language) },
    { text: "usage.errors", number: true, cell: (r) => count(r.errors, language) },
    { text: "request.input", number: true, cell: (r) => count(r.input_tokens, language) },
    { text: "request.output", number: true, cell: (r) => count(r.output_tokens, language) },
    { text: "usage.cost", number: true, cell: (r) => money(r.cost_usd) },
    {
      text: "experiments.percentiles",
      number: true,
      cell: (r) =>
        r.calls > 0 ? [r.latency_p50_ms, r.latency_p90_ms, r.latency_p99_ms].map(duration).join(" · ") : "–",
    },
    { text: "experiments.judgements", number: true, cell: (r) => count(r.feedback, language) },
    ...measures.map(
      (m): Column<ArmResults> => ({
        text: m.text,
        number: true,
        cell: (r) => (r.calls > 0 && (m.name !== "score" || r.feedback > 0) ? meanOf(r[m.name], m.write, t) : "–"),
      }),
    ),
  ];
  if (end) {
    columns.push({
      cell: (r) => (
        <button
          type="button"
          className="button small"
          aria-label={`${t("experiments.promote")}: ${visible(r.name)}`}
          onClick={() => end(r.name)}
        >
          {t("experiments.promote")}
        </button>
      ),
    });
  }
  return <Table rows={experiment.results} id={(r) => r.name} columns={columns} />;
}

/** Comparison says in words how each variant differs from the control. */
export function Comparison({ experiment }: { experiment: ExperimentResults }) {
  const { t } = useLanguage();
  return (
    <>
      {experiment.results
        .filter((r) => r.name !== experiment.control)
        .map((r) => (
          <section key={r.name}>
            <h2>{t("experiments.compared", { name: visible(r.name), control: visible(experiment.control) })}</h2>
            <ul>
              {sentences(r, visible(experiment.control), t).map((s) => (
                <li key={s.measure}>
                  {s.good !== undefined && (
                    <span className={s.good ? "badge good" : "badge bad"}>
                      {t(s.good ? "experiments.better" : "experiments.worse")}
                    </span>
                  )}{" "}
                  {s.text}
                </li>
              ))}
            </ul>
          </section>
        ))}
    </>
  );
}
