import { Link, useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, memo, useCallback, useMemo, useRef, useState } from "react";
import type { CallerSpan, Exchange } from "../api/exchange";
import { Status } from "../elements/Status";
import { visible } from "../elements/Text";
import { count, duration, money } from "../texts/format";
import { useLanguage } from "../texts/language";
import { buildTree, type Line, linesOf, type Node } from "./tree";

interface Props {
  rows: Exchange[];
  spans: CallerSpan[];
  /** Some calls or spans of the session are missing, and so in the sums. */
  partial: boolean;
}

/** Tree shows the calls of a session below what led to them, with the sums of each branch. */
export function Tree({ rows, spans, partial }: Props) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const tree = useMemo(() => buildTree(rows, spans), [rows, spans]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => linesOf(tree, closed), [tree, closed]);
  const active = Math.max(
    0,
    lines.findIndex((l) => l.node.key === chosen),
  );
  const toggle = useCallback(
    (key: string) =>
      setClosed((before) => {
        const after = new Set(before);
        return after.delete(key) ? after : after.add(key);
      }),
    [],
  );
  const go = (to: number) => {
    const line = lines[to];
    if (line) {
      setChosen(line.node.key);
      (list.current?.children[to] as HTMLElement | undefined)?.focus();
    }
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const line = lines[active];
    if (!line || e.altKey || e.ctrlKey || e.metaKey) {
      return;
    }
    const { node } = line;
    const parent = node.children.length > 0;
    const open = parent && !closed.has(node.key);
    switch (e.key) {
      case "ArrowDown":
        go(active + 1);
        break;
      case "ArrowUp":
        go(active - 1);
        break;
      case "Home":
        go(0);
        break;
      case "End":
        go(lines.length - 1);
        break;
      case "ArrowRight":
        if (open) {
          go(active + 1);
        } else if (parent) {
          toggle(node.key);
        }
        break;
      case "ArrowLeft":
        if (open) {
          toggle(node.key);
        } else {
          go(lines.findIndex((l) => l.node.key === line.above));
        }
        break;
      case "Enter":
        if (node.subject.kind === "call") {
          navigate({ to: "/requests/$id", params: { id: node.subject.row.id }, search: {} });
        } else if (parent) {
          toggle(node.key);
        }
        break;
      case " ":
        if (parent) {
          toggle(node.key);
        }
        break;
      default:
        return;
    }
    e.preventDefault();
  };
  return (
    <>
      {partial && <p className="hint">{t("sessions.treePartial")}</p>}
      <div className="tree" role="tree" aria-label={t("sessions.tree")} ref={list} onKeyDown={onKeyDown}>
        {lines.map((line, i) => (
          <Branch
            key={line.node.key}
            node={line.node}
            level={line.level}
            position={line.position}
            siblings={line.siblings}
            closed={closed.has(line.node.key)}
            active={i === active}
            choose={setChosen}
            toggle={toggle}
          />
        ))}
      </div>
    </>
  );
}

interface BranchProps extends Omit<Line, "above"> {
  closed: boolean;
  active: boolean;
  choose: (key: string) => void;
  toggle: (key: string) => void;
}

/** Branch is drawn again only if it changed: a step with a key touches two of a thousand. */
const Branch = memo(function Branch({ node, level, position, siblings, closed, active, choose, toggle }: BranchProps) {
  const { t, language } = useLanguage();
  const parent = node.children.length > 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    <div
      role="treeitem"
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={parent ? !closed : undefined}
      aria-selected={active}
      tabIndex={active ? 0 : -1}
      onFocus={() => choose(node.key)}
      onClick={() => parent && toggle(node.key)}
    >
      <span className="name" style={{ paddingInlineStart: `${Math.min(level - 1, 12)}rem` }}>
        <span className="fold" aria-hidden="true">
          {parent ? (closed ? "▸" : "▾") : ""}
        </span>
        <Name node={node} />
      </span>
      {node.calls > 0 && (
        <>
          <span className="number">
            {node.calls > 1 && `${t("sessions.turns")} ${count(node.calls, language)} · `}
            {t("requests.tokens")} {count(node.tokens, language)}
          </span>
          <span className="number">
            {node.unpriced < node.calls && money(node.cost)}
            {node.unpriced > 0 && " ?"}
          </span>
        </>
      )}
    </div>
  );
});

function Name({ node }: { node: Node }) {
  const { subject } = node;
  switch (subject.kind) {
    case "span":
      return (
        <span className={subject.span.failed ? "bad" : undefined}>
          {visible(subject.span.name)}{" "}
          <span className="quiet">
            {visible(subject.span.service)} {duration(subject.span.duration_us / 1000)}
          </span>
        </span>
      );
    case "tool":
      return (
        <span>
          <code>{visible(subject.name)}</code>
          {subject.times > 1 && ` ×${subject.times}`}
        </span>
      );
    case "call":
      return (
        <span>
          <Status status={subject.row.status} outcome={subject.row.outcome} />{" "}
          <Link
            to="/requests/$id"
            params={{ id: subject.row.id }}
            search={{}}
            tabIndex={-1}
            onClick={(e) => e.stopPropagation()}
          >
            {visible(subject.row.span_name || subject.row.response_model || subject.row.model || subject.row.route)}
          </Link>{" "}
          <span className="quiet">{duration(subject.row.latency_ms)}</span>
        </span>
      );
  }
}
