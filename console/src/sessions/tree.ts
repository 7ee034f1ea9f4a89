import type { CallerSpan, Exchange } from "../api/exchange";

/** What a node stands for: a span that the caller reported, a call, or a tool that its answer calls. */
export type Subject =
  | { kind: "span"; span: CallerSpan }
  | { kind: "call"; row: Exchange }
  | { kind: "tool"; name: string; times: number };

export interface Node {
  /** Unique in its tree. */
  key: string;
  subject: Subject;
  children: Node[];
  /** The sums of this node and all below it. */
  calls: number;
  tokens: number;
  cost: number;
  /** How many of the calls have no known cost. */
  unpriced: number;
}

export interface Line {
  node: Node;
  /** Begins at 1. */
  level: number;
  /** The key of the node above, empty at the top. */
  above: string;
  position: number;
  siblings: number;
}

/** Deeper chains of parents than this are continued at the top. */
const maxDepth = 64;

/** buildTree nests calls and spans by the parents that they name, siblings in the order of time. */
export function buildTree(rows: Exchange[], spans: CallerSpan[]): Node[] {
  const entries = [
    ...spans.map((span) => ({
      node: leaf(`span ${span.trace_id_w3c} ${span.id}`, { kind: "span", span }),
      at: Date.parse(span.time),
      own: span.id,
      parent: span.parent,
      trace: span.trace_id_w3c,
    })),
    ...rows.map((row) => ({
      node: callNode(row),
      at: Date.parse(row.time),
      own: row.span_id,
      parent: row.parent_span_id,
      trace: row.trace_id_w3c,
    })),
  ].sort((a, b) => a.at - b.at);
  const byPlace = new Map<string, Node>();
  for (const { node, own, trace } of entries) {
    const place = `${trace} ${own}`;
    if (own && !byPlace.has(place)) {
      byPlace.set(place, node);
    }
  }
  const above = new Map<Node, Node>();
  const roots: Node[] = [];
  for (const { node, parent, trace } of entries) {
    const found = parent ? byPlace.get(`${trace} ${parent}`) : undefined;
    if (found && mayStandBelow(node, found, above)) {
      above.set(node, found);
      found.children.push(node);
    } else {
      roots.push(node);
    }
  }
  roots.forEach(addUp);
  return roots;
}

const leaf = (key: string, subject: Subject): Node => ({
  key,
  subject,
  children: [],
  calls: 0,
  tokens: 0,
  cost: 0,
  unpriced: 0,
});

function callNode(row: Exchange): Node {
  const node = leaf(`call ${row.id}`, { kind: "call", row });
  node.calls = 1;
  node.tokens = row.usage?.total_tokens ?? 0;
  node.cost = (row.cost_nano_usd ?? 0) / 1e9;
  node.unpriced = row.cost_known ? 0 : 1;
  node.children = (row.tools ?? []).map((tool) =>
    leaf(`tool ${row.id} ${tool.name}`, { kind: "tool", name: tool.name, times: tool.calls }),
  );
  return node;
}

/** Callers choose their ids: a node that would stand below itself, or too deep, does not. */
function mayStandBelow(node: Node, parent: Node, above: Map<Node, Node>): boolean {
  let depth = 1;
  for (let at: Node | undefined = parent; at; at = above.get(at)) {
    if (at === node || ++depth > maxDepth) {
      return false;
    }
  }
  return true;
}

function addUp(node: Node): void {
  for (const child of node.children) {
    addUp(child);
    node.calls += child.calls;
    node.tokens += child.tokens;
    node.cost += child.cost;
    node.unpriced += child.unpriced;
  }
}

/** linesOf is what of a tree is visible, from top to bottom: nodes in `closed` hide what is below them. */
export function linesOf(nodes: Node[], closed: ReadonlySet<string>, level = 1, above = ""): Line[] {
  return nodes.flatMap((node, i) => [
    { node, level, above, position: i + 1, siblings: nodes.length },
    ...(closed.has(node.key) ? [] : linesOf(node.children, closed, level + 1, node.key)),
  ]);
}
