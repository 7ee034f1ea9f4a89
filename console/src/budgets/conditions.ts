import type { Budget } from "../api/resources";

/** conditionsOf writes which calls a budget concerns: "model = gpt-5*, claude*; metadata.plan ≠ trial". */
export function conditionsOf(budget: Pick<Budget, "conditions">): string {
  return (budget.conditions ?? [])
    .map((c) => `${c.key} ${c.excludes ? "≠" : "="} ${c.value?.join(", ") ?? ""}`)
    .join("; ");
}
