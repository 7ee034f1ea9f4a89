import type { TextKey } from "../texts/language";

/** The screens of the menu, and what a role needs to see each. */
export const screens = [
  { to: "/requests", text: "nav.requests", need: "logs.list" },
  { to: "/sessions", text: "nav.sessions", need: "logs.list" },
  { to: "/exports", text: "nav.exports", need: "logs.export" },
  { to: "/usage", text: "nav.usage", need: "analytics.view" },
  { to: "/budgets", text: "nav.budgets", need: "policies.list" },
  { to: "/limits", text: "nav.limits", need: "policies.list" },
  { to: "/prices", text: "nav.prices", need: "price_rules.list" },
  { to: "/alerts", text: "nav.alerts", need: "alert_targets.list" },
  { to: "/playground", text: "nav.playground", need: "" },
  { to: "/keys", text: "nav.keys", need: "api_keys.list" },
  { to: "/virtual-keys", text: "nav.virtualKeys", need: "virtual_keys.list" },
  { to: "/members", text: "nav.members", need: "workspace_users.list" },
  { to: "/teams", text: "nav.teams", need: "teams.list" },
  { to: "/configs", text: "nav.configs", need: "configs.list" },
  { to: "/prompts", text: "nav.prompts", need: "prompts.list" },
  { to: "/experiments", text: "nav.experiments", need: "prompts.list" },
  { to: "/guardrails", text: "nav.guardrails", need: "configs.read" },
  { to: "/cache", text: "nav.cache", need: "cache.purge" },
  { to: "/server", text: "nav.settings", need: "server.read" },
  { to: "/audit", text: "nav.audit", need: "audit_logs.list" },
  { to: "/setup", text: "nav.setup", need: "" },
  { to: "/start", text: "nav.start", need: "" },
  { to: "/account", text: "nav.account", need: "sessions.own" },
] as const satisfies readonly { to: string; text: TextKey; need: string }[];
