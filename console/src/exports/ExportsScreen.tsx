import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call, serverURL } from "../api/client";
import type { ExportJob } from "../api/resources";
import { ListScreen } from "../elements/ListScreen";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { bytes, count } from "../texts/format";
import { useLanguage } from "../texts/language";
import { NewExport } from "./NewExport";

const route = getRouteApi("/exports");
export const path = "v1/logs/exports";
const at = (job: ExportJob, more = "") => `${path}/${encodeURIComponent(job.id)}${more}`;

/** Jobs that run are looked at again so often, in milliseconds. */
const again = 2000;

const runs = (job: ExportJob) => job.status === "queued" || job.status === "in_progress";

/** ExportsScreen lists exports of logs, makes them, and leads to their files. */
export function ExportsScreen(): ReactNode {
  const { t, language } = useLanguage();
  const search = route.useSearch();
  return (
    <ListScreen<ExportJob>
      title="exports.title"
      path={path}
      id={(j) => j.id}
      name={(j) => j.description || j.id}
      refresh={(jobs) => (jobs.some(runs) ? again : false)}
      begin={Object.keys(search).length > 0}
      columns={[
        { text: "exports.description", cell: (j) => visible(j.description || "–") },
        { text: "exports.state", cell: (j) => <Status job={j} /> },
        { text: "exports.progress", cell: (j) => <Progress job={j} /> },
        { text: "exports.format", cell: (j) => `${j.format}${j.bodies ? ` + ${t("exports.bodies")}` : ""}` },
        { text: "exports.size", number: true, cell: (j) => bytes(j.bytes, language) },
        { text: "exports.filters", cell: (j) => <code>{visible(filterText(j))}</code> },
        { text: "keys.created", cell: (j) => <Time at={j.created_at} /> },
        { text: "exports.expires", cell: (j) => <Time at={j.expires_at} /> },
        {
          cell: (j) =>
            j.status === "success" ? (
              <a
                className="button small"
                href={new URL(at(j, "/download?file=true"), serverURL).href}
                download={`${j.id}.${j.format}`}
                aria-label={`${t("exports.download")}: ${visible(j.description || j.id)}`}
              >
                {t("exports.download")}
              </a>
            ) : null,
        },
      ]}
      actions={[
        {
          text: "exports.start",
          need: "logs.export",
          on: (j) => ["draft", "failed", "stopped"].includes(j.status),
          run: (j) => call(at(j, "/start"), { method: "POST" }),
        },
        {
          text: "exports.stop",
          need: "logs.export",
          on: runs,
          run: (j) => call(at(j, "/cancel"), { method: "POST" }),
        },
        {
          text: "action.delete",
          need: "logs.export",
          ask: "exports.confirmDelete",
          on: (j) => j.status !== "in_progress",
          run: (j) => call(at(j), { method: "DELETE" }),
        },
      ]}
      create={{ text: "exports.new", need: "logs.export", form: (done) => <NewExport search={search} onDone={done} /> }}
    >
      <p className="hint">{t("exports.about")}</p>
    </ListScreen>
  );
}

function Status({ job }: { job: ExportJob }) {
  const { t } = useLanguage();
  const known = ["draft", "queued", "in_progress", "success", "failed", "stopped"] as const;
  const state = known.find((s) => s === job.status) ?? "draft";
  const kind = state === "success" ? "good" : state === "failed" ? "bad" : state === "in_progress" ? "warn" : "";
  return (
    <>
      <span className={`badge ${kind}`}>{t(`exports.${state}`)}</span>
      {job.reason && <small className="hint"> {visible(job.reason)}</small>}
    </>
  );
}

/** Progress tells how many rows are written, of how many where that is known. */
function Progress({ job }: { job: ExportJob }) {
  const { t, language } = useLanguage();
  const of = job.total ?? 0;
  return (
    <>
      {runs(job) && of > 0 && <progress max={of} value={Math.min(job.rows, of)} aria-label={t("exports.progress")} />}{" "}
      {job.total == null || job.status === "success"
        ? count(job.rows, language)
        : t("exports.rowsOf", { rows: count(job.rows, language), total: count(of, language) })}
      {job.cut && <small className="hint"> {t(job.cut === "bytes" ? "exports.cutBytes" : "exports.cutRows")}</small>}
    </>
  );
}

/** filterText lists the filters that are set. */
function filterText(job: ExportJob): string {
  return Object.entries(job.filters as Record<string, unknown>)
    .filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(" ");
}

/** valueText writes a value; a status of one digit is a class. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map((v) => (typeof v === "number" && v < 10 ? `${v}xx` : String(v))).join(",");
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
