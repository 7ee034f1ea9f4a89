import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { callModel } from "../api/chat";
import { call, type Page } from "../api/client";
import type { Exchange } from "../api/exchange";
import { ErrorNote } from "../elements/ErrorNote";
import { Text } from "../elements/Text";
import { CallKeyField, useCallKey } from "../playground/CallKey";
import { useTexts } from "../texts/language";

/** The list is asked again so often, in milliseconds, until the call is recorded. */
const recordedWithin = 300;

/** StartScreen leads from nothing to a first call and its trace. */
export function StartScreen() {
  const t = useTexts();
  const { apiKey } = useCallKey();
  const [asked] = useState(apiKey === "");
  const first = useMutation({
    mutationFn: () => callModel({ model: "mock/echo", messages: [{ role: "user", content: "Hello" }] }, apiKey),
  });
  const id = first.data?.id;
  const recorded = useQuery({
    queryKey: ["recorded", id],
    queryFn: async ({ signal }) => {
      const newest = await call<Page<Exchange>>("v1/logs", { query: { limit: 20 }, signal });
      return newest.data.some((row) => row.id === id);
    },
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data ? false : recordedWithin),
  });
  return (
    <>
      <h1>{t("start.title")}</h1>
      <p>{t("start.intro")}</p>
      {asked && <CallKeyField />}
      <button
        type="button"
        className="button primary"
        disabled={first.isPending || apiKey === ""}
        onClick={() => first.mutate()}
      >
        {t("start.send")}
      </button>
      {first.error && <ErrorNote error={first.error} />}
      {first.data && (
        <section aria-live="polite">
          <h2>{t("start.answer")}</h2>
          <Text text={first.data.text} />
          <p className="actions">
            {recorded.data ? (
              <Link className="button primary" to="/requests/$id" params={{ id: first.data.id }} search={{}}>
                {t("start.open")}
              </Link>
            ) : (
              <span aria-busy="true">{t("list.loading")}</span>
            )}
          </p>
          <h2>{t("start.next")}</h2>
          <p className="actions">
            <Link className="button" to="/virtual-keys">
              {t("nav.virtualKeys")}
            </Link>
            <Link className="button" to="/setup">
              {t("nav.setup")}
            </Link>
          </p>
        </section>
      )}
    </>
  );
}
