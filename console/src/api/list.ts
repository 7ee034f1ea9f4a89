import { useQuery } from "@tanstack/react-query";
import { call, type Page } from "./client";

/** More objects of one kind than this are not shown. */
const most = 1000;

/** listKey is what the answers of a list are kept under. */
export const listKey = (path: string) => path.split("/");

/** useList lists the objects at a path of the API. */
export function useList<T>(path: string, enabled = true) {
  return useQuery({
    queryKey: listKey(path),
    queryFn: async ({ signal }) => (await call<Page<T>>(path, { query: { limit: most }, signal })).data ?? [],
    enabled,
  });
}
