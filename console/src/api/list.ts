import { useQuery } from "@tanstack/react-query";
import { call, type Page } from "./client";

/** More objects of one kind than this are not shown. */
const most = 1000;

/** listKey is what the answers of a list are kept under. */
export const listKey = (path: string) => path.split("/");

/** useList lists the objects at a path of the API; refresh tells in how many milliseconds it is asked again. */
export function useList<T>(path: string, enabled = true, refresh?: (rows: T[]) => number | false) {
  return useQuery({
    queryKey: listKey(path),
    queryFn: async ({ signal }) => (await call<Page<T>>(path, { query: { limit: most }, signal })).data ?? [],
    enabled,
    refetchInterval: ({ state }) => (refresh && state.data ? refresh(state.data) : false),
  });
}
