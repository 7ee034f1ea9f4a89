import { expect, test } from "vitest";
import type { CallerSpan, Exchange } from "../api/exchange";
import { buildTree, linesOf, type Node } from "./tree";

const call = (id: string, second: number, parent = "", more: Partial<Exchange> = {}) =>
  ({
    id,
    time: new Date(second * 1000).toISOString(),
    trace_id_w3c: "t",
    span_id: `s${id}`,
    parent_span_id: parent,
    usage: { total_tokens: 10 },
    cost_nano_usd: 1_000_000_000,
    cost_known: true,
    ...more,
  }) as Exchange;

const span = (id: string, second: number, parent = "") =>
  ({ id, time: new Date(second * 1000).toISOString(), trace_id_w3c: "t", parent, name: id }) as CallerSpan;

const written = (nodes: Node[]): unknown[] =>
  nodes.map((n) => (n.children.length > 0 ? [n.key, written(n.children)] : n.key));

test("calls, tools and spans stand below their parents, in the order of time", () => {
  const rows = [
    call("2", 4, "s1"),
    call("1", 2, "agent", { tools: [{ name: "Bash", calls: 2 }] }),
    call("3", 9, "", { cost_known: false, cost_nano_usd: null, usage: null }),
  ];
  const tree = buildTree(rows, [span("agent", 1, "of nobody")]);
  expect(written(tree)).toEqual([["span t agent", [["call 1", ["tool 1 Bash", "call 2"]]]], "call 3"]);
  expect(tree.map((n) => [n.calls, n.tokens, n.cost, n.unpriced])).toEqual([
    [2, 20, 2, 0],
    [1, 0, 0, 1],
  ]);
});

test("a parent of another trace is none", () => {
  const rows = [call("1", 1), call("2", 2, "s1", { trace_id_w3c: "other" })];
  expect(written(buildTree(rows, []))).toEqual(["call 1", "call 2"]);
});

test("ids that lead in a circle, stand twice or are their own parent hide nothing", () => {
  const circle = [call("1", 1, "s2"), call("2", 2, "s1"), call("3", 3, "s3"), call("4", 4, "", { span_id: "s1" })];
  const lines = linesOf(buildTree(circle, []), new Set());
  expect(lines.map((l) => l.node.key).toSorted()).toEqual(["call 1", "call 2", "call 3", "call 4"]);
});

test("a chain of any length keeps all its calls", () => {
  const chain = Array.from({ length: 1000 }, (_, i) => call(String(i), i, `s${i - 1}`));
  const lines = linesOf(buildTree(chain, []), new Set());
  expect(lines.length).toBe(1000);
  expect(Math.max(...lines.map((l) => l.level))).toBeLessThanOrEqual(65);
});

test("what is below a closed node is not visible", () => {
  const tree = buildTree([call("1", 1), call("2", 2, "s1"), call("3", 3)], []);
  const lines = linesOf(tree, new Set(["call 1"]));
  expect(lines.map((l) => [l.node.key, l.level, l.above, l.position, l.siblings])).toEqual([
    ["call 1", 1, "", 1, 2],
    ["call 3", 1, "", 2, 2],
  ]);
  expect(linesOf(tree, new Set())[1]).toMatchObject({ level: 2, above: "call 1" });
});
