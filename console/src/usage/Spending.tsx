import { useQuery } from "@tanstack/react-query";
import { call } from "../api/client";
import type { Usage } from "../api/resources";
import { money } from "../texts/format";
import { useTexts } from "../texts/language";
import { forecast } from "./forecast";

/** A month is at most this long and a day; the pace is that of its last seven days. */
const since = "768h";

/** Spending says what the month will come to at the pace of the last seven days. */
export function Spending() {
  const t = useTexts();
  const usage = useQuery({
    queryKey: ["usage", "day", since],
    queryFn: ({ signal }) => call<Usage>("v1/usage", { query: { group_by: "day", since }, signal }),
  });
  const month = forecast(
    (usage.data?.data ?? []).map((r) => ({ day: r.day ?? "", amount: r.price_usd })),
    new Date(),
  );
  return month === undefined ? null : <p className="hint">{t("usage.forecast", { amount: money(month) })}</p>;
}
