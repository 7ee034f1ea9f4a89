import type { Exchange } from "../api/exchange";
import { visible } from "../elements/Text";
import { duration } from "../texts/format";
import { useTexts } from "../texts/language";

/** Guardrails lists what each guardrail found. */
export function Guardrails({ row }: { row: Exchange }) {
  const t = useTexts();
  return (
    <ul className="attempts">
      {row.guardrails?.map((g, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one guardrail may run several times, in this order
        <li key={index}>
          <span className={`badge ${g.pass ? "good" : "bad"}`}>
            {g.pass ? t("request.passed") : t("request.failed")}
          </span>{" "}
          {g.id} · {g.phase} · {g.action} · {duration(g.duration_us / 1000)}
          <ul>
            {g.checks?.map((c) => (
              <li key={c.id}>
                <span className={`badge ${c.pass ? "good" : "bad"}`}>
                  {c.pass ? t("request.passed") : t("request.failed")}
                </span>{" "}
                {c.id} {visible(c.error ?? c.explanation ?? "")}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
