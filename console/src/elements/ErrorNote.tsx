import { APIError } from "../api/client";
import { useTexts } from "../texts/language";

/** ErrorNote tells why something did not work, and offers to try again. */
export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useTexts();
  const down = error instanceof APIError && error.status === 0;
  return (
    <div className="note error" role="alert">
      <strong>{down ? t("error.down") : t("error.title")}</strong>
      {!down && <span>{error instanceof Error ? error.message : String(error)}</span>}
      {error instanceof APIError && error.requestID && <code>{error.requestID}</code>}
      {retry && (
        <button type="button" className="button small" onClick={retry}>
          {t("error.retry")}
        </button>
      )}
    </div>
  );
}
