import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Exchange } from "../api/exchange";
import { useMay } from "../app/session";
import { Status } from "../elements/Status";
import { visible } from "../elements/Text";
import { count, duration, money, percent } from "../texts/format";
import { useLanguage } from "../texts/language";
import { cacheWords } from "./cacheWords";
import { PriceLines } from "./PriceLines";

/** Overview tells who asked what, who answered, and what it took and cost. */
export function Overview({ row }: { row: Exchange }): ReactNode {
  const { t, language } = useLanguage();
  const may = useMay();
  const usage = row.usage;
  const redacted = Object.entries(row.redacted ?? {});
  const metadata = Object.entries(row.metadata ?? {});
  const departure = row.prompt_cache?.path;
  return (
    <>
      {row.error && (
        <div className="note error">
          <strong>
            {row.error.kind} {row.error.code}
          </strong>
          <span>{visible(row.error.message)}</span>
        </div>
      )}
      <dl className="facts">
        <Fact name={t("requests.time")}>{new Date(row.time).toLocaleString(language)}</Fact>
        <Fact name={t("requests.status")}>
          <Status status={row.status} outcome={row.outcome} /> {row.outcome}
        </Fact>
        <Fact name={t("requests.member")}>{row.member_name}</Fact>
        <Fact name={t("requests.key")}>{row.api_key_name}</Fact>
        <Fact name={t("request.route")}>
          {row.method} {row.route}
        </Fact>
        <Fact name={t("request.requested")}>{row.model}</Fact>
        <Fact name={t("request.served")}>
          {[row.provider, row.virtual_key && `@${row.virtual_key}`, row.response_model].filter(Boolean).join(" · ")}
        </Fact>
        <Fact name={t("request.config")}>
          {row.config?.slug ? `${row.config.slug} ${row.config.version ?? ""}` : row.config?.source}
        </Fact>
        <Fact name={t("request.prompt")}>
          {row.prompt && `${row.prompt.slug} ${row.prompt.version} ${row.prompt.variant ?? ""}`}
        </Fact>
        <Fact name={t("requests.latency")}>{duration(row.latency_ms)}</Fact>
        <Fact name={t("request.ttft")}>{row.ttft_ms === null ? "" : duration(row.ttft_ms)}</Fact>
        <Fact name={t("request.upstream")}>{duration(row.upstream_ms)}</Fact>
        <Fact name={t("request.gateway")}>{duration(row.gateway_ms)}</Fact>
        <Fact name={t("request.input")}>
          {usage && (
            <>
              {count(usage.input_tokens, language)}
              {usage.cache_read_tokens > 0 &&
                ` · ${count(usage.cache_read_tokens, language)} ${t("request.cacheRead")}`}
              {usage.cache_write_tokens > 0 &&
                ` · ${count(usage.cache_write_tokens, language)} ${t("request.cacheWrite")}`}
            </>
          )}
        </Fact>
        <Fact name={t("request.output")}>
          {usage && (
            <>
              {count(usage.output_tokens, language)}
              {usage.reasoning_tokens > 0 && ` · ${t("request.reasoning")} ${count(usage.reasoning_tokens, language)}`}
            </>
          )}
        </Fact>
        <Fact name={t("requests.cost")}>
          {row.cost_known ? money(row.cost_usd) : t("request.unknownCost")}
          {row.cost_basis && ` · ${t("request.costBasis")} ${row.cost_basis}`}
        </Fact>
        <Fact name={t("request.price")}>{row.price}</Fact>
        <Fact name={t("requests.cache")}>
          {row.cache.status} {row.cache.tier}
          {row.cache.similarity !== undefined &&
            ` · ${row.cache.similarity.toFixed(3)} / ${row.cache.threshold?.toFixed(3) ?? ""}`}
          {row.cache.origin_request_id && (
            <>
              {" · "}
              <Link to="/requests/$id" params={{ id: row.cache.origin_request_id }} search={{}}>
                {row.cache.origin_request_id}
              </Link>
            </>
          )}
        </Fact>
        <Fact name={t("request.cacheReason")}>
          {visible(cacheWords(row.cache, t))}
          {may("cache.explain") && row.request !== undefined && row.operation === "chat" && (
            <>
              {" "}
              <Link to="/cache" search={{ explain: row.id }}>
                {t("request.explainCache")}
              </Link>
            </>
          )}
        </Fact>
        <Fact name={t("request.saved")}>{row.saved_usd > 0 && money(row.saved_usd)}</Fact>
        <Fact name={t("request.promptCache")}>
          {row.prompt_cache?.state}
          {row.prompt_cache?.previous_request && row.prompt_cache.previous_bytes
            ? ` · ${t("request.keptShare", { share: percent((row.prompt_cache.kept_bytes ?? 0) / row.prompt_cache.previous_bytes) })}`
            : ""}
          {departure && ` · ${t("request.departedAt", { path: departure, by: row.prompt_cache?.changed_by ?? "–" })}`}
        </Fact>
        <Fact name={t("request.redacted")}>{redacted.map(([kind, n]) => `${kind} ${n}`).join(", ")}</Fact>
        <Fact name={t("request.metadata")}>{metadata.map(([k, v]) => visible(`${k}=${v}`)).join(", ")}</Fact>
        <Fact name={t("request.trace")}>
          <code>{row.trace_id}</code>
        </Fact>
        <Fact name={t("sessions.session")}>
          {row.session_id && (
            <Link to="/sessions/$id" params={{ id: row.session_id }}>
              {visible(row.session_id)}
            </Link>
          )}
        </Fact>
        <Fact name={t("sessions.tools")}>
          {visible(row.tools?.map((x) => `${x.name} ×${x.calls}`).join(", ") ?? "")}
        </Fact>
        <Fact name={t("request.feedback")}>{row.feedback?.map((f) => `${f.value} × ${f.weight}`).join(", ")}</Fact>
      </dl>
      <PriceLines row={row} />
      {row.attempts && row.attempts.length > 0 && <Attempts row={row} />}
    </>
  );
}

/** Fact is a line; what is unknown or absent has none. */
function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children || (Array.isArray(children) && children.every((c) => !c))) {
    return null;
  }
  return (
    <div>
      <dt>{name}</dt>
      <dd>{typeof children === "string" ? visible(children) : children}</dd>
    </div>
  );
}

function Attempts({ row }: { row: Exchange }) {
  const { t } = useLanguage();
  return (
    <>
      <h3>{t("request.attempts")}</h3>
      <ol className="attempts">
        {row.attempts?.map((a) => (
          <li key={a.span_id}>
            <Status status={a.status} /> {a.target} · {a.provider} · {a.model} · {duration(a.duration_us / 1000)}
            {a.retry > 0 && ` · ${t("request.retry", { n: a.retry })}`}
            {a.finish_reason && ` · ${a.finish_reason}`}
            {a.error && <p className="hint">{visible(a.error.message)}</p>}
          </li>
        ))}
      </ol>
    </>
  );
}
