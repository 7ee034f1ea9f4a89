import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { AccountScreen } from "../account/AccountScreen";
import { AlertsScreen } from "../alerts/AlertsScreen";
import { AuditScreen } from "../audit/AuditScreen";
import { BudgetsScreen } from "../budgets/BudgetsScreen";
import { CacheScreen } from "../cache/CacheScreen";
import { ConfigScreen } from "../configs/ConfigScreen";
import { ConfigsScreen } from "../configs/ConfigsScreen";
import { ExperimentScreen } from "../experiments/ExperimentScreen";
import { ExperimentsScreen } from "../experiments/ExperimentsScreen";
import { ExportsScreen } from "../exports/ExportsScreen";
import { KeysScreen } from "../keys/KeysScreen";
import { LimitsScreen } from "../limits/LimitsScreen";
import { MembersScreen } from "../members/MembersScreen";
import { PlaygroundScreen } from "../playground/PlaygroundScreen";
import { PricesScreen } from "../prices/PricesScreen";
import { PromptScreen } from "../prompts/PromptScreen";
import { PromptsScreen } from "../prompts/PromptsScreen";
import { RequestScreen } from "../request/RequestScreen";
import { RequestsScreen } from "../requests/RequestsScreen";
import { readSearch } from "../requests/search";
import { SessionScreen } from "../sessions/SessionScreen";
import { SessionsScreen } from "../sessions/SessionsScreen";
import { SettingsScreen } from "../settings/SettingsScreen";
import { SetupScreen } from "../setup/SetupScreen";
import { StartScreen } from "../setup/StartScreen";
import { TeamsScreen } from "../teams/TeamsScreen";
import { GuardrailsScreen } from "../trials/GuardrailsScreen";
import { UsageScreen } from "../usage/UsageScreen";
import { VirtualKeysScreen } from "../virtualkeys/VirtualKeysScreen";
import { Home } from "./Home";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const screen = <const Path extends string>(path: Path, component: () => React.ReactNode) =>
  createRoute({ getParentRoute: () => root, path, component });

const home = screen("/", Home);

const requests = createRoute({
  getParentRoute: () => root,
  path: "/requests",
  component: RequestsScreen,
  validateSearch: (raw: Record<string, unknown>) => readSearch(raw).search,
});

const playground = createRoute({
  getParentRoute: () => root,
  path: "/playground",
  component: PlaygroundScreen,
  // The id of a recorded request that the chat begins with.
  validateSearch: ({ from }: Record<string, unknown>): { from?: string } =>
    typeof from === "string" && /^[\w-]{8,64}$/.test(from) ? { from } : {},
});

const exportsRoute = createRoute({
  getParentRoute: () => root,
  path: "/exports",
  component: ExportsScreen,
  // The filters that a new export begins with.
  validateSearch: (raw: Record<string, unknown>) => readSearch(raw).search,
});

const cache = createRoute({
  getParentRoute: () => root,
  path: "/cache",
  component: CacheScreen,
  // The id of a recorded request whose question is explained.
  validateSearch: ({ explain }: Record<string, unknown>): { explain?: string } =>
    typeof explain === "string" && /^[\w-]{8,64}$/.test(explain) ? { explain } : {},
});

const request = screen("/requests/$id", RequestScreen);

const tree = root.addChildren([
  home,
  requests,
  request,
  screen("/sessions", SessionsScreen),
  screen("/sessions/$id", SessionScreen),
  exportsRoute,
  playground,
  screen("/usage", UsageScreen),
  screen("/budgets", BudgetsScreen),
  screen("/limits", LimitsScreen),
  screen("/prices", PricesScreen),
  screen("/alerts", AlertsScreen),
  screen("/keys", KeysScreen),
  screen("/virtual-keys", VirtualKeysScreen),
  screen("/members", MembersScreen),
  screen("/teams", TeamsScreen),
  screen("/configs", ConfigsScreen),
  screen("/configs/$slug", ConfigScreen),
  screen("/prompts", PromptsScreen),
  screen("/prompts/$slug", PromptScreen),
  screen("/experiments", ExperimentsScreen),
  screen("/experiments/$slug", ExperimentScreen),
  screen("/guardrails", GuardrailsScreen),
  cache,
  screen("/server", SettingsScreen),
  screen("/account", AccountScreen),
  screen("/audit", AuditScreen),
  screen("/setup", SetupScreen),
  screen("/start", StartScreen),
]);

/** Parameters of an address are plain texts: they can be read, written and shared. */
export const router = createRouter({
  routeTree: tree,
  basepath: new URL(document.baseURI).pathname,
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
    );
    const text = new URLSearchParams(given).toString();
    return text ? `?${text}` : "";
  },
  search: { strict: true }, // what a screen does not know is dropped
  defaultPreload: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
