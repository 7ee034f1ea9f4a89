import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/client";
import type { Exchange } from "../api/exchange";
import { ErrorNote } from "../elements/ErrorNote";
import { Field } from "../elements/Field";
import { visible } from "../elements/Text";
import { Time } from "../elements/Time";
import { CallKeyField, useCallKey } from "../playground/CallKey";
import { useTexts } from "../texts/language";

/** Feedback lists what users thought of the answer, and takes the reader's own. */
export function Feedback({ row }: { row: Exchange }) {
  const t = useTexts();
  const client = useQueryClient();
  const { apiKey } = useCallKey();
  const [comment, setComment] = useState("");
  const give = useMutation({
    mutationFn: (value: number) =>
      call("v1/feedback", {
        method: "POST",
        apiKey,
        body: { trace_id: row.id, value, weight: 1, metadata: comment ? { comment } : {} },
      }),
    onSuccess: () => {
      setComment("");
      return client.invalidateQueries({ queryKey: ["trace"] });
    },
  });
  return (
    <>
      {row.feedback?.length ? (
        <ul className="attempts">
          {row.feedback.map((f) => (
            <li key={f.id}>
              <span className={`badge ${f.value > 0 ? "good" : f.value < 0 ? "bad" : ""}`}>
                {f.value > 0 ? `+${f.value}` : f.value}
              </span>{" "}
              × {f.weight} · <Time at={f.created_at} />{" "}
              {visible(
                Object.entries(f.metadata ?? {})
                  .map(([name, value]) => `${name}=${value}`)
                  .join(", "),
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p className="empty">{t("feedback.none")}</p>
      )}
      <form onSubmit={(e) => e.preventDefault()}>
        <Field label={t("feedback.comment")} value={comment} onChange={(e) => setComment(e.target.value)} />
        <CallKeyField />
        {give.error && <ErrorNote error={give.error} />}
        <p className="actions">
          <button type="button" className="button" disabled={give.isPending || !apiKey} onClick={() => give.mutate(1)}>
            {t("feedback.good")}
          </button>
          <button type="button" className="button" disabled={give.isPending || !apiKey} onClick={() => give.mutate(-1)}>
            {t("feedback.bad")}
          </button>
        </p>
      </form>
    </>
  );
}
