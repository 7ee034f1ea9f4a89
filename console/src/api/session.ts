import type { components } from "./schema";

export type Role = "owner" | "admin" | "manager" | "member" | "viewer" | "auditor" | "billing";

/** Who is signed in: GET /v1/auth/session. */
export type Session = components["schemas"]["Current"];
