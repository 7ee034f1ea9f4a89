// What the variants of an experiment are compared by, and how the comparison is said.
import type { ArmResults, Difference, Measure } from "../api/resources";
import { duration, money } from "../texts/format";
import type { TextKey, Translate } from "../texts/language";

export type MeasureName = "score" | "error_rate" | "cost_per_call" | "latency";

interface MeasureKind {
  name: MeasureName;
  text: TextKey;
  /** Which direction is the better one. */
  better: "higher" | "lower";
  write: (value: number) => string;
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;

export const measures: MeasureKind[] = [
  { name: "score", text: "experiments.score", better: "higher", write: (v) => String(Number(v.toPrecision(3))) },
  { name: "error_rate", text: "experiments.errorRate", better: "lower", write: percent },
  { name: "cost_per_call", text: "experiments.costPerCall", better: "lower", write: money },
  { name: "latency", text: "experiments.latency", better: "lower", write: (s) => duration(1000 * s) },
];

/** signed writes a difference, whose sign counts. */
function signed(value: number, write: MeasureKind["write"]): string {
  return value < 0 ? `−${write(-value)}` : `+${write(value)}`;
}

/** meanOf writes a mean with its interval. */
export function meanOf(m: Measure, write: MeasureKind["write"], t: Translate): string {
  if (m.low === null || m.high === null || m.low === undefined || m.high === undefined) {
    return write(m.mean);
  }
  return t("experiments.interval", { mean: write(m.mean), low: write(m.low), high: write(m.high) });
}

export interface Sentence {
  measure: MeasureName;
  text: string;
  /** Whether it is good news; undefined where the difference may be chance. */
  good?: boolean;
}

/** sentences say in plain words how a variant differs from the control. */
export function sentences(arm: ArmResults, control: string, t: Translate): Sentence[] {
  return measures.map(({ name, text, better, write }) => {
    const difference: Difference | null | undefined = arm[name].difference;
    const values = { measure: t(text), control };
    if (!difference || difference.verdict === "unknown" || difference.low == null || difference.high == null) {
      return { measure: name, text: t("experiments.unknown", values) };
    }
    const range = { ...values, low: signed(difference.low, write), high: signed(difference.high, write) };
    if (difference.verdict === "higher" || difference.verdict === "lower") {
      const said = t(difference.verdict === "higher" ? "experiments.higher" : "experiments.lower", range);
      return { measure: name, text: said, good: difference.verdict === better };
    }
    return { measure: name, text: t("experiments.chance", range) };
  });
}
