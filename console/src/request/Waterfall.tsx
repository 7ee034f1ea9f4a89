import { useState } from "react";
import type { Span } from "../api/exchange";
import { JSONText, visible } from "../elements/Text";
import { duration } from "../texts/format";
import { useTexts } from "../texts/language";
import { lineOf, placeSpans } from "./spans";

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

/** Waterfall draws the stages and attempts of a request over its time. */
export function Waterfall({ spans }: { spans: Span[] }) {
  const t = useTexts();
  const [open, setOpen] = useState("");
  if (spans.length === 0) {
    return <p className="empty">{t("request.noSpans")}</p>;
  }
  return (
    <ul className="waterfall">
      {placeSpans(spans)
        .map((span) => ({ ...span, ...lineOf(span) }))
        .map((span) => (
          <li key={span.id}>
            <button
              type="button"
              className={span.status === "error" ? "span bad" : "span"}
              aria-expanded={open === span.id}
              onClick={() => setOpen(open === span.id ? "" : span.id)}
            >
              <span className="name" style={{ paddingInlineStart: `${span.depth}rem` }}>
                {visible(span.name)} <span className="hint">{visible(span.remark)}</span>
              </span>
              <span className="lane" aria-hidden="true">
                <span className={`bar ${span.kind}`} style={{ left: percent(span.left), width: percent(span.width) }} />
              </span>
              <span className="number">{duration(span.duration_us / 1000)}</span>
            </button>
            {open === span.id && <JSONText value={span.attributes} />}
          </li>
        ))}
    </ul>
  );
}
