import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { APIError, events } from "../api/client";
import type { Exchange } from "../api/exchange";
import { queryOf, type RequestSearch } from "./search";

/** So many new rows are kept beside the list. */
const most = 1000;

/** Pauses between attempts to connect grow up to this, in milliseconds. */
const longestPause = 15_000;

export type TailState = "off" | "connecting" | "live" | "paused";

/**
 * useTail follows the rows that a search finds as they come. It connects again when the server goes
 * away, and has the list asked again then, for what came meanwhile. While it is paused, rows wait.
 */
export function useTail(search: RequestSearch, paused: boolean) {
  const client = useQueryClient();
  const on = search.live === "on";
  const query = JSON.stringify(queryOf(search));
  const [rows, setRows] = useState<Exchange[]>([]);
  const [connected, setConnected] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    setRows([]);
    setError(undefined);
    if (!on) {
      return;
    }
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = async (attempt: number) => {
      let reached = false;
      try {
        const tail = events("v1/logs/tail", {
          query: JSON.parse(query) as Record<string, string>,
          signal: stop.signal,
          onOpen: () => {
            reached = true;
            setConnected(true);
            if (attempt > 0) {
              void client.invalidateQueries({ queryKey: ["exchanges"] });
            }
          },
        });
        for await (const event of tail) {
          if (event.name === "exchange") {
            const row = JSON.parse(event.data) as Exchange;
            setRows((before) => [row, ...before].slice(0, most));
          } else if (event.name === "dropped") {
            void client.invalidateQueries({ queryKey: ["exchanges"] });
          }
        }
      } catch (err) {
        if (stop.signal.aborted) {
          return;
        }
        if (err instanceof APIError && err.status >= 400 && err.status < 500) {
          setConnected(false);
          setError(err); // asked again it would be refused again
          return;
        }
      }
      if (!stop.signal.aborted) {
        setConnected(false);
        const next = reached ? 1 : attempt + 1;
        timer = setTimeout(() => void follow(next), Math.min(longestPause, 500 * 2 ** next));
      }
    };
    void follow(0);
    return () => {
      stop.abort();
      clearTimeout(timer);
      setConnected(false);
    };
  }, [on, query, client]);

  const [held, hold] = useState<Exchange[]>([]);
  useEffect(() => {
    if (!paused) {
      hold(rows);
    }
  }, [rows, paused]);
  const state: TailState = !on ? "off" : paused ? "paused" : connected ? "live" : "connecting";
  const waiting = paused ? rows.length - held.length : 0;
  return useMemo(() => ({ rows: on ? held : [], state, waiting, error }), [on, held, state, waiting, error]);
}
