import { Tabs } from "radix-ui";
import { serverURL } from "../api/client";
import { Copy } from "../elements/Copy";
import { clients } from "./clients";

/** ClientBlocks shows how a client is set up, one client at a time. */
export function ClientBlocks({ apiKey }: { apiKey: string }) {
  const server = serverURL.href.replace(/\/$/, "");
  return (
    <Tabs.Root defaultValue={clients[0]?.name ?? ""} orientation="vertical" className="blocks">
      <Tabs.List className="tabs" aria-label="Clients">
        {clients.map((c) => (
          <Tabs.Trigger key={c.name} value={c.name}>
            {c.name}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {clients.map((c) => (
        <Tabs.Content key={c.name} value={c.name}>
          <pre className="text code">{c.block(server, apiKey)}</pre>
          <Copy text={c.block(server, apiKey)} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
