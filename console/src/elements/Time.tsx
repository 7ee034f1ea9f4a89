import { clock } from "../texts/format";
import { useLanguage } from "../texts/language";

/** Time shows when something was, with the exact time in its title. */
export function Time({ at }: { at: string | null | undefined }) {
  const { language } = useLanguage();
  return at ? (
    <time dateTime={at} title={at}>
      {clock(at, language)}
    </time>
  ) : (
    "–"
  );
}
