import { expect, test } from "vitest";
import { readEvents } from "../api/events";
import type { Exchange } from "../api/exchange";
import { merged } from "./merged";

const row = (id: string, time: string) => ({ id, time }) as Exchange;

test("new rows come in front, in the order of their times, each once", () => {
  const listed = [row("b", "2026-11-30T10:00:02.000000Z"), row("a", "2026-11-30T10:00:01.000000Z")];
  const fresh = [
    row("c", "2026-11-30T10:00:01.500000Z"),
    row("b", "2026-11-30T10:00:02.000000Z"),
    row("d", "2026-11-30T10:00:03.000000Z"),
  ];
  expect(merged(fresh, listed).map((r) => r.id)).toEqual(["d", "b", "c", "a"]);
  expect(merged([], listed)).toBe(listed);
});

test("events are read with their names, comments are not, and what is not whole waits", () => {
  const { events, rest } = readEvents(
    ': listening\n\nevent: exchange\nid: 1\ndata: {"a":\ndata: 1}\n\ndata: x\n\nevent: en',
  );
  expect(events).toEqual([
    { name: "exchange", data: '{"a":\n1}' },
    { name: "", data: "x" },
  ]);
  expect(rest).toBe("event: en");
});
