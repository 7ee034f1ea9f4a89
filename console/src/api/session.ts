export type Role = "owner" | "admin" | "manager" | "member" | "viewer" | "auditor" | "billing";

/** Who is signed in: GET /v1/auth/session. */
export interface Session {
  id: string;
  member: string;
  workspace: string;
  role: Role;
  permissions: string[];
  csrf_token?: string;
}
