import { expect, test } from "vitest";
import type { ArmResults, Difference, Measure } from "../api/resources";
import { en } from "../texts/en";
import { fill, type Translate } from "../texts/language";
import { meanOf, measures, sentences } from "./measures";

const t: Translate = (key, values) => fill(en[key], values);
const measure = (difference?: Difference): Measure => ({
  mean: 2,
  low: 1.5,
  high: 2.5,
  ...(difference ? { difference } : {}),
});

test("each comparison is a plain sentence, and says whether it is good news", () => {
  const arm = {
    score: measure({ estimate: 1, low: 0.5, high: 1.5, verdict: "higher" }),
    error_rate: measure({ estimate: 0.01, low: -0.02, high: 0.04, verdict: "chance" }),
    cost_per_call: measure({ estimate: 0.001, low: 0.0005, high: 0.0015, verdict: "higher" }),
    latency: measure({ estimate: 1, low: null, high: null, verdict: "unknown" }),
  } as ArmResults;
  const said = sentences(arm, "control", t);
  expect(said.map((s) => s.good)).toEqual([true, undefined, false, undefined]);
  expect(said[0]?.text).toBe(
    "Feedback: higher than that of control, by more than chance. The difference is between +0.5 and +1.5.",
  );
  expect(said[1]?.text).toContain("between −2 % and +4 %");
  expect(said[2]?.text).toContain("between +$0.000500 and +$0.00150");
  expect(said[3]?.text).toContain("too few");
});

test("a mean is written with its interval, if it has one", () => {
  const write = measures[3]?.write ?? String;
  expect(meanOf(measure(), write, t)).toBe("2 s (1.5 s to 2.5 s)");
  expect(meanOf({ mean: 0.5, low: null, high: null }, write, t)).toBe("500 ms");
});
