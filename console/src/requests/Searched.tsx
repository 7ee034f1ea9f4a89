import type { Page } from "../api/client";
import { Time } from "../elements/Time";
import { count } from "../texts/format";
import { useLanguage } from "../texts/language";

/** Searched tells how far a search of texts came; nothing where none was made. */
export function Searched({ pages }: { pages: Page<unknown>[] | undefined }) {
  const { t, language } = useLanguage();
  const searched = pages?.flatMap((p) => p.searched ?? []) ?? [];
  if (searched.length === 0) {
    return null;
  }
  const rows = searched.reduce((sum, s) => sum + s.rows, 0);
  return (
    <p className="hint" role="status">
      {t("requests.searched", { count: count(rows, language) })} <Time at={searched.findLast((s) => s.until)?.until} />
    </p>
  );
}
