import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { call } from "../api/client";
import { listKey } from "../api/list";
import type { ExperimentResults } from "../api/resources";
import { useMay } from "../app/session";
import { Confirm } from "../elements/Confirm";
import { ErrorNote } from "../elements/ErrorNote";
import { Choice } from "../elements/Field";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { Window } from "../elements/Window";
import { useTexts } from "../texts/language";
import { State } from "./ExperimentsScreen";
import { Comparison, Results } from "./Results";
import { Weights } from "./Weights";

const route = getRouteApi("/experiments/$slug");
const periods = { "": "", "24h": "24 h", "168h": "7 d", "720h": "30 d" } as const;

/** ExperimentScreen shows what each variant of a prompt does, and ends the comparison. */
export function ExperimentScreen(): ReactNode {
  const t = useTexts();
  const may = useMay();
  const client = useQueryClient();
  const { slug } = route.useParams();
  const [since, setSince] = useState("");
  const [winner, setWinner] = useState<string>();
  const [weighing, setWeighing] = useState(false);
  const path = `v1/experiments/${encodeURIComponent(slug)}`;
  const query = useQuery({
    queryKey: [...listKey(path), since],
    queryFn: ({ signal }) => call<ExperimentResults>(path, { query: { since }, signal }),
  });
  const changed = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: listKey("v1/experiments") }),
      client.invalidateQueries({ queryKey: listKey("v1/prompts") }),
    ]);
  const end = useMutation({
    mutationFn: (variant: string) => call(`${path}/end`, { method: "POST", body: { variant } }),
    onSuccess: () => {
      setWinner(undefined);
      return changed();
    },
  });
  if (query.error) {
    return <ErrorNote error={query.error} retry={() => query.refetch()} />;
  }
  const experiment = query.data;
  if (!experiment) {
    return <p aria-busy="true">{t("list.loading")}</p>;
  }
  const editable = experiment.state === "running" && !experiment.from_file && may("prompts.publish");
  return (
    <>
      <header className="actions">
        <h1>{visible(experiment.name)}</h1>
        <State of={experiment} />
        {experiment.from_file && <span className="hint">{t("state.fromFile")}</span>}
        {editable && (
          <button type="button" className="button" onClick={() => setWeighing(true)}>
            {t("experiments.weigh")}
          </button>
        )}
      </header>
      <p className="hint">
        <Link to="/prompts/$slug" params={{ slug: experiment.slug }}>
          {t("experiments.ofPrompt", { name: visible(experiment.slug), n: experiment.version })}
        </Link>{" "}
        · {t("experiments.drawnBy", { by: visible(experiment.by) })} · {t("experiments.started")}{" "}
        <Time at={experiment.started_at} />
      </p>
      <div className="filters">
        <Choice plain label={t("requests.since")} value={since} onChange={setSince}>
          {Object.entries(periods).map(([value, text]) => (
            <option key={value} value={value}>
              {value ? t("requests.last", { period: text }) : t("experiments.sinceBegin")}
            </option>
          ))}
        </Choice>
      </div>
      <Results experiment={experiment} end={editable ? setWinner : undefined} />
      <Comparison experiment={experiment} />
      <p className="hint">{t("experiments.honest")}</p>
      {experiment.capped && <p className="note">{t("experiments.capped")}</p>}
      <Window title={t("experiments.weigh")} open={weighing} onClose={() => setWeighing(false)}>
        <Weights
          path={path}
          arms={experiment.arms}
          onDone={() => {
            setWeighing(false);
            void changed();
          }}
        />
      </Window>
      <Confirm
        title={t("experiments.end")}
        question={t("experiments.confirmEnd", { name: visible(winner ?? "") })}
        open={winner !== undefined}
        busy={end.isPending}
        error={end.error}
        onConfirm={() => winner !== undefined && end.mutate(winner)}
        onClose={() => {
          setWinner(undefined);
          end.reset();
        }}
      />
    </>
  );
}
