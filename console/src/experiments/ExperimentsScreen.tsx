import { Link } from "@tanstack/react-router";
import { useList } from "../api/list";
import type { Experiment, ExperimentArm } from "../api/resources";
import { ErrorNote } from "../elements/ErrorNote";
import { Table } from "../elements/Table";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { useTexts } from "../texts/language";

/** ExperimentsScreen lists the prompts whose variants are compared. */
export function ExperimentsScreen() {
  const t = useTexts();
  const list = useList<Experiment>("v1/experiments");
  return (
    <>
      <h1>{t("experiments.title")}</h1>
      <p className="hint">{t("experiments.about")}</p>
      {list.error && <ErrorNote error={list.error} retry={() => list.refetch()} />}
      {list.isPending && !list.error && <p aria-busy="true">{t("list.loading")}</p>}
      {list.data && (
        <Table
          rows={list.data}
          id={(e) => e.prompt_id}
          columns={[
            {
              text: "experiments.prompt",
              cell: (e) => (
                <Link to="/experiments/$slug" params={{ slug: e.slug }}>
                  {visible(e.name)}
                </Link>
              ),
            },
            { text: "experiments.state", cell: (e) => <State of={e} /> },
            { text: "experiments.variants", cell: (e) => visible(e.arms.map((a) => armText(a)).join(", ")) },
            { text: "experiments.by", cell: (e) => <code>{visible(e.by)}</code> },
            { text: "experiments.started", cell: (e) => <Time at={e.started_at} /> },
          ]}
        />
      )}
    </>
  );
}

const armText = (arm: ExperimentArm) => `${arm.name} ${Math.round(100 * arm.share)} %`;

/** State tells whether calls get the variants of an experiment. */
export function State({ of }: { of: Experiment }) {
  const t = useTexts();
  const state = of.state === "running" || of.state === "draft" ? of.state : "ended";
  return <span className={state === "running" ? "badge good" : "badge"}>{t(`experiments.${state}`)}</span>;
}
