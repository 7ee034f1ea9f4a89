/** Status shows an HTTP status; the class of its colour is also told by the number. */
export function Status({ status, outcome }: { status: number; outcome?: string }) {
  const kind = status >= 500 || status === 0 ? "bad" : status >= 400 ? "warn" : "good";
  return (
    <span className={`badge ${kind}`} title={outcome}>
      {status || "–"}
    </span>
  );
}
