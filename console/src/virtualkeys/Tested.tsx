import type { Page } from "../api/client";
import type { CredentialTest } from "../api/resources";
import { visible } from "../elements/Text";
import { duration } from "../texts/format";
import { useTexts } from "../texts/language";

export type Answer = Page<CredentialTest> & { ok: boolean };

/** Tested tells how a provider took each credential of a virtual key. */
export function Tested({ name, answer }: { name: string; answer: Answer }) {
  const t = useTexts();
  return (
    <section className={answer.ok ? "note good" : "note error"} role="status" aria-label={t("virtualKeys.tested")}>
      <strong>{visible(name)}</strong>
      {answer.data.map((c) => (
        <span key={c.name}>
          {visible(c.name)} {t(c.ok ? "virtualKeys.taken" : "virtualKeys.notTaken")}
          {c.status ? ` · HTTP ${c.status}` : ""} · {duration(c.latency_ms)}
          {c.error ? ` · ${visible(c.error)}` : ""}
        </span>
      ))}
    </section>
  );
}
