import type { TextKey } from "../texts/language";

interface Screen {
  to: string;
  text: TextKey;
  /** The permission that a role needs to see it; "" is none. */
  need: string;
}

/** The screens of the menu under their headings. */
export const groups = [
  {
    text: "nav.observe",
    screens: [
      { to: "/requests", text: "nav.requests", need: "logs.list" },
      { to: "/sessions", text: "nav.sessions", need: "logs.list" },
      { to: "/usage", text: "nav.usage", need: "analytics.view" },
      { to: "/experiments", text: "nav.experiments", need: "prompts.list" },
    ],
  },
  {
    text: "nav.spend",
    screens: [
      { to: "/budgets", text: "nav.budgets", need: "policies.list" },
      { to: "/limits", text: "nav.limits", need: "policies.list" },
      { to: "/prices", text: "nav.prices", need: "price_rules.list" },
      { to: "/alerts", text: "nav.alerts", need: "alert_targets.list" },
    ],
  },
  {
    text: "nav.build",
    screens: [
      { to: "/playground", text: "nav.playground", need: "" },
      { to: "/prompts", text: "nav.prompts", need: "prompts.list" },
      { to: "/configs", text: "nav.configs", need: "configs.list" },
      { to: "/guardrails", text: "nav.guardrails", need: "configs.read" },
      { to: "/cache", text: "nav.cache", need: "cache.report" },
    ],
  },
  {
    text: "nav.access",
    screens: [
      { to: "/keys", text: "nav.keys", need: "api_keys.list" },
      { to: "/virtual-keys", text: "nav.virtualKeys", need: "virtual_keys.list" },
      { to: "/members", text: "nav.members", need: "workspace_users.list" },
      { to: "/teams", text: "nav.teams", need: "teams.list" },
    ],
  },
  {
    text: "nav.server",
    screens: [
      { to: "/audit", text: "nav.audit", need: "audit_logs.list" },
      { to: "/exports", text: "nav.exports", need: "logs.export" },
      { to: "/server", text: "nav.settings", need: "server.read" },
      { to: "/setup", text: "nav.setup", need: "" },
      { to: "/start", text: "nav.start", need: "" },
      { to: "/account", text: "nav.account", need: "sessions.own" },
    ],
  },
] as const satisfies readonly { text: TextKey; screens: readonly Screen[] }[];

/** All screens of the menu, in its order. */
export const screens = groups.flatMap((g): readonly (typeof g.screens)[number][] => g.screens);
