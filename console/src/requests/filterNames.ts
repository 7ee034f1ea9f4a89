import type { TextKey } from "../texts/language";
import type { RequestSearch } from "./search";

/** What the filters are called, in the order in which the chosen ones are told. */
export const filterNames = {
  text: "requests.text",
  status: "requests.status",
  cache: "requests.cache",
  model: "requests.model",
  provider: "requests.provider",
  member: "requests.member",
  api_key: "requests.key",
  virtual_key: "requests.virtualKey",
  team: "usage.team",
  config: "requests.config",
  prompt: "requests.prompt",
  variant: "requests.variant",
  verdict: "requests.verdict",
  session_id: "sessions.session",
  metadata: "requests.metadata",
} as const satisfies Record<Exclude<keyof RequestSearch, "since" | "live" | "open">, TextKey>;
