import { expect, test } from "vitest";
import documentation from "../../../docs/clients.md?raw";
import { clients } from "./clients";

const server = "https://gateway.example/prefix";

/** What docs/clients.md says to set for a client. */
function settings(name: string): string {
  const rows = documentation.split("\n").flatMap((line) => {
    const [, names, set] = line.split(" | ").length === 2 ? ["", ...line.replace(/^\| /, "").split(" | ")] : [];
    return names?.split(", ").includes(name) ? [set ?? ""] : [];
  });
  expect(rows, name).toHaveLength(1);
  return rows[0] ?? "";
}

test("every client has a block with this server's address and the key", () => {
  expect(clients.length).toBeGreaterThanOrEqual(20);
  expect(new Set(clients.map((c) => c.name)).size).toBe(clients.length);
  for (const client of clients) {
    expect(client.block(server, "sk-sl-key"), client.name).toContain(server);
    expect(client.block(server, "sk-sl-key"), client.name).toContain("sk-sl-key");
  }
});

for (const client of clients.filter((c) => c.listed)) {
  test(`the block of ${client.name} has the address that the documentation names`, () => {
    const paths = [...settings(client.listed ?? "").matchAll(/SLUICE((?:\/[\w.]+)*)/g)].map((m) => m[1]);
    const own = [...client.block(server, "k").matchAll(/gateway\.example\/prefix((?:\/[\w.]+)*)/g)].map((m) => m[1]);
    if (paths.length > 0) {
      expect(own.every((path) => paths.includes(path))).toBe(true);
    }
    for (const [variable] of settings(client.listed ?? "").matchAll(/(?<=`)(ANTHROPIC|GOOGLE|GEMINI)_[A-Z_]+/g)) {
      if (client.block(server, "k").startsWith("export")) {
        expect(client.block(server, "k")).toContain(variable);
      }
    }
  });
}
