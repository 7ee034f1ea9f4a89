import { infiniteQueryOptions } from "@tanstack/react-query";
import { call, type Page } from "../api/client";
import type { Exchange } from "../api/exchange";
import { queryOf, type RequestSearch } from "./search";

const pageSize = 50;

/** exchangesQuery lists the exchanges that a search finds, newest first, a page at a time. */
export const exchangesQuery = (search: RequestSearch) =>
  infiniteQueryOptions({
    queryKey: ["exchanges", queryOf(search)],
    queryFn: ({ pageParam, signal }) =>
      call<Page<Exchange>>("v1/logs", { query: { ...queryOf(search), limit: pageSize, cursor: pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor || undefined,
  });
