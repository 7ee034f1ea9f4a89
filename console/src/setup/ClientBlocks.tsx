import { Tabs } from "radix-ui";
import { serverURL } from "../api/client";
import { Copy } from "../elements/Copy";
import { useTexts } from "../texts/language";
import { agents, applications, clients, libraries } from "./clients";

/** The clients under their headings. */
const kinds = [
  ["setup.agents", agents],
  ["setup.applications", applications],
  ["setup.libraries", libraries],
] as const;

/** idOf makes a part of an element's id, which has no spaces. */
const idOf = (name: string) => name.replace(/\W+/g, "-");

/** ClientBlocks shows how a client is set up, one client at a time. */
export function ClientBlocks({ apiKey }: { apiKey: string }) {
  const t = useTexts();
  const server = serverURL.href.replace(/\/$/, "");
  return (
    <Tabs.Root defaultValue={idOf(clients[0]?.name ?? "")} orientation="vertical" className="blocks">
      <Tabs.List className="tabs" aria-label={t("setup.clients")}>
        {kinds.map(([text, list]) => (
          <div key={text} role="presentation">
            <span className="hint" aria-hidden="true">
              {t(text)}
            </span>
            {list.map((c) => (
              <Tabs.Trigger key={c.name} value={idOf(c.name)}>
                {c.name}
              </Tabs.Trigger>
            ))}
          </div>
        ))}
      </Tabs.List>
      {clients.map((c) => (
        <Tabs.Content key={c.name} value={idOf(c.name)}>
          <pre className="text code">{c.block(server, apiKey)}</pre>
          <Copy text={c.block(server, apiKey)} />
          {!c.listed && <p className="hint">{t("setup.unlisted")}</p>}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
