import { queryOptions, useQuery } from "@tanstack/react-query";
import { APIError, call, setCSRF } from "../api/client";
import type { Session } from "../api/session";

const stored = "sluice.signedIn";

/** wasSignedIn tells whether this browser may have a session: its cookie is not for scripts to read. */
export const wasSignedIn = () => localStorage.getItem(stored) !== null;

/** sessionQuery asks who is signed in. It fails with status 401 where nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => {
    if (!wasSignedIn()) {
      throw new APIError(401, "", "", "");
    }
    const session = await call<Session>("v1/auth/session", { signal });
    setCSRF(session.csrf_token ?? "");
    return session;
  },
  staleTime: 60_000,
  retry: false,
});

export type Proof = { api_key: string } | { member: string; password: string };

/** signIn opens a session; its cookie is kept by the browser. */
export async function signIn(proof: Proof): Promise<void> {
  await call<Session>("v1/auth/sessions", { method: "POST", body: proof });
  localStorage.setItem(stored, "yes");
}

/** leaveForSignIn goes to the identity provider, and from there back to this page. */
export function leaveForSignIn(server: URL): void {
  localStorage.setItem(stored, "yes"); // the session's cookie comes with the way back
  const login = new URL("v1/auth/oidc/login", server);
  login.searchParams.set("return", window.location.pathname + window.location.search);
  window.location.assign(login);
}

/** signOut ends the session. */
export async function signOut(): Promise<void> {
  localStorage.removeItem(stored);
  await call("v1/auth/sessions/current", { method: "DELETE" });
}

/** useMay tells whether the signed-in member's role has a permission. */
export function useMay(): (permission: string) => boolean {
  const { data } = useQuery(sessionQuery);
  return (permission) => data?.permissions?.includes(permission) ?? false;
}
