import type { Budget } from "../api/resources";

type Condition = NonNullable<Budget["conditions"]>[number];
type Ruled = Pick<Budget, "conditions" | "group_by">;

/** conditionsOf writes which calls a budget or limit concerns: "model = gpt-5*, claude*; metadata.plan ≠ trial". */
export function conditionsOf({ conditions }: Pick<Ruled, "conditions">): string {
  return (conditions ?? []).map((c) => `${c.key} ${c.excludes ? "≠" : "="} ${c.value?.join(", ") ?? ""}`).join("; ");
}

/** groupsOf writes by what the calls are counted apart. */
export const groupsOf = ({ group_by }: Pick<Ruled, "group_by">): string => group_by?.map((g) => g.key).join(", ") ?? "";

/** readConditions reads what conditionsOf writes; != stands for ≠, too. */
export function readConditions(text: string): Condition[] {
  return text
    .split(";")
    .filter((part) => part.trim())
    .map((part) => {
      const found = /^\s*([\w.-]+)\s*(=|≠|!=)\s*(.+)$/.exec(part);
      if (!found?.[1] || !found[3]) {
        throw new Error(part.trim());
      }
      const value = found[3].split(",").map((v) => v.trim());
      return { key: found[1], value, ...(found[2] === "=" ? {} : { excludes: true }) };
    });
}

/** readGroups reads what groupsOf writes. */
export const readGroups = (text: string): { key: string }[] =>
  text
    .split(",")
    .map((key) => ({ key: key.trim() }))
    .filter((g) => g.key);
