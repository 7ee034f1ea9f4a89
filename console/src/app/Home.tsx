import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { groups } from "./screens";
import { sessionQuery } from "./session";

/** Home goes to the first screen of the menu that the role may see. */
export function Home() {
  const session = useQuery(sessionQuery);
  if (!session.data) {
    return null;
  }
  const permissions = session.data.permissions ?? [];
  const first = groups.flatMap((g) => [...g.screens]).find((s) => s.need === "" || permissions.includes(s.need));
  return <Navigate to={first?.to ?? "/account"} search={{}} replace />;
}
