import { useState } from "react";
import { useTexts } from "../texts/language";

const part = 20_000;

/** visible shows control characters and marks of direction instead of obeying them. */
export function visible(text: string): string {
  return text.replace(
    /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Text shows a logged text as it is: nothing in it is a link, an image or a mark-up. Long texts
 * are shown in parts.
 */
export function Text({ text, code = false }: { text: string; code?: boolean }) {
  const t = useTexts();
  const [shown, setShown] = useState(part);
  return (
    <>
      <pre className={code ? "text code" : "text"}>{visible(text.slice(0, shown))}</pre>
      {text.length > shown && (
        <p className="actions">
          <span>{t("request.part", { shown, all: text.length })}</span>
          <button type="button" className="button small" onClick={() => setShown(shown + part * 5)}>
            {t("list.more")}
          </button>
        </p>
      )}
    </>
  );
}

/** JSONText shows a value as indented JSON. */
export function JSONText({ value }: { value: unknown }) {
  return <Text code text={typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "")} />;
}
